#include "incidents/incidents.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/ids.h"
#include "base/log.h"
#include "incidents/alarm_facts.h"
#include "incidents/event_names.h"
#include "incidents/event_reading.h"

namespace tocsin::incidents {
namespace {

Tags settings_of(Tags plan_tags, const Document& template_) {
  for (const auto& [key, value] : object_at(template_, "incidentTags"))
    if (value.is_string()) plan_tags[std::string(key)] = std::string(value.get_string());
  return plan_tags;
}

Error unknown_incident(const std::string& arn) {
  return {ErrorKind::not_found, "Incident record " + arn + " was not found", "INCIDENT_RECORD"};
}

std::string arn_of_item(const RelatedItem& item) { return text_or(item.value, "arn"); }

}  // namespace

Incidents::Incidents(storage::StateExecutor& state, Random& random, events::Journal& journal, delivery::Timers& timers)
    : state_(state), random_(random), journal_(journal), timers_(timers), store_(state), plans_(state, random) {
  timers_.handle("incidents.proceed", [this](const std::string& arn, Instant, const Document& payload) -> Result<void> {
    return proceed({text_or(payload, "account"), text_or(payload, "region")}, arn);
  });
}

Result<void> Incidents::migrate() { return store_.migrate(); }

Result<Incidents::Started> Incidents::start_from_plan(const Scope& scope, const std::string& plan_arn, const Trigger& trigger) {
  const auto plan = plans_.find(scope, plan_arn);
  if (!plan) return fail(ErrorKind::not_found, "Response plan " + plan_arn + " was not found", "RESPONSE_PLAN");
  std::string dedupe = trigger.dedupe;
  if (dedupe.empty()) dedupe = text_or(Document(object_at(plan->definition, "incidentTemplate")), "dedupeString");
  if (dedupe.empty() && !trigger.arn.empty()) dedupe = trigger.arn;
  if (dedupe.empty()) return open(*plan, trigger, make_uuid_v4(random_));
  if (auto known = store_.find_open(scope, dedupe)) return join(std::move(*known), trigger);
  return open(*plan, trigger, std::move(dedupe));
}

Incident Incidents::draft(const ResponsePlan& plan, const Trigger& trigger, std::string dedupe) {
  const Document template_ = object_at(plan.definition, "incidentTemplate");
  Incident i;
  i.scope = plan.scope;
  i.id = make_uuid_v7(random_, state_.now());
  i.arn = fmt::format("arn:aws:ssm-incidents::{}:incident-record/{}/{}", plan.scope.account, plan.name, i.id);
  i.plan_arn = plan.arn;
  i.plan_name = plan.name;
  i.title = trigger.title.empty() ? text_or(template_, "title") : trigger.title;
  i.summary = text_or(template_, "summary");
  i.impact = trigger.impact.value_or(static_cast<int>(integer_or(template_, "impact", 3)));
  i.dedupe = std::move(dedupe);
  i.created = i.modified = state_.now();
  i.detected = trigger.at.value_or(state_.now());
  i.created_by = i.modified_by = trigger.created_by;
  i.invoked_by = trigger.invoked_by;
  i.source = trigger.source;
  i.trigger_arn = trigger.arn;
  i.trigger_raw = trigger.raw_data.substr(0, raw_data_length_max);
  i.resources = trigger.resources;
  if (const Document* chat = find(plan.definition, "chatChannel")) i.chat_channel = *chat;
  i.notification_targets = array_at(template_, "notificationTargets");
  i.settings = settings_of(plans_.tags(plan.scope, plan.arn), template_);
  i.states = {{CustomerState::investigating, state_.now()}};
  return i;
}

Result<Incidents::Started> Incidents::open(const ResponsePlan& plan, const Trigger& trigger, std::string dedupe) {
  Incident i = draft(plan, trigger, std::move(dedupe));
  store_.insert(i);
  const auto facts = alarm_facts(i.trigger_raw);
  i.opened_event_id = publish(i, incident_opened, {{"triggerArn", i.trigger_arn}, {"source", i.source}});
  publish_service_event(i);
  const auto opened = journal_.find(i.opened_event_id);
  if (opened) i.correlation_id = opened->correlation_id;
  store_.replace(i);
  Tags tags;
  for (const auto& [key, value] : object_at(object_at(plan.definition, "incidentTemplate"), "incidentTags"))
    if (value.is_string()) tags[std::string(key)] = std::string(value.get_string());
  plans_.set_tags(i.scope, i.arn, tags);
  write_system(i, "SSM Incident Trigger",
               fmt::format("Incident opened from plan {} by {}", i.plan_name, i.trigger_arn.empty() ? i.created_by : i.trigger_arn),
               i.opened_event_id, "aws ssm-incidents get-incident-record --arn " + i.arn);
  for (const std::string& link : {i.arn, i.trigger_arn, correlation_link(i.correlation_id)}) store_.link(i, link);
  if (facts && !i.trigger_arn.empty()) store_.set_link_state(i, i.trigger_arn, facts->state);
  if (opened && !opened->causation_id.empty())
    if (const auto cause = journal_.find(opened->causation_id)) attach(i, *cause);
  if (const auto raw = parse_json(i.trigger_raw))
    if (const auto cause = journal_.find(text_or(*raw, "id"))) attach(i, *cause);
  for (const std::string& arn : i.resources) (void)add_related(i.scope, i.arn, {"", "INVOLVED_RESOURCE", Object{{"arn", arn}}, ""});
  for (const Document& item : trigger.related_items) {
    const Object& identifier = object_at(item, "identifier");
    (void)add_related(i.scope, i.arn,
                      {text_or(item, "generatedId"), text_or(identifier, "type"), object_at(identifier, "value"), text_or(item, "title")});
  }
  begin_gathering(i);
  return Started{i.arn, false};
}

Result<Incidents::Started> Incidents::join(Incident i, const Trigger& trigger) {
  ++i.joined_count;
  i.modified = state_.now();
  store_.replace(i);
  store_.link(i, trigger.arn);
  const auto facts = alarm_facts(trigger.raw_data);
  if (facts) store_.set_link_state(i, trigger.arn, facts->state);
  const std::string event = publish(i, incident_joined, {{"triggerArn", trigger.arn}, {"joinedCount", i.joined_count}});
  write_system(i, "SSM Incident Trigger",
               fmt::format("{} joined this incident ({} so far)", trigger.arn.empty() ? trigger.created_by : trigger.arn, i.joined_count),
               event);
  if (const auto raw = parse_json(trigger.raw_data.substr(0, raw_data_length_max)))
    if (const auto cause = journal_.find(text_or(*raw, "id"))) attach(i, *cause);
  return Started{i.arn, true};
}

Result<void> Incidents::update(const Scope& scope, const std::string& arn, const Change& change) {
  auto i = store_.find(scope, arn);
  if (!i) return std::unexpected(unknown_incident(arn));
  std::string words;
  const int previous_impact = i->impact;
  const auto note = [&](std::string what) { words += (words.empty() ? "" : ", ") + std::move(what); };
  if (change.title && *change.title != i->title) note("title: " + *change.title), i->title = *change.title;
  if (change.summary && *change.summary != i->summary) note("summary rewritten"), i->summary = *change.summary;
  if (change.impact && *change.impact != i->impact)
    note(fmt::format("severity {} to {}", severity_word(i->impact), severity_word(*change.impact))), i->impact = *change.impact;
  if (change.chat_channel) i->chat_channel = *change.chat_channel;
  if (change.notification_targets) i->notification_targets = *change.notification_targets;
  i->modified = state_.now();
  i->modified_by = change.by;
  store_.replace(*i);
  if (!words.empty()) {
    const std::string event = publish(*i, incident_updated, {{"change", words}, {"by", change.by}, {"previousImpact", previous_impact}});
    write_system(*i, "SSM Incident record update", words, event);
  }
  if (!change.status || *change.status == i->status) return {};
  const bool resolve = *change.status == IncidentStatus::resolved;
  return signal(scope, arn, resolve ? CustomerSignal::resolved : CustomerSignal::reopened, "by " + change.by, "");
}

Result<void> Incidents::signal(const Scope& scope, const std::string& arn, CustomerSignal signal, const std::string& reason,
                               const std::string& evidence_event_id) {
  auto i = store_.find(scope, arn);
  if (!i) return std::unexpected(unknown_incident(arn));
  const auto to = next_state(i->state, signal);
  if (to) move(*i, *to, reason, evidence_event_id);
  return {};
}

void Incidents::move(Incident& i, CustomerState to, const std::string& reason, const std::string& evidence_event_id) {
  const CustomerState from = i.state;
  i.state = to;
  i.states.emplace_back(to, state_.now());
  i.modified = state_.now();
  if (to == CustomerState::resolved) close(i);
  if (from == CustomerState::resolved) i.status = IncidentStatus::open, i.resolved.reset();
  store_.replace(i);
  const std::string event =
      publish(i, incident_state_changed, {{"previousState", to_text(from)}, {"reason", reason}, {"evidenceEventId", evidence_event_id}});
  write_system(i, "SSM Incident record update", fmt::format("State {} to {}: {}", to_text(from), to_text(to), reason), event);
  if (to == CustomerState::resolved) publish(i, incident_resolved);
}

void Incidents::close(Incident& i) {
  i.status = IncidentStatus::resolved;
  i.resolved = state_.now();
  timers_.cancel("incidents.proceed", i.arn);
  store_.settle(i.scope, i.arn, "");
  if (!engager_) return;
  for (const std::string& engagement : i.engagements) engager_->stand_down(i.scope, engagement, "the incident is resolved");
}

Result<std::string> Incidents::add_note(const Scope& scope, const std::string& arn, TimelineEvent note) {
  const auto i = store_.find(scope, arn);
  if (!i) return std::unexpected(unknown_incident(arn));
  note.id = make_uuid_v4(random_);
  note.recorded_time = note.updated_time = state_.now();
  note.origin = Origin::custom;
  store_.add_event(*i, note);
  if (note.type == note_cause_identified) (void)signal(scope, arn, CustomerSignal::cause_found, note.data, "");
  if (note.type == note_mitigated) (void)signal(scope, arn, CustomerSignal::mitigated, note.data, "");
  return note.id;
}

Result<std::string> Incidents::add_related(const Scope& scope, const std::string& arn, RelatedItem item) {
  const auto i = store_.find(scope, arn);
  if (!i) return std::unexpected(unknown_incident(arn));
  const auto known = store_.related(scope, arn);
  for (const RelatedItem& other : known)
    if (other.id == item.id || (other.type == item.type && other.value == item.value && other.title == item.title)) return other.id;
  if (known.size() >= related_items_max) return fail(ErrorKind::limit_exceeded, "An incident holds at most 100 related items");
  if (item.id.empty()) item.id = "related-item/" + item.type + '/' + random_.letters("0123456789ABCDEF", 32);
  store_.add_related(*i, item);
  store_.link(*i, arn_of_item(item));
  return item.id;
}

std::string Incidents::publish(const Incident& i, std::string_view type, Object detail) {
  detail["incidentRecordArn"] = i.arn;
  detail["incidentId"] = i.id;
  detail["responsePlanArn"] = i.plan_arn;
  detail["title"] = i.title;
  detail["impact"] = i.impact;
  detail["status"] = to_text(i.status);
  detail["state"] = to_text(i.state);
  EventEnvelope event{.scope = i.scope, .event_time = state_.now(), .source = std::string(incident_source), .type = std::string(type)};
  event.subject_arn = i.arn;
  event.resources = {i.arn, i.plan_arn};
  event.detail = std::move(detail);
  return journal_.append(std::move(event));
}

void Incidents::write_system(const Incident& i, std::string type, std::string summary, std::string event_id, std::string command,
                             Array references) {
  Object evidence;
  if (!event_id.empty()) evidence["eventId"] = event_id;
  if (!command.empty()) evidence["command"] = std::move(command);
  TimelineEvent event{.id = make_uuid_v4(random_), .event_time = state_.now(), .recorded_time = state_.now(), .updated_time = state_.now()};
  event.type = std::move(type);
  event.data = to_json(Object{{"summary", summary.substr(0, 4000)}, {"evidence", std::move(evidence)}});
  event.references = std::move(references);
  event.event_id = std::move(event_id);
  store_.add_event(i, event);
}

}  // namespace tocsin::incidents
