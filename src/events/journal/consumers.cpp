#include "events/journal/consumers.h"

#include <algorithm>
#include <limits>

#include "base/log.h"

namespace tocsin::events {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view part = "events/journal";
constexpr std::size_t batch_max = 64;
constexpr Duration retry_first = 1s;
constexpr Duration retry_max = 1min;

/// An exception is an error like any other: it holds this consumer alone.
Result<void> call(const Journal::Consumer& consumer, const EventEnvelope& event) {
  try {
    return consumer(event);
  } catch (const std::exception& exception) {
    return fail(ErrorKind::internal, exception.what());
  }
}

}  // namespace

struct Consumers::Batch {
  std::vector<StoredEvent> events;  ///< those that the consumer wants
  Position end = 0;                 ///< where it stands when all are done
  Position passed = 0;              ///< how far it came; 0: nowhere
  Position failed_at = 0;           ///< 0: no event failed
  Error error;
};

void Consumers::subscribe(std::string name, Journal::Consumer consumer, Journal::Wants wants) {
  auto added = std::make_unique<Consumer>();
  added->name = std::move(name);
  added->consume = std::move(consumer);
  added->wants = std::move(wants);
  consumers_.push_back(std::move(added));
}

void Consumers::start() {
  const auto positions = std::make_shared<std::vector<Position>>();
  state_.submit([self = shared_from_this(), positions] { return self->load(*positions); },
                [self = shared_from_this(), positions](Result<void> result) { self->loaded(std::move(result), *positions); });
}

Result<void> Consumers::load(std::vector<Position>& positions) {
  if (stopped_) return {};
  const Position end = store_.last_position();
  positions = {end};
  for (const auto& consumer : consumers_) positions.push_back(store_.load_consumer(consumer->name, end));
  return {};
}

void Consumers::loaded(Result<void> result, const std::vector<Position>& positions) {
  if (stopped_) return;
  if (!result) {
    log::error(part, "the consumers could not be started yet", {{"error", result.error().message}});
    state_.executor().post_after(retry_first, [self = shared_from_this()] { self->start(); });
    return;
  }
  recent_.begin_at(positions[0]);
  for (std::size_t i = 0; i < consumers_.size(); ++i) consumers_[i]->position = positions[i + 1];
  started_ = true;
  for (const auto& consumer : consumers_) run(*consumer);
}

/// Touches the executor no more: it may be gone already.
void Consumers::stop() { stopped_ = true; }

void Consumers::appended(StoredEvent stored) {
  if (!started_ || stopped_) return;
  recent_.add(std::move(stored));
  for (const auto& consumer : consumers_) run(*consumer);
}

Position Consumers::passed_by_all() const {
  if (!started_) return 0;
  Position passed = std::numeric_limits<Position>::max();
  for (const auto& consumer : consumers_) passed = std::min(passed, consumer->position);
  return passed;
}

void Consumers::run(Consumer& consumer) {
  if (stopped_ || consumer.running || consumer.wake != 0 || consumer.position >= recent_.end()) return;
  consumer.running = true;
  if (recent_.covers(consumer.position)) return submit(consumer, recent_.after(consumer.position, batch_max));
  const auto events = std::make_shared<std::vector<StoredEvent>>();
  state_.submit(
      [self = shared_from_this(), &consumer, events]() -> Result<void> {
        if (!self->stopped_) *events = self->store_.after(consumer.position, batch_max);
        return {};
      },
      [self = shared_from_this(), &consumer, events](Result<void> result) {
        if (self->stopped_) return;
        if (!result) return self->hold(consumer, result.error());
        self->submit(consumer, *events);
      });
}

void Consumers::submit(Consumer& consumer, const std::vector<StoredEvent>& events) {
  const auto batch = std::make_shared<Batch>();
  // what the table no longer has was trimmed or undone
  batch->end = events.empty() ? recent_.end() : events.back().position;
  for (const StoredEvent& stored : events)
    if (!consumer.wants || consumer.wants(*stored.event)) batch->events.push_back(stored);
  submit_batch(consumer, batch);
}

void Consumers::submit_batch(Consumer& consumer, const std::shared_ptr<Batch>& batch) {
  state_.submit(
      [self = shared_from_this(), &consumer, batch] { return self->consume(consumer, *batch); },
      [self = shared_from_this(), &consumer, batch](Result<void> result) { self->finished(consumer, *batch, std::move(result)); });
}

/// Each event is a part of the unit that stands or falls alone; with those before a failed one the consumer moves on.
Result<void> Consumers::consume(Consumer& consumer, Batch& batch) {
  if (stopped_) return {};
  for (const StoredEvent& stored : batch.events) {
    const EventEnvelope& event = *stored.event;
    cause_ = Cause{event.id, event.correlation_id, event.depth};
    const Result<void> result = state_.atomically([&] { return call(consumer.consume, event); });
    cause_.reset();
    if (state_.database().poisoned()) return fail(ErrorKind::unavailable, "storage failed");
    if (!result) {
      batch.failed_at = stored.position;
      batch.error = result.error();
      break;
    }
    batch.passed = stored.position;
  }
  if (batch.failed_at == 0) batch.passed = batch.end;
  if (batch.passed > 0) store_.move_consumer(consumer.name, batch.passed);
  return {};
}

void Consumers::finished(Consumer& consumer, const Batch& batch, Result<void> result) {
  if (stopped_) return;
  if (!result) return hold(consumer, result.error());
  if (batch.passed > 0) {
    consumer.position = std::max(consumer.position, batch.passed);
    consumer.retry = retry_first;
  }
  if (batch.failed_at == 0) {
    consumer.running = false;
    return run(consumer);
  }
  if (batch.error.kind != ErrorKind::invalid) return hold(consumer, batch.error);
  log::error(part, "a consumer refused an event, which is skipped", {{"consumer", consumer.name}, {"error", batch.error.message}});
  const auto skip = std::make_shared<Batch>();
  skip->end = batch.failed_at;
  submit_batch(consumer, skip);
}

void Consumers::hold(Consumer& consumer, const Error& error) {
  consumer.running = false;
  consumer.retry = std::clamp<Duration>(consumer.retry, retry_first, retry_max);
  log::warning(part, "a consumer failed and will try again",
               {{"consumer", consumer.name}, {"error", error.message}, {"in_s", std::to_string(consumer.retry / 1s)}});
  consumer.wake = state_.executor().post_after(consumer.retry, [self = shared_from_this(), &consumer] {
    if (self->stopped_) return;
    consumer.wake = 0;
    self->run(consumer);
  });
  consumer.retry = std::min(retry_max, consumer.retry * 2);
}

}  // namespace tocsin::events
