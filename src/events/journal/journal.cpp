#include "events/journal/journal.h"

#include <atomic>

#include "base/ids.h"
#include "base/log.h"
#include "events/journal/consumers.h"

namespace tocsin::events {
namespace {

using namespace std::chrono_literals;

constexpr int depth_max = 10;
constexpr Duration kept_min = 24h;
constexpr std::size_t removed_per_unit_max = 2000;

}  // namespace

struct Journal::Parts : std::enable_shared_from_this<Parts> {
  Parts(storage::StateExecutor& state, Random& random)
      : state(state), random(random), store(state.database()), consumers(std::make_shared<Consumers>(state)) {}

  std::string known(const EventEnvelope& event);
  std::optional<Cause> cause_of(const EventEnvelope& event);
  void fill(EventEnvelope& event);
  Position next_position();
  void trim(Instant before);

  storage::StateExecutor& state;
  Random& random;
  EventStore store;
  std::shared_ptr<Consumers> consumers;
  Position last_given = -1;
  std::atomic<bool> stopped = false;
};

/// The id of the same event, recorded before; "" when there is none.
std::string Journal::Parts::known(const EventEnvelope& event) {
  if (!event.idempotency_key.empty()) {
    if (auto id = store.id_of_key(event.scope, event.idempotency_key)) return *id;
  }
  if (!event.id.empty() && store.find(event.id)) return event.id;
  return {};
}

std::optional<Cause> Journal::Parts::cause_of(const EventEnvelope& event) {
  const std::optional<Cause>& running = consumers->cause();
  if (event.causation_id.empty() || (running && running->id == event.causation_id)) return running;
  const auto found = store.find(event.causation_id);
  if (!found) return std::nullopt;
  return Cause{found->id, found->correlation_id, found->depth};
}

void Journal::Parts::fill(EventEnvelope& event) {
  event.recorded_time = state.now();
  if (event.id.empty()) event.id = make_uuid_v7(random, event.recorded_time);
  if (const auto cause = cause_of(event)) {
    event.causation_id = cause->id;
    event.depth = cause->depth + 1;
    if (event.correlation_id.empty()) event.correlation_id = cause->correlation_id;
  }
  if (event.correlation_id.empty()) event.correlation_id = event.id;
}

Position Journal::Parts::next_position() {
  if (last_given < 0) {
    const Position last = store.last_position();
    // a poisoned unit reads nothing and is undone: its number must not be kept
    if (state.database().poisoned()) return 0;
    last_given = last;
  }
  return ++last_given;
}

void Journal::Parts::trim(Instant before) {
  if (stopped) return;
  const std::size_t removed =
      store.remove_oldest(std::min(before, state.now() - kept_min), consumers->passed_by_all(), removed_per_unit_max);
  if (removed < removed_per_unit_max) return;
  state.after_commit([self = shared_from_this(), before] {
    self->state.submit([self, before]() -> Result<void> {
      self->trim(before);
      return {};
    });
  });
}

Journal::Journal(storage::StateExecutor& state, Random& random) : parts_(std::make_shared<Parts>(state, random)) {}

Journal::~Journal() {
  parts_->stopped = true;
  parts_->consumers->stop();
}

Result<void> Journal::migrate() { return parts_->store.migrate(); }

void Journal::subscribe(std::string consumer_name, Consumer consumer, Wants wants) {
  parts_->consumers->subscribe(std::move(consumer_name), std::move(consumer), std::move(wants));
}

void Journal::start() { parts_->consumers->start(); }

std::string Journal::append(EventEnvelope event) {
  if (std::string id = parts_->known(event); !id.empty()) return id;
  parts_->fill(event);
  if (event.depth > depth_max) {
    log::warning("events/journal", "a chain of events is too long and ends here",
                 {{"type", event.type}, {"source", event.source}, {"correlation", event.correlation_id}});
    return {};
  }
  const Position position = parts_->next_position();
  const std::size_t bytes = parts_->store.insert(position, event);
  auto stored = std::make_shared<const EventEnvelope>(std::move(event));
  parts_->state.after_commit([consumers = parts_->consumers, position, stored, bytes] { consumers->appended({position, stored, bytes}); });
  return stored->id;
}

std::optional<EventEnvelope> Journal::find(const std::string& event_id) { return parts_->store.find(event_id); }

std::vector<EventEnvelope> Journal::between(const Scope& scope, Instant from, Instant to, std::size_t count_max) {
  return parts_->store.between(scope, from, to, count_max);
}

void Journal::trim(Instant before) { parts_->trim(before); }

}  // namespace tocsin::events
