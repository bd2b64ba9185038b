#include <algorithm>
#include <boost/json.hpp>

#include "api/xray/operations.h"
#include "api/xray/shapes.h"
#include "base/letters.h"
#include "diagnose/trace_map/filter_match.h"

namespace tocsin::api::xray {
namespace {
using namespace std::chrono_literals;

constexpr std::size_t ids_max = 5;
constexpr Duration range_max = 6h;
constexpr std::size_t summaries_max = 100;
constexpr std::size_t looked_at_max = 1000;

/// The ids asked for, each once, in their order; a refusal when one is none.
std::expected<std::vector<std::string>, ServiceError> trace_ids(const Call& call) {
  std::vector<std::string> ids;
  for (const Document& each : array_at(call.input, "TraceIds")) {
    const std::string id = lower_case(std::string(each.get_string()));
    if (!telemetry::trace_id_time(id)) return invalid("Invalid trace id: " + std::string(each.get_string()));
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  }
  if (ids.empty()) return invalid("TraceIds must not be empty");
  if (ids.size() > ids_max) return invalid("At most " + std::to_string(ids_max) + " trace ids can be asked for");
  return ids;
}

/// Which traces of the range a caller wants, once in the sampling that it asked for.
bool is_sampled(const Call& call, const std::string& trace_id) {
  const Document* strategy = find(call.input, "SamplingStrategy");
  if (!truth_or(call.input, "Sampling", false) || !strategy || text_or(*strategy, "Name") != "FixedRate") return true;
  const Document* value = find(*strategy, "Value");
  const double rate = value ? as_number(*value).value_or(1) : 1;
  // the last digits of an id are random
  return static_cast<double>(std::stoul(trace_id.substr(29), nullptr, 16)) < rate * 0x1000000;
}

std::expected<telemetry::TraceQuery, ServiceError> query_of(const Rooms& rooms, const Call& call) {
  telemetry::TraceQuery query{.from = instant_from_ns(integer_or(call.input, "StartTime", 0)),
                              .to = instant_from_ns(integer_or(call.input, "EndTime", 0))};
  if (query.from > query.to) return invalid("StartTime must be before EndTime");
  if (query.to - query.from > range_max) return invalid("Time range cannot be longer than 6 hours");
  query.by = text_or(call.input, "TimeRangeType", "TraceId") == "TraceId" ? telemetry::TraceTime::of_id : telemetry::TraceTime::of_event;
  if (const auto token = text_at(call.input, "NextToken")) {
    const auto after = rooms.tokens.open(call, *token);
    if (!after) return invalid("Invalid NextToken");
    query.after = *after;
  }
  return query;
}

}  // namespace

Reply batch_get_traces(const Rooms& rooms, const Call& call) {
  const auto ids = trace_ids(call);
  if (!ids) return std::unexpected(ids.error());
  Array traces, missing;
  for (const std::string& id : *ids) {
    const telemetry::FoundTrace found = rooms.traces.find(call.scope, id);
    if (found.texts.empty())
      missing.push_back(Document(id));
    else
      traces.push_back(trace_shape(diagnose::assemble_trace(id, found.texts)));
  }
  return Object{{"Traces", std::move(traces)}, {"UnprocessedTraceIds", std::move(missing)}};
}

Reply get_trace_graph(const Rooms& rooms, const Call& call) {
  const auto ids = trace_ids(call);
  if (!ids) return std::unexpected(ids.error());
  diagnose::TraceGraph graph;
  for (const std::string& id : *ids) graph.add(diagnose::assemble_trace(id, rooms.traces.find(call.scope, id).texts));
  return Object{{"Services", services_shape(graph.nodes())}};
}

Reply get_trace_summaries(const Rooms& rooms, const Call& call) {
  const auto filter = diagnose::parse_filter(text_or(call.input, "FilterExpression"));
  if (!filter) return invalid(filter.error().message);
  auto query = query_of(rooms, call);
  if (!query) return std::unexpected(query.error());
  const diagnose::FindGroupFilter groups = rooms.groups.filters(call.scope);
  Array summaries;
  std::size_t looked_at = 0;
  do {
    query->count_max = summaries_max - summaries.size();
    const telemetry::TracePage page = rooms.traces.find(call.scope, *query);
    for (const telemetry::FoundTrace& found : page.traces) {
      ++looked_at;
      if (!is_sampled(call, found.trace_id)) continue;
      const diagnose::Trace trace = diagnose::assemble_trace(found.trace_id, found.texts);
      if (matches(trace, *filter, groups)) summaries.push_back(summary_shape(trace, found));
    }
    query->after = page.next;
  } while (!query->after.empty() && summaries.size() < summaries_max && looked_at < looked_at_max);
  Object out{{"TraceSummaries", std::move(summaries)}, {"ApproximateTime", to_ns(call.now)}, {"TracesProcessedCount", looked_at}};
  if (!query->after.empty()) out["NextToken"] = rooms.tokens.seal(call, query->after);
  return out;
}

}  // namespace tocsin::api::xray
