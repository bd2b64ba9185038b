#include "telemetry/logs/pattern_counts/counted_pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace tocsin::telemetry {
namespace {
constexpr std::int64_t hour_ms = 60 * minute_ms;
constexpr double deviations_min = 4, expected_min = 5;
}  // namespace

std::uint64_t CountedPattern::count(std::int64_t from_ms, std::int64_t to_ms) const {
  std::uint64_t sum = 0;
  for (auto at = by_minute.lower_bound(from_ms); at != by_minute.end() && at->first < to_ms; ++at) sum += at->second;
  return sum;
}

std::string_view to_text(PatternChange change) {
  switch (change) {
    case PatternChange::none:
      return "none";
    case PatternChange::is_new:
      return "new";
    case PatternChange::gone:
      return "gone";
    case PatternChange::more:
      return "more";
    case PatternChange::less:
      return "less";
  }
  return "";
}

ChangeSpan span_since(std::int64_t since_ms, std::int64_t now_ms) {
  const std::int64_t before = std::clamp((now_ms - since_ms) * 4, hour_ms, 24 * hour_ms);
  return {since_ms - before, since_ms, now_ms};
}

double expected_since(const CountedPattern& pattern, const ChangeSpan& span) {
  // a pattern that is younger than the baseline is judged by the time that it has been there
  const std::int64_t begin = std::clamp(pattern.first_ms, span.baseline_ms, span.since_ms - minute_ms);
  const auto before = static_cast<double>(pattern.count(span.baseline_ms, span.since_ms));
  const auto length = static_cast<double>(std::max<std::int64_t>(span.since_ms - begin, minute_ms));
  return before * static_cast<double>(span.now_ms - span.since_ms) / length;
}

PatternChange change_of(const CountedPattern& pattern, const ChangeSpan& span) {
  if (pattern.first_ms >= span.since_ms) return pattern.first_ms < span.now_ms ? PatternChange::is_new : PatternChange::none;
  const auto since = static_cast<double>(pattern.count(span.since_ms, span.now_ms + minute_ms));
  const double expected = expected_since(pattern, span);
  if (since == 0 && pattern.last_ms < span.since_ms && expected >= expected_min) return PatternChange::gone;
  const double deviation = std::sqrt(std::max(expected, 1.0));
  if (since >= 2 * expected && since - expected > deviations_min * deviation && since >= expected_min) return PatternChange::more;
  if (since <= expected / 2 && expected - since > deviations_min * deviation) return PatternChange::less;
  return PatternChange::none;
}

std::string pattern_id_text(TemplateId id) { return fmt::format("{:032x}", id); }

}  // namespace tocsin::telemetry
