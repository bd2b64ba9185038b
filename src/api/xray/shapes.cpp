#include "api/xray/shapes.h"

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <set>

#include "api/xray/cause_shapes.h"
#include "diagnose/trace_map/filter_facts.h"

namespace tocsin::api::xray {
namespace {

using diagnose::GraphEdge;
using diagnose::GraphNode;
using diagnose::Trace;
using diagnose::TraceEntity;
using diagnose::TraceSegment;

Object http_shape(const Trace& trace) {
  const TraceSegment* root = trace.root();
  if (!root) return {};
  Object out;
  const diagnose::Facts facts = diagnose::segment_facts(*root);
  for (const auto& [key, member] :
       {std::pair{"http.url", "HttpURL"}, {"http.method", "HttpMethod"}, {"http.useragent", "UserAgent"}, {"http.clientip", "ClientIp"}})
    if (const auto values = facts(key); !values.empty()) out[member] = std::get<std::string>(values[0]);
  if (const auto status = facts("http.status"); !status.empty()) out["HttpStatus"] = static_cast<std::int64_t>(std::get<double>(status[0]));
  return out;
}

/// The services that something was said by, under what was said.
template <typename Key>
using SaidBy = std::map<Key, std::map<diagnose::GraphNodeKey, const TraceSegment*>>;

template <typename Key>
Array speakers(const typename SaidBy<Key>::mapped_type& by) {
  Array out;
  for (const auto& [key, segment] : by) out.push_back(service_id(*segment));
  return out;
}

Object annotations_shape(const Trace& trace) {
  std::map<std::string, SaidBy<std::string>> said;  // by key, then by the value as JSON
  for (const TraceSegment& segment : trace.segments)
    each_entity(segment.entity, [&](const TraceEntity& entity) {
      for (const auto& [key, value] : object_at(*entity.document, "annotations"))
        if (value.is_string() || value.is_bool() || value.is_number()) said[std::string(key)][to_json(value)][node_key(segment)] = &segment;
    });
  Object out;
  for (const auto& [key, values] : said) {
    Array list;
    for (const auto& [json, by] : values) {
      const Document value = *parse_json("[" + json + "]")->get_array().begin();
      Object typed;
      if (value.is_string())
        typed["StringValue"] = value;
      else if (value.is_bool())
        typed["BooleanValue"] = value;
      else
        typed["NumberValue"] = as_number(value).value_or(0);
      list.push_back(Object{{"AnnotationValue", std::move(typed)}, {"ServiceIds", speakers<std::string>(by)}});
    }
    out[key] = std::move(list);
  }
  return out;
}

Array users_shape(const Trace& trace) {
  SaidBy<std::string> said;
  for (const TraceSegment& segment : trace.segments)
    each_entity(segment.entity, [&](const TraceEntity& entity) {
      if (const Document* user = find(*entity.document, "user"); user && user->is_string())
        said[std::string(user->get_string())][node_key(segment)] = &segment;
    });
  Array out;
  for (const auto& [user, by] : said) out.push_back(Object{{"UserName", user}, {"ServiceIds", speakers<std::string>(by)}});
  return out;
}

Array distinct(const Trace& trace, const std::string& key, const char* member) {
  std::set<std::string> values;
  for (const diagnose::FactValue& value : diagnose::trace_facts(trace)(key)) values.insert(std::get<std::string>(value));
  Array out;
  for (const std::string& value : values) out.push_back(Object{{member, value}});
  return out;
}

Array service_ids(const Trace& trace) {
  std::set<diagnose::GraphNodeKey> seen;
  Array out;
  for (const TraceSegment& segment : trace.segments)
    if (seen.insert(node_key(segment)).second) out.push_back(service_id(segment));
  return out;
}

Object edge_shape(int to, const GraphEdge& edge) {
  return {{"ReferenceId", to},
          {"StartTime", timestamp(edge.start)},
          {"EndTime", timestamp(edge.end)},
          {"SummaryStatistics", statistics_shape(edge.calls)},
          {"ResponseTimeHistogram", histogram_shape(edge.calls.response_s)},
          {"Aliases", Array{}}};
}

Object node_shape(const GraphNode& node) {
  Object out{{"ReferenceId", node.reference}, {"Name", node.key.name}, {"Names", Array{Document(node.key.name)}}};
  if (node.root) out["Root"] = true;
  if (!node.key.account.empty()) out["AccountId"] = node.key.account;
  if (!node.key.type.empty()) out["Type"] = node.key.type;
  out["State"] = node.sends ? "active" : "unknown";
  out["StartTime"] = timestamp(node.start);
  out["EndTime"] = timestamp(node.end);
  Array edges;
  for (const auto& [to, edge] : node.edges) edges.push_back(edge_shape(to, edge));
  out["Edges"] = std::move(edges);
  if (node.key.type == diagnose::client_type) return out;
  out["SummaryStatistics"] = statistics_shape(node.own);
  out["DurationHistogram"] = histogram_shape(node.own.response_s);
  out["ResponseTimeHistogram"] = histogram_shape(node.own.response_s);
  return out;
}

}  // namespace

std::unexpected<ServiceError> invalid(std::string message) { return refuse("InvalidRequestException", std::move(message)); }

std::int64_t timestamp(double seconds) { return to_ns(telemetry::instant_from_s(seconds)); }

Object statistics_shape(const diagnose::CallStatistics& s) {
  return {{"OkCount", s.ok},
          {"ErrorStatistics",
           Object{{"ThrottleCount", s.throttles}, {"OtherCount", s.other_errors}, {"TotalCount", s.throttles + s.other_errors}}},
          {"FaultStatistics", Object{{"OtherCount", s.faults}, {"TotalCount", s.faults}}},
          {"TotalCount", s.total()},
          {"TotalResponseTime", s.response_s_sum}};
}

Array histogram_shape(const diagnose::Histogram& histogram) {
  Array out;
  for (const auto& [value, count] : histogram) out.push_back(Object{{"Value", value}, {"Count", count}});
  return out;
}

Object trace_shape(const Trace& trace) {
  Array segments;
  for (const TraceSegment& segment : trace.segments)
    segments.push_back(Object{{"Id", segment.entity.id}, {"Document", to_json(Document(*segment.entity.document))}});
  return {{"Id", trace.id}, {"Duration", trace.seconds()}, {"LimitExceeded", false}, {"Segments", std::move(segments)}};
}

Object summary_shape(const Trace& trace, const telemetry::FoundTrace& found) {
  const TraceSegment* root = trace.root();
  Object out{{"Id", trace.id}, {"StartTime", timestamp(trace.start)}, {"Duration", trace.seconds()}};
  if (root) out["ResponseTime"] = root->entity.seconds();
  out["HasFault"] = root && root->entity.fault;
  out["HasError"] = root && root->entity.error;
  out["HasThrottle"] = std::ranges::any_of(trace.segments, [](const TraceSegment& segment) { return segment.entity.throttle; });
  out["IsPartial"] = trace.partial;
  out["Http"] = http_shape(trace);
  out["Annotations"] = annotations_shape(trace);
  out["Users"] = users_shape(trace);
  out["ServiceIds"] = service_ids(trace);
  out["ResourceARNs"] = distinct(trace, "resource.arn", "ARN");
  out["InstanceIds"] = distinct(trace, "instance.id", "Id");
  out["AvailabilityZones"] = distinct(trace, "availabilityzone", "Name");
  if (root) out["EntryPoint"] = service_id(*root);
  out["FaultRootCauses"] = causes_shape(trace, diagnose::CauseKind::fault);
  out["ErrorRootCauses"] = causes_shape(trace, diagnose::CauseKind::error);
  out["ResponseTimeRootCauses"] = causes_shape(trace, diagnose::CauseKind::response_time);
  out["Revision"] = found.documents;
  out["MatchedEventTime"] = to_ns(found.last);
  return out;
}

Array services_shape(const std::vector<GraphNode>& nodes) {
  Array out;
  for (const GraphNode& node : nodes) out.push_back(node_shape(node));
  return out;
}

}  // namespace tocsin::api::xray
