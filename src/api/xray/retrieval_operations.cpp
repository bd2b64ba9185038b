#include <boost/json.hpp>

#include "api/xray/operations.h"
#include "api/xray/shapes.h"
#include "base/ids.h"

namespace tocsin::api::xray {
namespace {

using diagnose::TraceSetting;
constexpr std::size_t traces_in_page = 5;

std::expected<Document, ServiceError> retrieval_of(const Rooms& rooms, const Call& call) {
  const std::string token = text_or(call.input, "RetrievalToken");
  auto kept = rooms.settings.find(call.scope, TraceSetting::retrieval, token);
  if (kept) return *kept;
  ServiceError error{"ResourceNotFoundException", "The retrieval token is not known.", 0, {}};
  error.members["ResourceName"] = token;
  return std::unexpected(std::move(error));
}

Object retrieved(const diagnose::Trace& trace) {
  Array spans;
  for (const diagnose::TraceSegment& segment : trace.segments)
    spans.push_back(Object{{"Id", segment.entity.id}, {"Document", to_json(Document(*segment.entity.document))}});
  return {{"Id", trace.id}, {"Duration", trace.seconds()}, {"Spans", std::move(spans)}};
}

std::expected<std::size_t, ServiceError> first_of_page(const Rooms& rooms, const Call& call) {
  const auto token = text_at(call.input, "NextToken");
  if (!token) return std::size_t{0};
  const auto position = rooms.tokens.open(call, *token);
  if (!position) return invalid("Invalid NextToken");
  return static_cast<std::size_t>(std::stoul(*position));
}

}  // namespace

// every trace that is kept is at hand: a retrieval is complete at once
Reply start_trace_retrieval(const Rooms& rooms, const Call& call) {
  Array ids;
  for (const Document& id : array_at(call.input, "TraceIds")) {
    if (!telemetry::trace_id_time(std::string_view(id.get_string()))) return invalid("Invalid trace id: " + std::string(id.get_string()));
    ids.push_back(id);
  }
  if (integer_or(call.input, "StartTime", 0) > integer_or(call.input, "EndTime", 0)) return invalid("StartTime must be before EndTime");
  const std::string token = make_hex(rooms.random, 64);
  rooms.settings.put(call.scope, TraceSetting::retrieval, token, Object{{"ids", std::move(ids)}, {"status", "COMPLETE"}});
  return Object{{"RetrievalToken", token}};
}

Reply list_retrieved_traces(const Rooms& rooms, const Call& call) {
  const auto retrieval = retrieval_of(rooms, call);
  if (!retrieval) return std::unexpected(retrieval.error());
  if (text_or(call.input, "TraceFormat", "XRAY") != "XRAY") return invalid("Traces are given in the format XRAY alone.");
  const auto first = first_of_page(rooms, call);
  if (!first) return std::unexpected(first.error());
  const Array& ids = array_at(*retrieval, "ids");
  Array traces;
  std::size_t at = *first;
  for (; at < ids.size() && at < *first + traces_in_page; ++at) {
    const telemetry::FoundTrace found = rooms.traces.find(call.scope, std::string(ids[at].get_string()));
    if (!found.texts.empty()) traces.push_back(retrieved(diagnose::assemble_trace(found.trace_id, found.texts)));
  }
  Object out{{"RetrievalStatus", text_or(*retrieval, "status")}, {"TraceFormat", "XRAY"}, {"Traces", std::move(traces)}};
  if (at < ids.size()) out["NextToken"] = rooms.tokens.seal(call, std::to_string(at));
  return out;
}

Reply get_retrieved_traces_graph(const Rooms& rooms, const Call& call) {
  const auto retrieval = retrieval_of(rooms, call);
  if (!retrieval) return std::unexpected(retrieval.error());
  diagnose::TraceGraph graph;
  for (const Document& id : array_at(*retrieval, "ids")) {
    const telemetry::FoundTrace found = rooms.traces.find(call.scope, std::string(id.get_string()));
    graph.add(diagnose::assemble_trace(found.trace_id, found.texts));
  }
  Array services;
  for (Document& service : services_shape(graph.nodes())) services.push_back(Object{{"Service", std::move(service)}, {"Links", Array{}}});
  return Object{{"RetrievalStatus", text_or(*retrieval, "status")}, {"Services", std::move(services)}};
}

Reply cancel_trace_retrieval(const Rooms& rooms, const Call& call) {
  const auto retrieval = retrieval_of(rooms, call);
  if (!retrieval) return std::unexpected(retrieval.error());
  rooms.settings.put(call.scope, TraceSetting::retrieval, text_or(call.input, "RetrievalToken"),
                     Object{{"ids", Array{}}, {"status", "CANCELLED"}});
  return Object{};
}

}  // namespace tocsin::api::xray
