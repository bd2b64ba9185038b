#include "communicate/updates/public_incident.h"

namespace tocsin::updates {

std::string_view to_text(ComponentStatus status) {
  switch (status) {
    case ComponentStatus::operational:
      return "operational";
    case ComponentStatus::degraded_performance:
      return "degraded_performance";
    case ComponentStatus::partial_outage:
      return "partial_outage";
    case ComponentStatus::major_outage:
      return "major_outage";
    case ComponentStatus::under_maintenance:
      return "under_maintenance";
  }
  return "operational";
}

std::string_view to_words(ComponentStatus status) {
  switch (status) {
    case ComponentStatus::operational:
      return "Operational";
    case ComponentStatus::degraded_performance:
      return "Degraded performance";
    case ComponentStatus::partial_outage:
      return "Partial outage";
    case ComponentStatus::major_outage:
      return "Major outage";
    case ComponentStatus::under_maintenance:
      return "Under maintenance";
  }
  return "Operational";
}

namespace {
int badness(ComponentStatus status) {
  switch (status) {
    case ComponentStatus::operational:
      return 0;
    case ComponentStatus::under_maintenance:
      return 1;
    case ComponentStatus::degraded_performance:
      return 2;
    case ComponentStatus::partial_outage:
      return 3;
    case ComponentStatus::major_outage:
      return 4;
  }
  return 0;
}
}  // namespace

ComponentStatus worse(ComponentStatus a, ComponentStatus b) { return badness(a) >= badness(b) ? a : b; }

std::string_view to_text(PublicImpact impact) {
  switch (impact) {
    case PublicImpact::none:
      return "none";
    case PublicImpact::minor:
      return "minor";
    case PublicImpact::major:
      return "major";
    case PublicImpact::critical:
      return "critical";
  }
  return "none";
}

PublicImpact public_impact(int incident_impact) {
  switch (incident_impact) {
    case 1:
      return PublicImpact::critical;
    case 2:
      return PublicImpact::major;
    case 5:
      return PublicImpact::none;
    default:
      return PublicImpact::minor;
  }
}

ComponentStatus component_status(PublicImpact impact) {
  switch (impact) {
    case PublicImpact::none:
      return ComponentStatus::operational;
    case PublicImpact::minor:
      return ComponentStatus::degraded_performance;
    case PublicImpact::major:
      return ComponentStatus::partial_outage;
    case PublicImpact::critical:
      return ComponentStatus::major_outage;
  }
  return ComponentStatus::operational;
}

MaintenanceState state_at(const Maintenance& maintenance, Instant now) {
  if (now < maintenance.from) return MaintenanceState::scheduled;
  return now < maintenance.to ? MaintenanceState::in_progress : MaintenanceState::completed;
}

std::string_view to_text(MaintenanceState state) {
  switch (state) {
    case MaintenanceState::scheduled:
      return "scheduled";
    case MaintenanceState::in_progress:
      return "in_progress";
    case MaintenanceState::completed:
      return "completed";
  }
  return "completed";
}

}  // namespace tocsin::updates
