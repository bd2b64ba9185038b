// Health events, from what is watched (probes, heartbeats) and from what operators declare: kept, shown by the Health service, and told on
// the bus at every change. Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <vector>

#include "base/random.h"
#include "delivery/timers.h"
#include "detect/health/health_event.h"
#include "events/journal/journal.h"
#include "storage/state_executor.h"

namespace tocsin::detect {

class Health {
 public:
  Health(storage::StateExecutor& state, Random& random, events::Journal& journal, delivery::Timers& timers)
      : state_(state), random_(random), journal_(journal), timers_(timers) {}

  Result<void> migrate();
  /// Before timers.start().
  void start();

  /// Makes the event of its key, or changes the one that is not closed yet. `event.key` and `scope` are given; the ARN is made here.
  HealthEvent put(HealthEvent event);
  /// Ends the event of a key: its entities are resolved. Nothing when there is none.
  void close(const Scope& scope, const std::string& key);

  /// Of an account, in all regions (the service is a global one), the last updated first.
  std::vector<HealthEvent> events_of(const std::string& account);
  std::optional<HealthEvent> find(const std::string& account, const std::string& arn);

  /// Alerts of probes and heartbeats become issues (events/journal).
  void on_reported_alert(const EventEnvelope& alert);
  /// What the parameter /tocsin/health/NAME says now; nullopt when it is gone. An error says what is wrong with the text.
  Result<void> on_declaration(const Scope& scope, const std::string& name, const std::optional<std::string>& text);

 private:
  std::optional<HealthEvent> unclosed(const Scope& scope, const std::string& key);
  void store(const HealthEvent& event);
  void tell(const HealthEvent& event);
  void watch_clock(const HealthEvent& event);
  Result<void> turn(const std::string& arn);

  storage::StateExecutor& state_;
  Random& random_;
  events::Journal& journal_;
  delivery::Timers& timers_;
};

}  // namespace tocsin::detect
