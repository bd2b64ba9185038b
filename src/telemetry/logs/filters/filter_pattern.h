// CloudWatch Logs filter patterns: text, JSON and space-delimited. A pure matcher, of metric filters, subscription filters, FilterLogEvents
// and live tails alike. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html Where the page leaves it open:
// a term matches anywhere in the text, also within a word ("Exception" in "InvalidQueryException", as the reference of TestMetricFilter
// has it); a selector that finds nothing satisfies NOT EXISTS alone (not !=); a backslash escapes a quote within quotes; = and != with a
// text compare a number or truth as it is written; a text that is a number as a whole compares as one with a number; of indicators w1, w2 …
// the last, when it has no condition, stands for the rest of the event ([w1=ERROR, w2] is any event whose first word is ERROR).
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "telemetry/logs/filters/message_view.h"

namespace tocsin::telemetry {

enum class PatternKind { text, json, delimited };

/// Immutable and cheap to copy. Threads: any.
class FilterPattern {
 public:
  /// `invalid` with the service's words. An empty pattern matches everything.
  static Result<FilterPattern> parse(std::string_view text);
  bool matches(std::string_view message) const { return matches(MessageView(message)); }
  bool matches(const MessageView& message) const;
  /// What the pattern names in a matching message: "$name" or "$3" of a delimited one, "$.path" of a JSON one, nothing of a text.
  std::map<std::string, std::string> extract(const MessageView& message) const;
  PatternKind kind() const { return kind_; }
  int regex_count() const;
  /// Texts that every matching message has in it as they are.
  const std::vector<std::string>& literals() const;
  struct Matcher;

 private:
  FilterPattern(PatternKind kind, std::shared_ptr<const Matcher> matcher) : kind_(kind), matcher_(std::move(matcher)) {}
  PatternKind kind_;
  std::shared_ptr<const Matcher> matcher_;
};

/// The value of a metric or a dimension that a message gives: "$.latency" of a JSON one, "$bytes" or "$7" of a delimited one.
class ValueSelector {
 public:
  /// `invalid` unless it can be found in messages that a pattern of that kind matches.
  static Result<ValueSelector> parse(std::string_view text, const FilterPattern& pattern);
  /// Of a matching message.
  std::optional<std::string> value(const MessageView& message) const;

 private:
  using Find = std::function<std::optional<std::string>(const MessageView&)>;
  explicit ValueSelector(Find find) : find_(std::move(find)) {}
  Find find_;
};

/// A number as messages have it.
std::optional<double> number_in(std::string_view text);

}  // namespace tocsin::telemetry
