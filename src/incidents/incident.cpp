#include "incidents/incident.h"

#include <boost/json.hpp>

namespace tocsin::incidents {
namespace {

Array texts(const std::vector<std::string>& values) {
  Array out;
  for (const std::string& value : values) out.emplace_back(value);
  return out;
}

std::vector<std::string> texts_at(const Document& document, std::string_view key) {
  std::vector<std::string> out;
  for (const Document& value : array_at(document, key))
    if (value.is_string()) out.emplace_back(value.get_string());
  return out;
}

Array states_document(const Incident& incident) {
  Array out;
  for (const auto& [state, at] : incident.states) out.push_back(Object{{"state", to_text(state)}, {"at", to_ns(at)}});
  return out;
}

Instant instant_at(const Document& document, std::string_view key) { return instant_from_ns(integer_or(document, key, 0)); }

}  // namespace

std::string_view to_text(IncidentStatus status) { return status == IncidentStatus::open ? "OPEN" : "RESOLVED"; }

std::string severity_word(int impact) { return "SEV" + std::to_string(impact); }

std::string Incident::setting(const std::string& key, std::string_view otherwise) const {
  const auto found = settings.find(key);
  return found == settings.end() ? std::string(otherwise) : found->second;
}

std::optional<Instant> Incident::entered(CustomerState wanted) const {
  for (const auto& [entered_state, at] : states)
    if (entered_state == wanted) return at;
  return std::nullopt;
}

Document to_document(const Incident& incident) {
  Object settings;
  for (const auto& [key, value] : incident.settings) settings[key] = value;
  Object out{{"account", incident.scope.account},
             {"region", incident.scope.region},
             {"arn", incident.arn},
             {"id", incident.id},
             {"planArn", incident.plan_arn},
             {"planName", incident.plan_name},
             {"title", incident.title},
             {"summary", incident.summary},
             {"impact", incident.impact},
             {"status", to_text(incident.status)},
             {"state", to_text(incident.state)},
             {"dedupe", incident.dedupe},
             {"created", to_ns(incident.created)},
             {"detected", to_ns(incident.detected)},
             {"modified", to_ns(incident.modified)},
             {"createdBy", incident.created_by},
             {"modifiedBy", incident.modified_by},
             {"invokedBy", incident.invoked_by},
             {"source", incident.source},
             {"triggerArn", incident.trigger_arn},
             {"triggerRaw", incident.trigger_raw},
             {"resources", texts(incident.resources)},
             {"chatChannel", incident.chat_channel},
             {"notificationTargets", incident.notification_targets},
             {"executions", texts(incident.executions)},
             {"engagements", texts(incident.engagements)},
             {"settings", std::move(settings)},
             {"joinedCount", incident.joined_count},
             {"openedEventId", incident.opened_event_id},
             {"correlationId", incident.correlation_id},
             {"states", states_document(incident)}};
  if (incident.resolved) out["resolved"] = to_ns(*incident.resolved);
  return out;
}

Incident incident_from(const Document& document) {
  Incident out;
  out.scope = {text_or(document, "account"), text_or(document, "region")};
  out.arn = text_or(document, "arn");
  out.id = text_or(document, "id");
  out.plan_arn = text_or(document, "planArn");
  out.plan_name = text_or(document, "planName");
  out.title = text_or(document, "title");
  out.summary = text_or(document, "summary");
  out.impact = static_cast<int>(integer_or(document, "impact", 3));
  out.status = text_or(document, "status") == "OPEN" ? IncidentStatus::open : IncidentStatus::resolved;
  out.state = customer_state_from(text_or(document, "state")).value_or(CustomerState::investigating);
  out.dedupe = text_or(document, "dedupe");
  out.created = instant_at(document, "created");
  out.detected = instant_at(document, "detected");
  out.modified = instant_at(document, "modified");
  if (const auto resolved = integer_at(document, "resolved")) out.resolved = instant_from_ns(*resolved);
  out.created_by = text_or(document, "createdBy");
  out.modified_by = text_or(document, "modifiedBy");
  out.invoked_by = text_or(document, "invokedBy");
  out.source = text_or(document, "source");
  out.trigger_arn = text_or(document, "triggerArn");
  out.trigger_raw = text_or(document, "triggerRaw");
  out.resources = texts_at(document, "resources");
  if (const Document* chat = find(document, "chatChannel")) out.chat_channel = *chat;
  out.notification_targets = array_at(document, "notificationTargets");
  out.executions = texts_at(document, "executions");
  out.engagements = texts_at(document, "engagements");
  for (const auto& [key, value] : object_at(document, "settings"))
    if (value.is_string()) out.settings[std::string(key)] = std::string(value.get_string());
  out.joined_count = static_cast<int>(integer_or(document, "joinedCount", 0));
  out.opened_event_id = text_or(document, "openedEventId");
  out.correlation_id = text_or(document, "correlationId");
  for (const Document& entry : array_at(document, "states"))
    out.states.emplace_back(customer_state_from(text_or(entry, "state")).value_or(CustomerState::investigating), instant_at(entry, "at"));
  return out;
}

std::string TimelineEvent::summary() const {
  if (origin == Origin::custom) return data;
  const auto parsed = parse_json(data);
  return parsed ? text_or(*parsed, "summary", type) : data;
}

std::string TimelineEvent::kind() const {
  const Result<Document> parsed = origin == Origin::custom ? Result<Document>(Document{}) : parse_json(data);
  return parsed ? text_or(*parsed, "kind") : "";
}

std::string TimelineEvent::command() const {
  const Result<Document> parsed = origin == Origin::custom ? Result<Document>(Document{}) : parse_json(data);
  return parsed ? text_or(object_at(*parsed, "evidence"), "command") : "";
}

}  // namespace tocsin::incidents
