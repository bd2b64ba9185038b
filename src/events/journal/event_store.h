// The journal's tables: events by position, and the position that each consumer has passed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/event_envelope.h"
#include "storage/sql.h"

namespace tocsin::events {

/// Positions grow and are never used again; units that were undone leave gaps.
using Position = std::int64_t;

struct StoredEvent {
  Position position;
  std::shared_ptr<const EventEnvelope> event;
  std::size_t bytes = 0;  ///< of its text
};

/// Threads and units: as the Journal.
class EventStore {
 public:
  explicit EventStore(storage::Database& database) : database_(database) {}
  Result<void> migrate();

  /// The last position that was ever given away in a committed unit.
  Position last_position();
  /// The size of its text.
  std::size_t insert(Position position, const EventEnvelope& event);
  std::optional<EventEnvelope> find(const std::string& id);
  std::optional<std::string> id_of_key(const Scope& scope, const std::string& idempotency_key);
  std::vector<StoredEvent> after(Position position, std::size_t count_max);
  std::vector<EventEnvelope> between(const Scope& scope, Instant from, Instant to, std::size_t count_max);
  /// Removes up to `count_max` of the oldest, recorded before `before` and at most at `up_to`; returns how many.
  std::size_t remove_oldest(Instant before, Position up_to, std::size_t count_max);

  /// Where the consumer stands; one that is new stands at `end`.
  Position load_consumer(const std::string& name, Position end);
  void move_consumer(const std::string& name, Position to);

 private:
  storage::Database& database_;
};

}  // namespace tocsin::events
