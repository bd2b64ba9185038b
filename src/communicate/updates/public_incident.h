// What customers are told: components, public incidents and their posts, in the words and states of Atlassian's Statuspage API v2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "incidents/customer_state.h"
#include "model/scope.h"

namespace tocsin::updates {

enum class ComponentStatus { operational, degraded_performance, partial_outage, major_outage, under_maintenance };
std::string_view to_text(ComponentStatus status);
/// "Operational", "Partial outage", for people.
std::string_view to_words(ComponentStatus status);
/// The worse of both; maintenance is worse than operational alone.
ComponentStatus worse(ComponentStatus a, ComponentStatus b);

enum class PublicImpact { none, minor, major, critical };
std::string_view to_text(PublicImpact impact);
PublicImpact public_impact(int incident_impact);
ComponentStatus component_status(PublicImpact impact);

struct Component {
  std::string id;
  std::string name;
  ComponentStatus status = ComponentStatus::operational;
  Instant created, updated;
};

struct Post {
  std::string id;
  incidents::CustomerState state;
  std::string body;
  Instant posted;
  std::optional<Instant> next_due;  ///< when the next one was promised
};

struct PublicIncident {
  std::string id;  ///< twelve letters, ours; says nothing of the incident's ARN
  std::string incident_arn;
  std::string name;  ///< in customers' words
  PublicImpact impact = PublicImpact::minor;
  incidents::CustomerState state = incidents::CustomerState::investigating;
  std::vector<std::string> components;  ///< names
  std::string who;                      ///< "some customers"
  std::string symptom;                  ///< "Errors or slow answers in Checkout"
  Instant started;                      ///< when customers began to notice
  Instant created, updated;
  std::optional<Instant> identified, monitoring, resolved;
  std::vector<Post> posts;  ///< newest first
};

struct Maintenance {
  std::string id;
  std::string name, body;
  Instant from, to;
  std::vector<std::string> components;
};
enum class MaintenanceState { scheduled, in_progress, completed };
MaintenanceState state_at(const Maintenance& maintenance, Instant now);
std::string_view to_text(MaintenanceState state);

}  // namespace tocsin::updates
