#include "diagnose/investigations/new_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "base/text_time.h"
#include "model/arn.h"

namespace tocsin::diagnose {
namespace {
using namespace std::chrono_literals;
using telemetry::CountedPattern;
using telemetry::PatternChange;

constexpr Duration before_opening = 10min;
constexpr std::size_t shown_max = 10;
// a group that has not been logged to for so long before is all new, which says nothing
constexpr std::int64_t known_ms = 10 * telemetry::minute_ms;

struct Found {
  const CountedPattern* pattern;
  PatternChange change;
  double weight;  ///< the more telling ones first: new errors, new lines, then how far a rate is from what was expected
};

double weight_of(const CountedPattern& pattern, PatternChange change, const telemetry::ChangeSpan& span) {
  const double error = pattern.severity == "ERROR" ? 2 : pattern.severity == "WARN" ? 1 : 0;
  const auto since = static_cast<double>(pattern.count(span.since_ms, INT64_MAX));
  if (change == PatternChange::is_new) return 1000 + error * 1000 + std::min(since, 900.0);
  const double expected = expected_since(pattern, span);
  return error * 100 + std::min(std::fabs(since - expected) / std::sqrt(std::max(expected, 1.0)), 99.0);
}

std::string summary_of(const Found& found, const telemetry::ChangeSpan& span) {
  const CountedPattern& pattern = *found.pattern;
  const std::uint64_t since = pattern.count(span.since_ms, INT64_MAX);
  const double expected = expected_since(pattern, span);
  switch (found.change) {
    case PatternChange::is_new:
      return fmt::format("New line \"{}\": {} time{} since {}, never before", pattern.pattern, since, since == 1 ? "" : "s",
                         to_rfc3339(instant_from_ms(pattern.first_ms)));
    case PatternChange::gone:
      return fmt::format("The line \"{}\" comes no more: last at {}, {:.0f} were expected since {}", pattern.pattern,
                         to_rfc3339(instant_from_ms(pattern.last_ms)), expected, to_rfc3339(instant_from_ms(span.since_ms)));
    case PatternChange::more:
    case PatternChange::less:
      return fmt::format("The line \"{}\" came {} times since {}, {:.0f} were expected", pattern.pattern, since,
                         to_rfc3339(instant_from_ms(span.since_ms)), expected);
    case PatternChange::none:
      break;
  }
  return {};
}

}  // namespace

void NewLines::gather(const Request& request, Done done) {
  state_.executor().post([this, scope = request.scope, opened = request.opened, done = std::move(done)]() mutable {
    const std::int64_t now_ms = to_ms(state_.now());
    const std::int64_t since_ms = std::min(to_ms(opened - before_opening), now_ms - telemetry::minute_ms);
    const telemetry::ChangeSpan span = telemetry::span_since(since_ms, now_ms);
    telemetry::PatternQuestion question{{}, span.baseline_ms, span.now_ms};
    for (const telemetry::LogGroup& group : logs_.groups(scope, "", SIZE_MAX, {})) question.groups.push_back(group.id);
    counts_.ask(std::move(question),
                [this, span, done = std::move(done)](std::vector<CountedPattern> patterns) mutable { done(evidence(span, patterns)); });
  });
}

std::vector<incidents::Evidence> NewLines::evidence(const telemetry::ChangeSpan& span, const std::vector<CountedPattern>& patterns) const {
  std::map<telemetry::LogGroupId, std::int64_t> begun;
  for (const CountedPattern& pattern : patterns) {
    const auto at = begun.try_emplace(pattern.group, pattern.first_ms).first;
    at->second = std::min(at->second, pattern.first_ms);
  }
  std::vector<Found> ranked;
  for (const CountedPattern& pattern : patterns) {
    const PatternChange change = change_of(pattern, span);
    if (change == PatternChange::none || begun[pattern.group] > span.since_ms - known_ms) continue;
    ranked.push_back({&pattern, change, weight_of(pattern, change, span)});
  }
  std::stable_sort(ranked.begin(), ranked.end(), [](const Found& a, const Found& b) { return a.weight > b.weight; });
  if (ranked.size() > shown_max) ranked.resize(shown_max);
  std::vector<incidents::Evidence> all;
  for (const Found& found : ranked) {
    const telemetry::LogGroup* group = logs_.group(found.pattern->group);
    if (!group) continue;
    all.push_back({.kind = "logs",
                   .title = (found.change == PatternChange::is_new ? "New lines in " : "Changed lines in ") + group->name,
                   .summary = summary_of(found, span),
                   .query = Object{{"service", "logs"},
                                   {"operation", "StartQuery"},
                                   {"parameters", Object{{"logGroupNames", Array{group->name}},
                                                         {"startTime", span.baseline_ms / 1000},
                                                         {"endTime", span.now_ms / 1000 + 1},
                                                         {"queryString", "filter @message like /" + found.pattern->regex +
                                                                             "/ | stats count(*) by bin(1m)"}}}},
                   .result = Object{{"logGroup", group->name},
                                    {"change", to_text(found.change)},
                                    {"patternId", telemetry::pattern_id_text(found.pattern->id)},
                                    {"pattern", found.pattern->pattern},
                                    {"count", found.pattern->count(span.since_ms, INT64_MAX)},
                                    {"expected", expected_since(*found.pattern, span)},
                                    {"first", to_rfc3339_ms(instant_from_ms(found.pattern->first_ms))},
                                    {"last", to_rfc3339_ms(instant_from_ms(found.pattern->last_ms))},
                                    {"example", found.pattern->sample}},
                   .resource = make_arn("logs", group->scope, "log-group:" + group->name),
                   .happened = instant_from_ms(found.change == PatternChange::is_new ? found.pattern->first_ms : span.since_ms)});
  }
  return all;
}

}  // namespace tocsin::diagnose
