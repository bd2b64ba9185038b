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
  int units = 0;
  bool failed = false;     ///< the units behind the failed one do nothing
  Position failed_at = 0;  ///< 0 when the commit failed
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
        if (!result) return self->hold(consumer, {.error = result.error()});
        self->submit(consumer, *events);
      });
}

void Consumers::submit(Consumer& consumer, const std::vector<StoredEvent>& events) {
  const auto batch = std::make_shared<Batch>();
  // what the table no longer has was trimmed or undone
  Position last = events.empty() ? recent_.end() : events.back().position;
  bool last_is_wanted = false;
  for (const StoredEvent& stored : events) {
    last_is_wanted = !consumer.wants || consumer.wants(*stored.event);
    if (last_is_wanted) submit_one(consumer, stored, batch);
  }
  if (!last_is_wanted) submit_move(consumer, last, batch);
}

void Consumers::submit_one(Consumer& consumer, const StoredEvent& stored, const std::shared_ptr<Batch>& batch) {
  ++batch->units;
  state_.submit([self = shared_from_this(), &consumer, stored, batch] { return self->consume(consumer, stored, *batch); },
                [self = shared_from_this(), &consumer, position = stored.position, batch](Result<void> result) {
                  self->finished(consumer, position, batch, std::move(result));
                });
}

/// Passes what the consumer does not want.
void Consumers::submit_move(Consumer& consumer, Position to, const std::shared_ptr<Batch>& batch) {
  ++batch->units;
  state_.submit(
      [self = shared_from_this(), &consumer, to, batch]() -> Result<void> {
        if (!batch->failed && !self->stopped_) self->store_.move_consumer(consumer.name, to);
        return {};
      },
      [self = shared_from_this(), &consumer, to, batch](Result<void> result) { self->finished(consumer, to, batch, std::move(result)); });
}

Result<void> Consumers::consume(Consumer& consumer, const StoredEvent& stored, Batch& batch) {
  if (batch.failed || stopped_) return {};
  const EventEnvelope& event = *stored.event;
  cause_ = Cause{event.id, event.correlation_id, event.depth};
  Result<void> result = call(consumer.consume, event);
  cause_.reset();
  store_.move_consumer(consumer.name, stored.position);
  if (result && state_.database().poisoned()) result = fail(ErrorKind::unavailable, "storage failed");
  if (!result) {
    batch.failed = true;
    batch.failed_at = stored.position;
    batch.error = result.error();
  }
  return result;
}

void Consumers::finished(Consumer& consumer, Position position, const std::shared_ptr<Batch>& batch, Result<void> result) {
  // an error of a unit before the failed one is the commit's: the whole group is undone
  if (!result && (!batch->failed || position < batch->failed_at)) {
    batch->failed = true;
    batch->failed_at = 0;
    batch->error = result.error();
  }
  // a unit behind the failed one ran without doing anything
  const bool behind = batch->failed && (batch->failed_at == 0 || position >= batch->failed_at);
  if (result && !behind) {
    consumer.position = std::max(consumer.position, position);
    consumer.retry = retry_first;
  }
  if (--batch->units == 0) end_batch(consumer, *batch);
}

void Consumers::end_batch(Consumer& consumer, const Batch& batch) {
  if (stopped_) return;
  if (!batch.failed) {
    consumer.running = false;
    return run(consumer);
  }
  if (batch.error.kind != ErrorKind::invalid || batch.failed_at == 0) return hold(consumer, batch);
  log::error(part, "a consumer refused an event, which is skipped", {{"consumer", consumer.name}, {"error", batch.error.message}});
  submit_move(consumer, batch.failed_at, std::make_shared<Batch>());
}

void Consumers::hold(Consumer& consumer, const Batch& batch) {
  consumer.running = false;
  consumer.retry = std::clamp<Duration>(consumer.retry, retry_first, retry_max);
  log::warning(part, "a consumer failed and will try again",
               {{"consumer", consumer.name}, {"error", batch.error.message}, {"in_s", std::to_string(consumer.retry / 1s)}});
  consumer.wake = state_.executor().post_after(consumer.retry, [self = shared_from_this(), &consumer] {
    if (self->stopped_) return;
    consumer.wake = 0;
    self->run(consumer);
  });
  consumer.retry = std::min(retry_max, consumer.retry * 2);
}

}  // namespace tocsin::events
