// A pattern with its counts, and what changed about it. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "telemetry/log_patterns/template_miner.h"
#include "telemetry/logs/log_store.h"

namespace tocsin::telemetry {

inline constexpr std::int64_t minute_ms = 60'000;

struct CountedPattern {
  LogGroupId group = 0;
  TemplateId id = 0;
  std::string pattern, regex, severity;  ///< as people read it; a regular expression; ERROR, WARN or INFO
  std::string sample;                    ///< a line of this group
  std::int64_t sample_ms = 0;
  std::int64_t first_ms = 0, last_ms = 0;  ///< of all its events
  std::uint64_t total = 0;
  std::map<std::int64_t, std::uint64_t> by_minute;  ///< within the span of the question, by the minute's beginning

  /// Of the minutes that begin in [from, to).
  std::uint64_t count(std::int64_t from_ms, std::int64_t to_ms) const;
};

enum class PatternChange { none, is_new, gone, more, less };
std::string_view to_text(PatternChange change);

/// What is compared: [since, now) with [baseline, since).
struct ChangeSpan {
  std::int64_t baseline_ms = 0, since_ms = 0, now_ms = 0;
};
/// As much time before `since` as behind it, four times over, at least an hour and at most a day.
ChangeSpan span_since(std::int64_t since_ms, std::int64_t now_ms);

/// New: never seen before `since`. Gone: seen in the baseline often enough that five or more were expected since, and none came. More,
/// less: at least twice or at most half of what was expected, and further from it than chance brings (four standard deviations of a Poisson
/// count).
PatternChange change_of(const CountedPattern& pattern, const ChangeSpan& span);
/// How many were expected since, by the baseline.
double expected_since(const CountedPattern& pattern, const ChangeSpan& span);

/// As the API shows it: 32 digits.
std::string pattern_id_text(TemplateId id);

}  // namespace tocsin::telemetry
