#include <algorithm>
#include <boost/json.hpp>

#include "api/ssm_incidents/answers.h"
#include "api/ssm_incidents/operations.h"

namespace tocsin::api::ssm_incidents {
namespace {

using incidents::TimelineEvent;

std::string incident_of(const Call& call) { return text_or(call.input, "incidentRecordArn"); }

Object summary_of(const TimelineEvent& event, const std::string& incident_arn) {
  Object out{{"eventId", event.id},
             {"eventTime", to_ns(event.event_time)},
             {"eventType", event.type},
             {"eventUpdatedTime", to_ns(event.updated_time)},
             {"incidentRecordArn", incident_arn}};
  if (!event.references.empty()) out["eventReferences"] = event.references;
  return out;
}

Object filtered_members(const TimelineEvent& event) {
  Array references;
  for (const Document& reference : event.references)
    for (const auto& [name, value] : reference.get_object()) references.push_back(value);
  return {{"eventTime", to_ns(event.event_time)}, {"eventType", event.type}, {"eventReference", std::move(references)}};
}

std::expected<TimelineEvent, ServiceError> named_event(Incidents& incidents, const Call& call) {
  const std::string id = text_or(call.input, "eventId");
  auto event = incidents.store().find_event(call.scope, incident_of(call), id);
  if (!event) return not_found("TIMELINE_EVENT", id);
  return *event;
}

}  // namespace

Reply create_timeline_event(Incidents& incidents, const Call& call) {
  const std::string token = text_or(call.input, "clientToken");
  const std::string arn = incident_of(call);
  if (const auto known = incidents.store().outcome_of(call.scope, call.operation, token))
    return Object{{"eventId", *known}, {"incidentRecordArn", arn}};
  TimelineEvent event{.event_time = instant_from_ns(integer_or(call.input, "eventTime", 0))};
  event.type = text_or(call.input, "eventType");
  event.data = text_or(call.input, "eventData");
  event.references = array_at(call.input, "eventReferences");
  const auto id = incidents.add_note(call.scope, arn, std::move(event));
  if (!id) return refuse_with(id.error(), arn);
  incidents.store().record_outcome(call.scope, call.operation, token, *id);
  return Object{{"eventId", *id}, {"incidentRecordArn", arn}};
}

Reply get_timeline_event(Incidents& incidents, const Call& call) {
  const auto event = named_event(incidents, call);
  if (!event) return std::unexpected(event.error());
  Object out = summary_of(*event, incident_of(call));
  out["eventData"] = event->data;
  return Object{{"event", std::move(out)}};
}

Reply update_timeline_event(Incidents& incidents, const Call& call) {
  auto event = named_event(incidents, call);
  if (!event) return std::unexpected(event.error());
  if (event->origin == incidents::Origin::system) return invalid("Only custom timeline events can be updated");
  if (const auto data = text_at(call.input, "eventData")) event->data = *data;
  if (const auto type = text_at(call.input, "eventType")) event->type = *type;
  if (const auto at = integer_at(call.input, "eventTime")) event->event_time = instant_from_ns(*at);
  if (find(call.input, "eventReferences")) event->references = array_at(call.input, "eventReferences");
  event->updated_time = call.now;
  incidents.store().replace_event(call.scope, incident_of(call), *event);
  return Object{};
}

Reply delete_timeline_event(Incidents& incidents, const Call& call) {
  const auto event = incidents.store().find_event(call.scope, incident_of(call), text_or(call.input, "eventId"));
  if (event && event->origin == incidents::Origin::system) return invalid("Only custom timeline events can be deleted");
  if (event) incidents.store().remove_event(call.scope, incident_of(call), event->id);
  return Object{};
}

Reply list_timeline_events(Incidents& incidents, const ListTokens& tokens, const Call& call) {
  const auto from = page_start(tokens, call);
  if (!from) return std::unexpected(from.error());
  auto events = incidents.store().timeline(call.scope, incident_of(call));
  // the service's default is descending
  if (text_or(call.input, "sortOrder", "DESCENDING") == "DESCENDING") std::ranges::reverse(events);
  Array all;
  for (const TimelineEvent& event : events)
    if (passes(array_at(call.input, "filters"), filtered_members(event))) all.push_back(summary_of(event, incident_of(call)));
  Object out;
  Array page = page_of(tokens, call, *from, std::move(all), out);
  out["eventSummaries"] = std::move(page);
  return out;
}

}  // namespace tocsin::api::ssm_incidents
