#include "communicate/status_page/status_json.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text_time.h"

namespace tocsin::status_page {
namespace {

constexpr const char* page_id = "tocsinstatus";

Document time_or_null(const std::optional<Instant>& at) { return at ? Document(to_rfc3339_ms(*at)) : Document(nullptr); }

Object page(const StatusView& view) {
  return {
      {"id", page_id}, {"name", view.title}, {"url", view.page_url}, {"time_zone", "Etc/UTC"}, {"updated_at", to_rfc3339_ms(view.as_of)}};
}

Object status(const StatusView& view) {
  const auto worst = overall(view);
  return {{"indicator", indicator(worst)}, {"description", description(worst)}};
}

Object component(const updates::Component& c, int position) {
  return {{"id", c.id},
          {"name", c.name},
          {"status", updates::to_text(c.status)},
          {"created_at", to_rfc3339_ms(c.created)},
          {"updated_at", to_rfc3339_ms(c.updated)},
          {"position", position},
          {"description", nullptr},
          {"showcase", false},
          {"start_date", nullptr},
          {"group_id", nullptr},
          {"page_id", page_id},
          {"group", false},
          {"only_show_if_degraded", false}};
}

Array components(const StatusView& view) {
  Array out;
  for (const auto& each : view.components) out.push_back(component(each, static_cast<int>(out.size()) + 1));
  return out;
}

Array components_named(const StatusView& view, const std::vector<std::string>& names) {
  Array out;
  for (std::size_t i = 0; i < view.components.size(); ++i)
    if (std::ranges::find(names, view.components[i].name) != names.end())
      out.push_back(component(view.components[i], static_cast<int>(i) + 1));
  return out;
}

Array posts(const updates::PublicIncident& incident) {
  Array out;
  for (const auto& post : incident.posts) {
    const std::string at = to_rfc3339_ms(post.posted);
    out.push_back(Object{{"id", post.id},
                         {"status", incidents::to_text(post.state)},
                         {"body", post.body},
                         {"incident_id", incident.id},
                         {"created_at", at},
                         {"updated_at", at},
                         {"display_at", at},
                         {"affected_components", nullptr}});
  }
  return out;
}

Object incident(const StatusView& view, const updates::PublicIncident& i) {
  return {{"id", i.id},
          {"name", i.name},
          {"status", incidents::to_text(i.state)},
          {"created_at", to_rfc3339_ms(i.created)},
          {"updated_at", to_rfc3339_ms(i.updated)},
          {"monitoring_at", time_or_null(i.monitoring)},
          {"resolved_at", time_or_null(i.resolved)},
          {"impact", updates::to_text(i.impact)},
          {"shortlink", view.page_url + "incidents/" + i.id + ".html"},
          {"started_at", to_rfc3339_ms(i.started)},
          {"page_id", page_id},
          {"incident_updates", posts(i)},
          {"components", components_named(view, i.components)}};
}

Array incidents_of(const StatusView& view, bool unresolved_only) {
  Array out;
  for (const auto& each : view.incidents)
    if (!unresolved_only || !each.resolved) out.push_back(incident(view, each));
  return out;
}

Object maintenance(const StatusView& view, const updates::Maintenance& m) {
  return {{"id", m.id},
          {"name", m.name},
          {"status", updates::to_text(updates::state_at(m, view.as_of))},
          {"impact", "maintenance"},
          {"page_id", page_id},
          {"scheduled_for", to_rfc3339_ms(m.from)},
          {"scheduled_until", to_rfc3339_ms(m.to)},
          {"incident_updates", Array{Object{{"status", "scheduled"}, {"body", m.body}, {"incident_id", m.id}}}},
          {"components", components_named(view, m.components)}};
}

bool wanted(Maintenances which, updates::MaintenanceState state) {
  if (which == Maintenances::upcoming) return state == updates::MaintenanceState::scheduled;
  if (which == Maintenances::active) return state == updates::MaintenanceState::in_progress;
  return true;
}

Array maintenances(const StatusView& view, Maintenances which) {
  Array out;
  for (const auto& each : view.maintenances)
    if (wanted(which, updates::state_at(each, view.as_of))) out.push_back(maintenance(view, each));
  return out;
}

}  // namespace

Document status_json(const StatusView& view) { return Object{{"page", page(view)}, {"status", status(view)}}; }

Document summary_json(const StatusView& view) {
  Array planned = maintenances(view, Maintenances::active);
  for (Document& each : maintenances(view, Maintenances::upcoming)) planned.push_back(std::move(each));
  return Object{{"page", page(view)},
                {"components", components(view)},
                {"incidents", incidents_of(view, true)},
                {"scheduled_maintenances", std::move(planned)},
                {"status", status(view)}};
}

Document components_json(const StatusView& view) { return Object{{"page", page(view)}, {"components", components(view)}}; }

Document incidents_json(const StatusView& view, bool unresolved_only) {
  return Object{{"page", page(view)}, {"incidents", incidents_of(view, unresolved_only)}};
}

Document maintenances_json(const StatusView& view, Maintenances which) {
  return Object{{"page", page(view)}, {"scheduled_maintenances", maintenances(view, which)}};
}

}  // namespace tocsin::status_page
