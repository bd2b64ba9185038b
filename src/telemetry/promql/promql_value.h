// What PromQL works on: labels, samples, instant vectors.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tocsin::promql {

inline constexpr std::string_view metric_name_label = "__name__";

/// Ordered by name; no name twice, no empty value.
using Labels = std::vector<std::pair<std::string, std::string>>;

/// The value of a label; "" when there is none.
const std::string& label_of(const Labels& labels, std::string_view name);
/// Sets, or with an empty value removes.
void set_label(Labels& labels, std::string_view name, std::string value);
/// One text for equal labels.
std::string key_of(const Labels& labels);

struct Sample {
  std::int64_t time_ms = 0;
  double value = 0;
  bool operator==(const Sample&) const = default;
};

/// A scraped series that went away bears this as its last value.
bool is_stale_marker(double value);

struct Element {
  Labels labels;
  double value = 0;
  std::int64_t time_ms = 0;  ///< of the sample, for timestamp()
};
using Vector = std::vector<Element>;

struct Series {
  Labels labels;
  std::vector<Sample> samples;  ///< ascending by time
};

enum class MatchKind { equal, not_equal, regex, not_regex };

struct Matcher {
  std::string label;
  MatchKind kind = MatchKind::equal;
  std::string value;
};

/// Where samples come from.
class SeriesSource {
 public:
  virtual ~SeriesSource() = default;
  /// All series that match, with their samples in [from, to].
  virtual Result<std::vector<Series>> select(const std::vector<Matcher>& matchers, std::int64_t from_ms, std::int64_t to_ms) = 0;
};

/// Whether labels satisfy all matchers; regular expressions match whole values. Compile once, match often.
class MatcherSet {
 public:
  /// `invalid` for a regular expression that is none.
  static Result<MatcherSet> make(const std::vector<Matcher>& matchers);
  bool matches(const Labels& labels) const;
  /// The names and values that must be equal.
  const std::vector<Matcher>& matchers() const { return matchers_; }

 private:
  std::vector<Matcher> matchers_;
  std::vector<std::function<bool(const std::string&)>> tests_;
};

}  // namespace tocsin::promql
