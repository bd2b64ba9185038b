// What customers are told, driven by the incident's state: an incident whose plan (or template) carries the tag `tocsin:status-page=true`
// is public, and each change of its state is posted at once in the words of post_texts.h. Tags that shape it:
//   tocsin:component=Checkout[,Search]   what is affected, in customers' words; made known on the status page when first named
//   tocsin:symptom=…                     instead of "Errors or slow answers in Checkout"
//   tocsin:audience=…                    instead of "some customers"
// Host names, alarm names and titles never reach customers by themselves.
// Every post promises the next; when it is late the event "Status Update Overdue" says so.
// Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <functional>
#include <string>

#include "base/random.h"
#include "communicate/updates/update_store.h"
#include "delivery/timers.h"
#include "events/journal/journal.h"
#include "incidents/incidents.h"

namespace tocsin::updates {

class Updates {
 public:
  Updates(storage::StateExecutor& state, Random& random, events::Journal& journal, delivery::Timers& timers,
          incidents::Incidents& incidents);
  Result<void> migrate();

  /// The journal's consumer "updates": incidents opened, their states and severities.
  Result<void> on_event(const EventEnvelope& event);
  /// Told in the unit of every change of what the page of a scope shows.
  void on_change(std::function<void(const Scope&)> told) { changed_ = std::move(told); }

  /// A post by a person, for an incident that is public already; moves nothing but the promise of the next. not_found otherwise.
  Result<void> post(const Scope& scope, const std::string& incident_arn, const std::string& body, std::optional<Instant> next_due);
  void add_component(const Scope& scope, const std::string& name);
  /// Plans a maintenance (a fresh id when it has none) or moves its dates.
  std::string plan_maintenance(const Scope& scope, Maintenance maintenance);

  UpdateStore& store() { return store_; }

 private:
  PublicIncident open(const incidents::Incident& incident);
  void write(const Scope& scope, PublicIncident& incident, incidents::CustomerState state, std::string body,
             std::optional<Instant> next_due);
  void follow(const incidents::Incident& incident, PublicIncident& known);
  void refresh_components(const Scope& scope);
  Result<void> on_due(const Scope& scope, const std::string& public_id);
  void publish(const Scope& scope, const PublicIncident& incident, std::string_view type, Object detail);

  storage::StateExecutor& state_;
  Random& random_;
  events::Journal& journal_;
  delivery::Timers& timers_;
  incidents::Incidents& incidents_;
  UpdateStore store_;
  std::function<void(const Scope&)> changed_ = [](const Scope&) {};
};

}  // namespace tocsin::updates
