// What the status page shows, as one value; every form of it (HTML, JSON, feeds) is made of this alone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "communicate/updates/public_incident.h"

namespace tocsin::status_page {

struct StatusView {
  std::string title;     ///< "Shop status"
  std::string page_url;  ///< "https://host:port/status/", for feeds and JSON
  Instant as_of;
  std::vector<updates::Component> components;
  std::vector<updates::PublicIncident> incidents;  ///< unresolved first, then newest first
  std::vector<updates::Maintenance> maintenances;  ///< by begin
};

/// The worst of all components.
updates::ComponentStatus overall(const StatusView& view);
/// Statuspage's indicator: none, minor, major, critical, maintenance.
std::string_view indicator(updates::ComponentStatus status);
/// "All Systems Operational", "Partial System Outage" …
std::string_view description(updates::ComponentStatus status);

std::vector<updates::Maintenance> in_state(const StatusView& view, updates::MaintenanceState state);

}  // namespace tocsin::status_page
