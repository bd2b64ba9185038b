#include "detect/log_anomalies/log_anomaly.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <cmath>

#include "telemetry/log_patterns/pattern_text.h"

namespace tocsin::detect {
namespace {

using telemetry::CountedPattern;
using telemetry::PatternChange;
constexpr std::size_t tokens_max = 100;

std::string minutes(std::int64_t ms) {
  const std::int64_t count = std::max<std::int64_t>(1, ms / telemetry::minute_ms);
  return fmt::format("{} minute{}", count, count == 1 ? "" : "s");
}

/// The text cut at its tokens: `<Number-1>` varies, what is between stays.
Array tokens_of(const std::string& pattern) {
  Array tokens;
  std::int64_t position = 0;
  const auto add = [&](std::string_view text, bool dynamic) {
    if (text.empty() || tokens.size() >= tokens_max) return;
    Object token{
        {"dynamicTokenPosition", dynamic ? ++position : 0}, {"isDynamic", dynamic}, {"tokenString", text}, {"enumerations", Object{}}};
    if (dynamic) token["inferredTokenName"] = text.substr(1, text.size() - 2);
    tokens.emplace_back(std::move(token));
  };
  std::size_t at = 0;
  while (at < pattern.size()) {
    const std::size_t open = pattern.find('<', at), close = open == std::string::npos ? open : pattern.find('>', open);
    const bool token = close != std::string::npos && pattern.substr(open, close - open).find('-') != std::string::npos;
    if (!token) break;
    add(std::string_view(pattern).substr(at, open - at), false);
    add(std::string_view(pattern).substr(open, close + 1 - open), true);
    at = close + 1;
  }
  add(std::string_view(pattern).substr(std::min(at, pattern.size())), false);
  return tokens;
}

}  // namespace

std::optional<AnomalyFinding> judge_pattern(const CountedPattern& pattern, const telemetry::ChangeSpan& span, std::int64_t learned_ms) {
  const PatternChange change = change_of(pattern, span);
  const bool is_error = pattern.severity == "ERROR", is_warning = pattern.severity == "WARN";
  const std::uint64_t since = pattern.count(span.since_ms, span.now_ms + telemetry::minute_ms);
  const double expected = expected_since(pattern, span);
  const std::string length = minutes(span.now_ms - span.since_ms);
  switch (change) {
    case PatternChange::none:
      return std::nullopt;
    case PatternChange::is_new:
      if (pattern.first_ms < learned_ms) return std::nullopt;
      return AnomalyFinding{fmt::format("New pattern: seen {} time{} in {}, never before", since, since == 1 ? "" : "s", length),
                            is_error     ? "HIGH"
                            : is_warning ? "MEDIUM"
                                         : "LOW"};
    case PatternChange::more: {
      const double rise = expected > 0 ? (static_cast<double>(since) - expected) / expected * 100 : 0;
      return AnomalyFinding{expected > 0 ? fmt::format("{:.1f}% increase in frequency: seen {} times in {}, {:.0f} were expected", rise,
                                                       since, length, expected)
                                         : fmt::format("Increase in frequency: seen {} times in {}, not before for a while", since, length),
                            is_error ? "HIGH" : "MEDIUM"};
    }
    case PatternChange::less:
      return AnomalyFinding{fmt::format("{:.1f}% decrease in frequency: seen {} times in {}, {:.0f} were expected",
                                        (expected - static_cast<double>(since)) / expected * 100, since, length, expected),
                            "LOW"};
    case PatternChange::gone:
      return AnomalyFinding{fmt::format("Pattern no longer seen: none in {}, {:.0f} were expected", length, expected), "MEDIUM"};
  }
  return std::nullopt;
}

Object pattern_members(const CountedPattern& pattern, const telemetry::ChangeSpan& span) {
  Object histogram;
  for (auto at = pattern.by_minute.lower_bound(span.since_ms - 60 * telemetry::minute_ms); at != pattern.by_minute.end(); ++at)
    histogram[std::to_string(at->first)] = static_cast<std::int64_t>(at->second);
  return {{"patternId", telemetry::pattern_id_text(pattern.id)},
          {"patternString", pattern.pattern},
          {"patternRegex", pattern.regex},
          {"histogram", std::move(histogram)},
          {"logSamples", Array{Object{{"timestamp", pattern.sample_ms}, {"message", pattern.sample}}}},
          {"patternTokens", tokens_of(pattern.pattern)}};
}

}  // namespace tocsin::detect
