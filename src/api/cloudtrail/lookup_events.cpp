#include <boost/json.hpp>

#include "api/cloudtrail/operations.h"

namespace tocsin::api::cloudtrail {
namespace {

using telemetry::AuditAttribute;
using telemetry::AuditLookup;
using telemetry::AuditRecord;
constexpr std::int64_t results_max = 50;

std::optional<AuditAttribute> attribute_named(const std::string& name) {
  constexpr std::pair<std::string_view, AuditAttribute> names[] = {
      {"EventId", AuditAttribute::event_id},           {"EventName", AuditAttribute::event_name},
      {"ReadOnly", AuditAttribute::read_only},         {"Username", AuditAttribute::username},
      {"ResourceType", AuditAttribute::resource_type}, {"ResourceName", AuditAttribute::resource_name},
      {"EventSource", AuditAttribute::event_source},   {"AccessKeyId", AuditAttribute::access_key_id}};
  for (const auto& [candidate, attribute] : names)
    if (candidate == name) return attribute;
  return std::nullopt;
}

std::expected<void, ServiceError> read_attribute(const Call& call, AuditLookup& lookup) {
  const Array& attributes = array_at(call.input, "LookupAttributes");
  if (attributes.empty()) return {};
  if (attributes.size() > 1) return refuse("InvalidLookupAttributesException", "You can use only one lookup attribute in a request.");
  lookup.attribute = attribute_named(text_or(attributes[0], "AttributeKey"));
  lookup.value = text_or(attributes[0], "AttributeValue");
  if (!lookup.attribute) return refuse("InvalidLookupAttributesException", "The lookup attribute is not valid.");
  if (*lookup.attribute == AuditAttribute::read_only && lookup.value != "true" && lookup.value != "false")
    return refuse("InvalidLookupAttributesException", "The value of the ReadOnly lookup attribute must be true or false.");
  return {};
}

std::expected<void, ServiceError> read_range(const Call& call, AuditLookup& lookup) {
  if (const auto start = integer_at(call.input, "StartTime")) lookup.from = instant_from_ns(*start);
  if (const auto end = integer_at(call.input, "EndTime")) lookup.to = instant_from_ns(*end);
  if (lookup.from && lookup.to && *lookup.from > *lookup.to)
    return refuse("InvalidTimeRangeException", "The start time must not be after the end time.");
  return {};
}

Document event_of(const AuditRecord& record) {
  Array resources;
  for (const telemetry::AuditResource& resource : record.resources) {
    Object entry{{"ResourceName", resource.arn}};
    if (!resource.type.empty()) entry["ResourceType"] = resource.type;
    resources.push_back(std::move(entry));
  }
  Object out{{"EventId", record.event_id},
             {"EventName", record.event_name},
             {"ReadOnly", record.read_only ? "true" : "false"},
             {"EventTime", to_ns(record.event_time)},
             {"EventSource", record.event_source},
             {"Username", record.username},
             {"Resources", std::move(resources)},
             {"CloudTrailEvent", to_json(record.record)}};
  if (!record.access_key_id.empty()) out["AccessKeyId"] = record.access_key_id;
  return out;
}

}  // namespace

Reply lookup_events(telemetry::AuditTrail& trail, const ListTokens& tokens, const Call& call) {
  if (find(call.input, "EventCategory")) return refuse("InvalidEventCategoryException", "This server records no Insights events.");
  AuditLookup lookup;
  if (auto read = read_attribute(call, lookup); !read) return std::unexpected(read.error());
  if (auto read = read_range(call, lookup); !read) return std::unexpected(read.error());
  const std::int64_t count = integer_or(call.input, "MaxResults", results_max);
  if (count < 1 || count > results_max) return refuse("InvalidMaxResultsException", "MaxResults must be between 1 and 50.");
  lookup.count_max = static_cast<std::size_t>(count);
  if (const auto token = text_at(call.input, "NextToken")) {
    const auto position = tokens.open(call, *token);
    if (!position) return refuse("InvalidNextTokenException", "The token is invalid or was issued for another request.");
    lookup.after = *position;
  }
  const telemetry::AuditPage page = trail.lookup(call.scope, lookup);
  Array events;
  for (const AuditRecord& record : page.records) events.push_back(event_of(record));
  Object out{{"Events", std::move(events)}};
  if (!page.next.empty()) out["NextToken"] = tokens.seal(call, page.next);
  return out;
}

}  // namespace tocsin::api::cloudtrail
