#include "communicate/updates/updates.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text_time.h"
#include "communicate/updates/post_texts.h"
#include "incidents/alarm_facts.h"
#include "incidents/event_names.h"

namespace tocsin::updates {
namespace {

using incidents::CustomerState;
constexpr std::size_t incidents_looked_at_max = 200;

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const auto end = std::min(text.find(',', begin), text.size());
    std::string part = text.substr(begin, end - begin);
    while (part.starts_with(' ')) part.erase(0, 1);
    while (part.ends_with(' ')) part.pop_back();
    if (!part.empty()) out.push_back(std::move(part));
    begin = end + 1;
  }
  return out;
}

Instant began(const incidents::Incident& incident) {
  const auto facts = incidents::alarm_facts(incident.trigger_raw);
  return facts && facts->first_bad ? *facts->first_bad : std::min(incident.detected, incident.created);
}

bool is_public(const incidents::Incident& incident) { return incident.setting("tocsin:status-page") == "true"; }

}  // namespace

Updates::Updates(storage::StateExecutor& state, Random& random, events::Journal& journal, delivery::Timers& timers,
                 incidents::Incidents& incidents)
    : state_(state), random_(random), journal_(journal), timers_(timers), incidents_(incidents), store_(state) {
  timers_.handle("updates.due", [this](const std::string& id, Instant, const Document& payload) {
    return on_due({text_or(payload, "account"), text_or(payload, "region")}, id);
  });
}

Result<void> Updates::migrate() { return store_.migrate(); }

Result<void> Updates::on_event(const EventEnvelope& event) {
  if (event.source != incidents::incident_source) return {};
  const bool tells = event.type == incidents::incident_opened || event.type == incidents::incident_state_changed ||
                     event.type == incidents::incident_updated;
  if (!tells) return {};
  const auto incident = incidents_.store().find(event.scope, text_or(event.detail, "incidentRecordArn"));
  if (!incident || !is_public(*incident)) return {};
  auto known = store_.of_incident(event.scope, incident->arn);
  if (!known) known = open(*incident);
  // the event's own state, not the record's of now: each state is told, also when the consumer is behind
  const auto state = incidents::customer_state_from(text_or(event.detail, "state"));
  if (state && *state != known->state && event.type == incidents::incident_state_changed) {
    const auto due = next_post_due(*state, known->started, state_.now(), known->posts.size());
    write(event.scope, *known, *state, post_text(*known, *state, state_.now(), due), due);
  }
  follow(*incident, *known);
  return {};
}

PublicIncident Updates::open(const incidents::Incident& incident) {
  PublicIncident out{.id = random_.letters("abcdefghijklmnopqrstuvwxyz0123456789", 12), .incident_arn = incident.arn};
  out.components = split(incident.setting("tocsin:component"));
  for (const std::string& name : out.components) add_component(incident.scope, name);
  const std::string component = out.components.empty() ? "our service" : out.components.front();
  out.symptom = incident.setting("tocsin:symptom", "Errors or slow answers in " + component);
  out.who = incident.setting("tocsin:audience", "some customers");
  out.name = out.symptom;
  out.impact = public_impact(incident.impact);
  out.started = began(incident);
  out.created = out.updated = state_.now();
  const auto due = next_post_due(CustomerState::investigating, out.started, state_.now(), 0);
  write(incident.scope, out, CustomerState::investigating, post_text(out, CustomerState::investigating, state_.now(), due), due);
  return out;
}

void Updates::write(const Scope& scope, PublicIncident& i, CustomerState state, std::string body, std::optional<Instant> next_due) {
  i.state = state;
  i.updated = state_.now();
  if (state == CustomerState::identified) i.identified = state_.now();
  if (state == CustomerState::monitoring) i.monitoring = state_.now();
  i.resolved = state == CustomerState::resolved ? std::optional(state_.now()) : std::nullopt;
  store_.put(scope, i);
  const Post post{random_.letters("abcdefghijklmnopqrstuvwxyz0123456789", 12), state, body, state_.now(), next_due};
  store_.add_post(scope, i.id, post);
  i.posts.insert(i.posts.begin(), post);
  refresh_components(scope);
  if (next_due)
    timers_.set("updates.due", i.id, *next_due, Object{{"account", scope.account}, {"region", scope.region}});
  else
    timers_.cancel("updates.due", i.id);
  Object detail{{"summary", fmt::format("Customers were told ({}): {}", incidents::to_text(state), body)}, {"body", body}};
  if (next_due) detail["nextUpdateAt"] = to_rfc3339(*next_due);
  publish(scope, i, incidents::update_posted, std::move(detail));
  changed_(scope);
}

void Updates::follow(const incidents::Incident& incident, PublicIncident& known) {
  const PublicImpact impact = public_impact(incident.impact);
  if (impact == known.impact) return;
  known.impact = impact;
  known.updated = state_.now();
  store_.put(incident.scope, known);
  refresh_components(incident.scope);
  changed_(incident.scope);
}

void Updates::refresh_components(const Scope& scope) {
  const auto open = store_.recent(scope, incidents_looked_at_max);
  for (Component& component : store_.components(scope)) {
    ComponentStatus status = ComponentStatus::operational;
    for (const PublicIncident& incident : open) {
      // while a fix is watched the component works
      const bool hurts = !incident.resolved && incident.state != CustomerState::monitoring;
      if (hurts && std::ranges::find(incident.components, component.name) != incident.components.end())
        status = worse(status, component_status(incident.impact));
    }
    if (status == component.status) continue;
    component.status = status;
    component.updated = state_.now();
    store_.put(scope, component);
  }
}

Result<void> Updates::post(const Scope& scope, const std::string& incident_arn, const std::string& body, std::optional<Instant> next_due) {
  auto known = store_.of_incident(scope, incident_arn);
  if (!known) return fail(ErrorKind::not_found, "The incident is not on the status page");
  if (!next_due) next_due = next_post_due(known->state, known->started, state_.now(), known->posts.size());
  write(scope, *known, known->state, body, next_due);
  return {};
}

void Updates::add_component(const Scope& scope, const std::string& name) {
  if (store_.component(scope, name)) return;
  store_.put(scope,
             {random_.letters("abcdefghijklmnopqrstuvwxyz0123456789", 12), name, ComponentStatus::operational, state_.now(), state_.now()});
  changed_(scope);
}

std::string Updates::plan_maintenance(const Scope& scope, Maintenance maintenance) {
  if (maintenance.id.empty()) maintenance.id = random_.letters("abcdefghijklmnopqrstuvwxyz0123456789", 12);
  store_.put(scope, maintenance);
  for (const std::string& name : maintenance.components) add_component(scope, name);
  changed_(scope);
  return maintenance.id;
}

Result<void> Updates::on_due(const Scope& scope, const std::string& public_id) {
  const auto incident = store_.find(scope, public_id);
  if (!incident || incident->resolved) return {};
  const Instant due = incident->posts.empty() || !incident->posts.front().next_due ? state_.now() : *incident->posts.front().next_due;
  publish(scope, *incident, incidents::update_overdue,
          {{"summary", fmt::format("The update promised to customers for {} is due and was not posted", post_time(due))},
           {"dueAt", to_rfc3339(due)}});
  return {};
}

void Updates::publish(const Scope& scope, const PublicIncident& i, std::string_view type, Object detail) {
  detail["incidentRecordArn"] = i.incident_arn;
  detail["publicId"] = i.id;
  detail["state"] = incidents::to_text(i.state);
  EventEnvelope event{
      .scope = scope, .event_time = state_.now(), .source = std::string(incidents::updates_source), .type = std::string(type)};
  event.subject_arn = i.incident_arn;
  event.resources = {i.incident_arn};
  event.detail = std::move(detail);
  journal_.append(std::move(event));
}

}  // namespace tocsin::updates
