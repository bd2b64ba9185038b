// Jobs that say that they are alive: no ping in time is an alert, the next ping resolves it. The ping itself says how often it comes.
// Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <string>

#include "detect/reports/reports.h"

namespace tocsin::detect {

struct Ping {
  std::string name;
  Duration every = std::chrono::minutes(5);
  Duration grace = std::chrono::minutes(1);
  bool failed = false;  ///< the job ran and says that it failed
  std::string text;     ///< what it says; may be empty
};

/// "90s", "5m", "1h", "2d", or plain seconds; from a second to 31 days.
std::optional<Duration> parse_span(std::string_view text);
/// 1 to 128 letters, digits and . _ -
bool is_heartbeat_name(std::string_view name);

class Heartbeats {
 public:
  Heartbeats(storage::StateExecutor& state, delivery::Timers& timers, Reports& reports)
      : state_(state), timers_(timers), reports_(reports) {}
  /// Before timers.start().
  void start();
  void ping(const Scope& scope, const Ping& ping);
  /// It is watched no more; what it fired is resolved.
  void forget(const Scope& scope, const std::string& name);

 private:
  Result<void> missed(Instant due, const Document& payload);

  storage::StateExecutor& state_;
  delivery::Timers& timers_;
  Reports& reports_;
};

}  // namespace tocsin::detect
