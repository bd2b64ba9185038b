#include "diagnose/investigations/error_logs.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "base/text_time.h"
#include "diagnose/investigations/log_pattern.h"
#include "model/arn.h"

namespace tocsin::diagnose {
namespace {
using namespace std::chrono_literals;

constexpr Duration before_opening = 2min;
constexpr Duration answer_within = 800ms;
constexpr std::size_t shown_max = 10;
constexpr std::size_t patterns_max = 5000;
constexpr std::size_t streams_shown_max = 5;
constexpr std::size_t example_length_max = 2000;

struct Pattern {
  telemetry::LogGroupId group = 0;
  std::string text, field, example, trace_id;
  std::int64_t count = 0;
  std::int64_t first_ms = INT64_MAX, last_ms = INT64_MIN;
  std::set<std::string> streams;
};

std::string in_quotes(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

/// Log queries name a field with anything but letters, digits, '@' and '.' in backticks; those that are searched here have none.
Document query_of(const std::string& group_name, const Pattern& pattern, Instant from, Instant to) {
  const std::string literal = longest_literal(pattern.text);
  const std::string filter =
      literal.empty() ? "@message like /(?i)error|exception|fatal|panic/" : pattern.field + " like " + in_quotes(literal);
  return Object{{"service", "logs"},
                {"operation", "StartQuery"},
                {"parameters", Object{{"logGroupNames", Array{group_name}},
                                      {"startTime", to_seconds(from)},
                                      {"endTime", to_seconds(to) + 1},
                                      {"queryString", "fields @timestamp, @logStream, @message | filter " + filter +
                                                          " | sort @timestamp desc | limit 100"}}}};
}

incidents::Evidence to_evidence(const telemetry::LogGroup& group, const Pattern& pattern, Instant from, Instant to) {
  Array streams;
  std::string places;
  for (const std::string& name : pattern.streams) {
    if (streams.size() == streams_shown_max) break;
    streams.emplace_back(name);
    places += (places.empty() ? "" : ", ") + name;
  }
  const Instant first = instant_from_ms(pattern.first_ms), last = instant_from_ms(pattern.last_ms);
  Object result{{"logGroup", group.name},      {"pattern", pattern.text}, {"count", pattern.count},    {"first", to_rfc3339_ms(first)},
                {"last", to_rfc3339_ms(last)}, {"logStreams", streams},   {"example", pattern.example}};
  if (!pattern.trace_id.empty()) result["traceId"] = pattern.trace_id;
  return {.kind = "logs",
          .title = "Error logs of " + group.name,
          .summary = fmt::format("{} line{} \"{}\" from {} to {}, from {}", pattern.count, pattern.count == 1 ? "" : "s", pattern.text,
                                 to_rfc3339(first), to_rfc3339(last), places),
          .query = query_of(group.name, pattern, from, to),
          .result = std::move(result),
          .resource = make_arn("logs", group.scope, "log-group:" + group.name),
          .happened = first};
}

}  // namespace

struct ErrorLogs::Search {
  Instant from, to;
  std::size_t groups = 0;
  std::unique_ptr<telemetry::LogScan> scan;
  std::map<std::pair<telemetry::LogGroupId, std::string>, Pattern> patterns;
  Done done;
  std::map<telemetry::LogGroupId, std::function<std::string(std::string_view, std::int64_t)>> masks;  ///< of the groups that have one

  void take(telemetry::LogStore& logs, const telemetry::LogRow& row) {
    const auto line = read_error_line(row.message);
    if (!line) return;
    std::string text = pattern_of(line->text);
    const auto key = std::make_pair(row.group, text);
    if (patterns.size() >= patterns_max && !patterns.contains(key)) return;
    Pattern& pattern = patterns[key];
    if (pattern.count++ == 0) {
      pattern.group = row.group;
      pattern.text = std::move(text);
      pattern.field = line->field;
      pattern.example = row.message.substr(0, example_length_max);
      pattern.trace_id = line->trace_id;
    }
    pattern.first_ms = std::min(pattern.first_ms, row.position.time_ms);
    pattern.last_ms = std::max(pattern.last_ms, row.position.time_ms);
    const telemetry::LogStream* stream = logs.stream(row.stream);
    if (stream && pattern.streams.size() <= streams_shown_max) pattern.streams.insert(stream->name);
  }

  std::vector<incidents::Evidence> evidence(telemetry::LogStore& logs) const {
    std::vector<const Pattern*> ranked;
    for (const auto& [key, pattern] : patterns) ranked.push_back(&pattern);
    std::stable_sort(ranked.begin(), ranked.end(), [](const Pattern* a, const Pattern* b) { return a->count > b->count; });
    if (ranked.size() > shown_max) ranked.resize(shown_max);
    std::vector<incidents::Evidence> found;
    for (const Pattern* pattern : ranked)
      if (const telemetry::LogGroup* group = logs.group(pattern->group)) found.push_back(to_evidence(*group, *pattern, from, to));
    if (found.empty()) found.push_back(nothing_found());
    return found;
  }

  incidents::Evidence nothing_found() const {
    return {.kind = "logs",
            .title = "No error logs",
            .summary =
                fmt::format("No line tells of an error since {}, in {} group{} of logs.", to_rfc3339(from), groups, groups == 1 ? "" : "s"),
            .query = Object{{"service", "logs"}, {"operation", "DescribeLogGroups"}, {"parameters", Object{}}}};
  }
};

void ErrorLogs::gather(const Request& request, Done done) {
  auto search = std::make_shared<Search>();
  search->from = request.opened - before_opening;
  search->done = std::move(done);
  state_.executor().post([this, search, scope = request.scope] {
    search->to = state_.now();
    telemetry::LogScanPlan plan{.from_ms = to_ms(search->from), .to_ms = to_ms(search->to), .newest_first = true};
    for (const telemetry::LogGroup& group : logs_.groups(scope, "", SIZE_MAX, {})) plan.groups.push_back(group.id);
    search->groups = plan.groups.size();
    if (masks_)
      for (const telemetry::LogGroupId group : plan.groups)
        if (auto mask = masks_(group)) search->masks[group] = std::move(mask);
    search->scan = logs_.scan(std::move(plan));
    go_on(search);
  });
}

void ErrorLogs::go_on(std::shared_ptr<Search> search) {
  std::vector<telemetry::LogRow> rows;
  const bool more = search->scan->next(rows);
  for (telemetry::LogRow& row : rows) {
    if (const auto mask = search->masks.find(row.group); mask != search->masks.end()) row.message = mask->second(row.message, row.ingested_ms);
    search->take(logs_, row);
  }
  if (!more || state_.now() - search->to > answer_within) return search->done(search->evidence(logs_));
  state_.executor().post([this, search = std::move(search)]() mutable { go_on(std::move(search)); });
}

}  // namespace tocsin::diagnose
