// Components, public incidents, posts and maintenances as stored. Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "communicate/updates/public_incident.h"
#include "storage/state_executor.h"

namespace tocsin::updates {

class UpdateStore {
 public:
  explicit UpdateStore(storage::StateExecutor& state) : state_(state) {}
  Result<void> migrate();

  /// Inserts or replaces by name.
  void put(const Scope& scope, const Component& component);
  std::optional<Component> component(const Scope& scope, const std::string& name);
  /// By name.
  std::vector<Component> components(const Scope& scope);

  /// Without its posts. Inserts or replaces.
  void put(const Scope& scope, const PublicIncident& incident);
  void add_post(const Scope& scope, const std::string& public_id, const Post& post);
  std::optional<PublicIncident> find(const Scope& scope, const std::string& public_id);
  std::optional<PublicIncident> of_incident(const Scope& scope, const std::string& incident_arn);
  /// With posts, newest first; unresolved ones before.
  std::vector<PublicIncident> recent(const Scope& scope, std::size_t count_max);

  void put(const Scope& scope, const Maintenance& maintenance);
  /// By begin.
  std::vector<Maintenance> maintenances(const Scope& scope);

 private:
  PublicIncident with_posts(const Scope& scope, PublicIncident incident);
  storage::StateExecutor& state_;
};

}  // namespace tocsin::updates
