#include "communicate/status_page/status_view.h"

namespace tocsin::status_page {

using updates::ComponentStatus;

ComponentStatus overall(const StatusView& view) {
  ComponentStatus out = ComponentStatus::operational;
  for (const auto& component : view.components) out = updates::worse(out, component.status);
  // an incident that names no component still is one
  for (const auto& incident : view.incidents)
    if (!incident.resolved && incident.components.empty() && incident.state != incidents::CustomerState::monitoring)
      out = updates::worse(out, updates::component_status(incident.impact));
  if (!in_state(view, updates::MaintenanceState::in_progress).empty()) out = updates::worse(out, ComponentStatus::under_maintenance);
  return out;
}

std::string_view indicator(ComponentStatus status) {
  switch (status) {
    case ComponentStatus::operational:
      return "none";
    case ComponentStatus::degraded_performance:
      return "minor";
    case ComponentStatus::partial_outage:
      return "major";
    case ComponentStatus::major_outage:
      return "critical";
    case ComponentStatus::under_maintenance:
      return "maintenance";
  }
  return "none";
}

std::string_view description(ComponentStatus status) {
  switch (status) {
    case ComponentStatus::operational:
      return "All Systems Operational";
    case ComponentStatus::degraded_performance:
      return "Degraded System Performance";
    case ComponentStatus::partial_outage:
      return "Partial System Outage";
    case ComponentStatus::major_outage:
      return "Major Service Outage";
    case ComponentStatus::under_maintenance:
      return "Service Under Maintenance";
  }
  return "All Systems Operational";
}

std::vector<updates::Maintenance> in_state(const StatusView& view, updates::MaintenanceState state) {
  std::vector<updates::Maintenance> out;
  for (const auto& maintenance : view.maintenances)
    if (updates::state_at(maintenance, view.as_of) == state) out.push_back(maintenance);
  return out;
}

}  // namespace tocsin::status_page
