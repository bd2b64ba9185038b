#include <boost/json.hpp>
#include <map>

#include "api/events/operations.h"
#include "api/events/reply.h"
#include "base/ids.h"
#include "base/text_time.h"
#include "events/patterns/pattern.h"
#include "events/patterns/pattern_set.h"
#include "model/arn.h"

namespace tocsin::api::eventbridge {
namespace {

constexpr std::size_t entries_max = 10;
constexpr std::size_t bytes_max = 1048576;
constexpr std::size_t time_bytes = 14;

std::size_t size_of(const Document& entry) {
  std::size_t size = find(entry, "Time") ? time_bytes : 0;
  for (const char* member : {"Source", "DetailType", "Detail"}) size += text_or(entry, member).size();
  for (const Document& resource : array_at(entry, "Resources")) size += resource.as_string().size();
  return size;
}

Document failed(const char* code, const char* message) { return Object{{"ErrorCode", code}, {"ErrorMessage", message}}; }

/// A bus of another account is named by its ARN; whether it may be reached is the gate's to say.
Scope scope_of_bus(const Call& call, const std::string& bus_name) {
  const auto arn = parse_arn(bus_name);
  return arn ? Scope{arn->account, arn->region} : call.scope;
}

/// Buses as the entries of one call name them; most name one.
class Buses {
 public:
  Buses(Rules& rules, const Call& call) : rules_(rules), call_(call) {}
  const Result<events::EventBus>& find(const std::string& name) {
    const auto known = found_.find(name);
    return known != found_.end() ? known->second : found_.emplace(name, rules_.find_bus(scope_of_bus(call_, name), name)).first->second;
  }

 private:
  Rules& rules_;
  const Call& call_;
  std::map<std::string, Result<events::EventBus>> found_;
};

/// The entry's place in the answer: an id, or why not.
Document put_event(Buses& buses, events::Journal& journal, const Call& call, const Document& entry) {
  const std::string source = text_or(entry, "Source"), type = text_or(entry, "DetailType"), detail_text = text_or(entry, "Detail");
  if (source.empty()) return failed("InvalidArgument", "Parameter Source is not valid. Reason: Source is a required argument.");
  if (type.empty()) return failed("InvalidArgument", "Parameter DetailType is not valid. Reason: DetailType is a required argument.");
  if (detail_text.empty()) return failed("InvalidArgument", "Parameter Detail is not valid. Reason: Detail is a required argument.");
  const auto detail = parse_json(detail_text);
  if (!detail || !detail->is_object()) return failed("MalformedDetail", "Detail is malformed.");
  if (source.starts_with("aws.")) return failed("NotAuthorizedForSourceException", "Not authorized for the source.");
  const std::string bus_name = text_or(entry, "EventBusName", events::default_bus);
  const Scope scope = scope_of_bus(call, bus_name);
  const auto& bus = buses.find(bus_name);
  EventEnvelope event{.scope = scope, .event_time = call.now, .source = source, .type = type, .detail = *detail};
  if (const auto time = integer_at(entry, "Time")) event.event_time = instant_from_ns(*time);
  for (const Document& resource : array_at(entry, "Resources")) event.resources.emplace_back(resource.as_string());
  // an unknown bus is no error to the sender: the event is dropped
  if (!bus) return Object{{"EventId", call.request_id}};
  event.bus = bus->name;
  if (scope != call.scope) event.origin = call.scope;
  return Object{{"EventId", journal.append(std::move(event))}};
}

}  // namespace

Reply put_events(Rules& rules, events::Journal& journal, const Call& call) {
  if (find(call.input, "EndpointId"))
    return api::refuse("ValidationException", "EndpointId: global endpoints are not offered by this server.");
  const Array& entries = array_at(call.input, "Entries");
  if (entries.empty() || entries.size() > entries_max)
    return api::refuse(
        "ValidationException",
        "1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10");
  std::size_t size = 0;
  for (const Document& entry : entries) size += size_of(entry);
  if (size >= bytes_max) return api::refuse("ValidationException", "Total size of the entries in the request is over the limit.");
  Array results;
  int failures = 0;
  Buses buses(rules, call);
  for (const Document& entry : entries) {
    results.push_back(put_event(buses, journal, call, entry));
    failures += find(results.back(), "ErrorCode") ? 1 : 0;
  }
  return Object{{"FailedEntryCount", failures}, {"Entries", std::move(results)}};
}

Reply test_event_pattern(const Call& call) {
  const std::string text = text_or(call.input, "Event");
  const auto event = parse_json(text);
  if (!event || !event->is_object()) return api::refuse("ValidationException", "Parameter Event is not valid.");
  const auto pattern = events::compile_pattern(text_or(call.input, "EventPattern"));
  if (!pattern) return api::refuse("InvalidEventPatternException", events::invalid_pattern_words(pattern.error()));
  for (const char* member : {"id", "account", "source", "time", "region", "resources", "detail-type"})
    if (!find(*event, member)) return api::refuse("ValidationException", "Parameter Event is not valid.");
  events::PatternSet patterns;
  patterns.add(0, *pattern);
  std::vector<events::PatternSet::Id> matched;
  return Object{{"Result", patterns.match_text(text, matched) && !matched.empty()}};
}

}  // namespace tocsin::api::eventbridge
