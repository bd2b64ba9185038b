#include <algorithm>
#include <boost/json.hpp>

#include "api/xray/operations.h"
#include "api/xray/shapes.h"

namespace tocsin::api::xray {
namespace {

constexpr const char* daemon_namespace = "AWS/X-Ray";

Object unprocessed(const telemetry::SegmentFault& fault) {
  Object out{{"ErrorCode", fault.code}, {"Message", "Invalid segment. ErrorCode: " + fault.code}};
  if (!fault.id.empty()) out["Id"] = fault.id;
  return out;
}

}  // namespace

Reply put_trace_segments(const Rooms& rooms, const Call& call) {
  std::vector<telemetry::SegmentDocument> documents;
  Array refused;
  for (const Document& text : array_at(call.input, "TraceSegmentDocuments")) {
    auto document = telemetry::read_segment(text.is_string() ? std::string_view(text.get_string()) : std::string_view(), call.now);
    if (document)
      documents.push_back(std::move(*document));
    else
      refused.push_back(unprocessed(document.error()));
  }
  if (auto kept = rooms.traces.append(call.scope, std::move(documents)); !kept) return refuse("ThrottledException", kept.error().message);
  return Object{{"UnprocessedTraceSegments", std::move(refused)}};
}

// the daemon's own counts become metrics of its host
Reply put_telemetry_records(const Rooms& rooms, const Call& call) {
  Dimensions dimensions;
  for (const auto& [member, name] : {std::pair{"EC2InstanceId", "InstanceId"}, {"Hostname", "Hostname"}, {"ResourceARN", "ResourceARN"}})
    if (const std::string value = text_or(call.input, member); !value.empty()) dimensions.emplace_back(name, value);
  std::ranges::sort(dimensions);
  std::vector<telemetry::MetricPoint> points;
  const auto add = [&](const Document& record, std::string_view member, const std::string& name) {
    const auto count = integer_at(record, member);
    const Instant at = instant_from_ns(integer_or(record, "Timestamp", to_ns(call.now)));
    if (count && at > call.now - std::chrono::hours(24 * 14) && at < call.now + std::chrono::hours(2))
      points.push_back(
          {.metric = {daemon_namespace, name, dimensions}, .unit = "Count", .time = at, .sample = static_cast<double>(*count)});
  };
  for (const Document& record : array_at(call.input, "TelemetryRecords")) {
    for (const char* member : {"SegmentsReceivedCount", "SegmentsSentCount", "SegmentsSpilloverCount", "SegmentsRejectedCount"})
      add(record, member, member);
    if (const Document* errors = find(record, "BackendConnectionErrors"))
      for (const char* member :
           {"TimeoutCount", "ConnectionRefusedCount", "HTTPCode4XXCount", "HTTPCode5XXCount", "UnknownHostCount", "OtherCount"})
        add(*errors, member, std::string("BackendConnectionErrors.") + member);
  }
  if (!points.empty())
    if (auto kept = rooms.metrics.put(call.scope, points); !kept) return refuse("ThrottledException", kept.error().message);
  return Object{};
}

}  // namespace tocsin::api::xray
