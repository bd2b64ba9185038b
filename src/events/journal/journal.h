// The durable log of everything that happens. An event is appended in the unit of work that made it happen, so both are true or neither;
// consumers read it in order, each with its own offset, advanced in the unit that did the consumer's work: inside the server nothing is
// lost and nothing done twice. Threads: append only on the StateExecutor, inside a unit of work.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "model/event_envelope.h"
#include "storage/state_executor.h"

namespace tocsin::events {

class Journal {
 public:
  /// Runs in a part of a unit that is undone alone, with the event's causation set for everything it appends. An error is retried with
  /// growing delays (1 s to 1 min) and holds this consumer alone; `invalid` skips the event and logs it.
  using Consumer = std::function<Result<void>(const EventEnvelope&)>;

  Journal(storage::StateExecutor& state, Random& random);
  ~Journal();
  Result<void> migrate();

  /// Which events a consumer wants; pure. The others cost it nothing.
  using Wants = std::function<bool(const EventEnvelope&)>;

  /// Before start(). A new name begins at the journal's end. The name is kept for ever: renaming one loses its offset. Without `wants`, it
  /// is given every event.
  void subscribe(std::string consumer_name, Consumer consumer, Wants wants = {});
  void start();

  /// Fills id, recorded_time, causation, correlation and depth; returns the id. A causation_id given by the caller (a timer that remembers
  /// why it was set) puts the event behind that one in its chain. A chain deeper than 10 is recorded on the journal's log and not appended
  /// ("" is returned); a known idempotency key returns the first event's id.
  std::string append(EventEnvelope event);

  std::optional<EventEnvelope> find(const std::string& event_id);
  /// Events of a scope with `from` <= event_time < `to`, oldest first.
  std::vector<EventEnvelope> between(const Scope& scope, Instant from, Instant to, std::size_t count_max);
  /// Removes events recorded before `before`, but none younger than a day (their idempotency keys are still needed) and none that a
  /// subscribed consumer has yet to see. Goes on in later units until done.
  void trim(Instant before);

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace tocsin::events
