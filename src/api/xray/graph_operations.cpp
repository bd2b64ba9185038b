#include <boost/json.hpp>
#include <cmath>
#include <map>

#include "api/xray/operations.h"
#include "api/xray/shapes.h"
#include "api/xray/trace_scan.h"
#include "diagnose/trace_map/filter_match.h"

namespace tocsin::api::xray {
namespace {

constexpr std::size_t slice = 200;
constexpr std::size_t traces_max = 100'000;

struct Running {
  Rooms rooms;
  TraceScan scan;
  std::function<void()> done;
  std::string after;
  std::size_t seen = 0;
};

void go_on(std::shared_ptr<Running> running) {
  const TraceScan& scan = running->scan;
  const telemetry::TracePage page = running->rooms.traces.find(
      scan.scope, {.from = scan.from, .to = scan.to, .by = telemetry::TraceTime::of_event, .after = running->after, .count_max = slice});
  for (const telemetry::FoundTrace& found : page.traces) {
    const diagnose::Trace trace = diagnose::assemble_trace(found.trace_id, found.texts);
    if (matches(trace, scan.filter, scan.groups)) scan.visit(trace);
  }
  running->after = page.next;
  running->seen += page.traces.size();
  if (running->after.empty() || running->seen >= traces_max) return running->done();
  running->rooms.executor.post([running] { go_on(running); });
}

/// The range and the group that the call names; a refusal when they are none.
std::expected<TraceScan, ServiceError> scan_of(const Rooms& rooms, const Call& call) {
  TraceScan scan{.scope = call.scope,
                 .from = instant_from_ns(integer_or(call.input, "StartTime", 0)),
                 .to = instant_from_ns(integer_or(call.input, "EndTime", 0))};
  if (scan.from > scan.to) return invalid("StartTime must be before EndTime");
  scan.groups = rooms.groups.filters(call.scope);
  const std::string name = text_or(call.input, "GroupName"), arn = text_or(call.input, "GroupARN");
  if (name.empty() && arn.empty()) return scan;
  const auto group = rooms.groups.find(call.scope, name, arn);
  if (!group) return invalid("Group not found");
  if (auto filter = diagnose::parse_filter(group->filter)) scan.filter = std::move(*filter);
  return scan;
}

struct Window {
  diagnose::CallStatistics edges, services;
};

/// The windows, each by its begin in seconds, of what the selector picks.
struct TimeSeries {
  std::int64_t period_s = 60;
  bool of_services = false;
  diagnose::FilterExpression selector;
  std::map<std::int64_t, Window> windows;

  Window& window_at(double seconds) { return windows[static_cast<std::int64_t>(std::floor(seconds)) / period_s * period_s]; }

  void add(const diagnose::Trace& trace) {
    for (const diagnose::TraceSegment& segment : trace.segments) {
      if (selector.kind != diagnose::FilterExpression::Kind::everything && !selects(selector, trace, segment)) continue;
      const diagnose::TraceEntity& call = segment.call ? *segment.call : segment.entity;
      Window& window = window_at(of_services ? segment.entity.start : call.start);
      of_services ? window.services.add(segment.entity) : window.edges.add(call);
    }
  }

  Array shape() const {
    Array out;
    for (const auto& [at, window] : windows) {
      const diagnose::CallStatistics& statistics = of_services ? window.services : window.edges;
      if (statistics.total() == 0) continue;
      Object entry{{"Timestamp", at * 1'000'000'000}};
      entry[of_services ? "ServiceSummaryStatistics" : "EdgeSummaryStatistics"] = statistics_shape(statistics);
      entry["ResponseTimeHistogram"] = histogram_shape(statistics.response_s);
      out.push_back(std::move(entry));
    }
    return out;
  }
};

std::expected<TimeSeries, ServiceError> series_of(const Call& call) {
  TimeSeries series;
  series.period_s = integer_or(call.input, "Period", 60);
  if (series.period_s != 60 && series.period_s != 300) return invalid("Period must be 60 or 300");
  const auto text = text_at(call.input, "EntitySelectorExpression");
  if (!text) return series;
  auto selector = diagnose::parse_filter(*text);
  if (!selector) return invalid(selector.error().message);
  using Kind = diagnose::FilterExpression::Kind;
  if (selector->kind != Kind::service && selector->kind != Kind::edge)
    return invalid("EntitySelectorExpression must be service() or edge()");
  series.of_services = selector->kind == Kind::service;
  series.selector = std::move(*selector);
  return series;
}

}  // namespace

void scan_traces(const Rooms& rooms, TraceScan scan, std::function<void()> done) {
  go_on(std::make_shared<Running>(Running{rooms, std::move(scan), std::move(done), {}, 0}));
}

void get_service_graph(const Rooms& rooms, Call call, Complete complete) {
  auto scan = scan_of(rooms, call);
  if (!scan) return complete(std::unexpected(scan.error()));
  auto graph = std::make_shared<diagnose::TraceGraph>();
  auto shared = std::make_shared<Complete>(std::move(complete));
  scan->visit = [graph](const diagnose::Trace& trace) { graph->add(trace); };
  const Instant from = scan->from, to = scan->to;
  scan_traces(rooms, std::move(*scan), [graph, shared, from, to] {
    (*shared)(Object{{"StartTime", to_ns(from)},
                     {"EndTime", to_ns(to)},
                     {"Services", services_shape(graph->nodes())},
                     {"ContainsOldGroupVersions", false}});
  });
}

void get_time_series_service_statistics(const Rooms& rooms, Call call, Complete complete) {
  auto scan = scan_of(rooms, call);
  if (!scan) return complete(std::unexpected(scan.error()));
  auto series = series_of(call);
  if (!series) return complete(std::unexpected(series.error()));
  auto counted = std::make_shared<TimeSeries>(std::move(*series));
  auto shared = std::make_shared<Complete>(std::move(complete));
  scan->visit = [counted](const diagnose::Trace& trace) { counted->add(trace); };
  scan_traces(rooms, std::move(*scan), [counted, shared] {
    (*shared)(Object{{"TimeSeriesServiceStatistics", counted->shape()}, {"ContainsOldGroupVersions", false}});
  });
}

}  // namespace tocsin::api::xray
