// CloudWatch Logs filter patterns: text, JSON and space-delimited. A pure matcher, of metric filters, subscription filters, FilterLogEvents
// and live tails alike. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html Where the page leaves it open:
// a term matches anywhere in the text, also within a word; a selector that finds nothing satisfies NOT EXISTS alone (not !=); a backslash
// escapes a quote within quotes; = and != with a text compare a number or truth as it is written.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::telemetry {

/// Immutable and cheap to copy. Threads: any.
class FilterPattern {
 public:
  /// `invalid` with words for the caller. An empty pattern matches everything.
  static Result<FilterPattern> parse(std::string_view text);
  bool matches(std::string_view message) const;
  /// Texts that every matching message has in it as they are.
  const std::vector<std::string>& literals() const;

  struct Matcher;

 private:
  explicit FilterPattern(std::shared_ptr<const Matcher> matcher) : matcher_(std::move(matcher)) {}
  std::shared_ptr<const Matcher> matcher_;
};

}  // namespace tocsin::telemetry
