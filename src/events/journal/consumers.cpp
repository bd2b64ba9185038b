#include "events/journal/consumers.h"

#include <algorithm>
#include <limits>

#include "base/log.h"

namespace tocsin::events {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view part = "events/journal";
constexpr std::size_t batch_max = 256;
// bound how long one consumer keeps the others waiting, and how much is done again when one of its events fails
constexpr std::size_t unit_max = 64;
constexpr Duration unit_time_max = 10ms;
constexpr Position passed_unkept_max = 1000;
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

/// What became of one unit.
struct Consumers::Batch {
  Position reached = 0;    ///< everything up to here is done, or not wanted
  Position failed_at = 0;  ///< 0: no event failed
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
  // in its turn: what is appended from now on is theirs
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
  for (std::size_t i = 0; i < consumers_.size(); ++i) consumers_[i]->position = consumers_[i]->kept = positions[i + 1];
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
  state_.submit_behind(
      [self = shared_from_this(), &consumer, events]() -> Result<void> {
        if (!self->stopped_) *events = self->read_after(consumer.position);
        return {};
      },
      [self = shared_from_this(), &consumer, events](Result<void> result) {
        if (self->stopped_) return;
        if (!result) {
          // events of a group that was not committed may have been read
          self->read_.clear();
          return self->hold(consumer, result.error());
        }
        self->submit(consumer, *events);
      });
}

/// Passes what is not wanted; the rest goes into one unit, and is not more than that unit may take. Whether events remain.
bool Consumers::choose(const Consumer& consumer, std::vector<StoredEvent>& events, Position& last) const {
  std::vector<StoredEvent> wanted;
  bool more = false;
  for (StoredEvent& stored : events) {
    if (!consumer.wants || consumer.wants(*stored.event)) {
      if ((more = wanted.size() == unit_max)) break;
      wanted.push_back(stored);
    }
    last = stored.position;
  }
  events = std::move(wanted);
  return more;
}

void Consumers::submit(Consumer& consumer, std::vector<StoredEvent> events) {
  // what the table no longer has was trimmed or undone
  Position last = events.empty() ? recent_.end() : events.back().position;
  choose(consumer, events, last);
  if (events.empty() && last - consumer.kept < passed_unkept_max) {
    // passing again what is not wanted changes nothing, so that it need not be written each time
    consumer.position = last;
    consumer.running = false;
    return run(consumer);
  }
  const auto batch = std::make_shared<Batch>();
  state_.submit_behind(
      [self = shared_from_this(), &consumer, events = std::move(events), last, batch] {
        return self->consume(consumer, events, last, *batch);
      },
      [self = shared_from_this(), &consumer, batch](Result<void> result) { self->finished(consumer, *batch, std::move(result)); });
}

/// Passes one event that the consumer refuses.
void Consumers::submit_skip(Consumer& consumer, Position to) {
  const auto batch = std::make_shared<Batch>();
  state_.submit_behind(
      [self = shared_from_this(), &consumer, to, batch] { return self->consume(consumer, {}, to, *batch); },
      [self = shared_from_this(), &consumer, batch](Result<void> result) { self->finished(consumer, *batch, std::move(result)); });
}

/// What several consumers have yet to see, behind one another, is read once.
std::vector<StoredEvent> Consumers::read_after(Position position) {
  if (position < read_from_ || read_.empty() || position >= read_.back().position) {
    read_ = store_.after(position, batch_max);
    read_from_ = position;
  }
  const auto first = std::ranges::upper_bound(read_, position, {}, &StoredEvent::position);
  return {first, read_.end()};
}

/// All in one part, which costs less than a part for each. When one fails all of it is undone, and each is tried in a part of its own: the
/// first that fails ends the unit, and what was done before it stays done.
Result<void> Consumers::consume(Consumer& consumer, const std::vector<StoredEvent>& events, Position last, Batch& batch) {
  if (stopped_) return {};
  const bool together =
      events.size() > 1 && !consumer.careful && state_.atomically([&] { return consume_some(consumer, events, batch); }).has_value();
  if (!together && !state_.database().poisoned()) consume_each(consumer, events, batch);
  if (state_.database().poisoned()) return fail(ErrorKind::unavailable, "storage failed");
  if (batch.failed_at == 0 && (events.empty() || batch.reached == events.back().position)) batch.reached = last;
  if (batch.reached > consumer.kept) store_.move_consumer(consumer.name, batch.reached);
  return {};
}

Result<void> Consumers::consume_some(Consumer& consumer, const std::vector<StoredEvent>& events, Batch& batch) {
  const Instant until = state_.now() + unit_time_max;
  for (const StoredEvent& stored : events) {
    if (auto done = consume_one(consumer, *stored.event); !done) return done;
    batch.reached = stored.position;
    if (state_.now() >= until) break;
  }
  return {};
}

void Consumers::consume_each(Consumer& consumer, const std::vector<StoredEvent>& events, Batch& batch) {
  batch.reached = 0;
  for (const StoredEvent& stored : events) {
    const Result<void> done = state_.atomically([&] { return consume_one(consumer, *stored.event); });
    if (!done) {
      batch.failed_at = stored.position;
      batch.error = done.error();
      return;
    }
    batch.reached = stored.position;
  }
}

Result<void> Consumers::consume_one(Consumer& consumer, const EventEnvelope& event) {
  cause_ = Cause{event.id, event.correlation_id, event.depth};
  Result<void> done = call(consumer.consume, event);
  cause_.reset();
  return done;
}

void Consumers::finished(Consumer& consumer, const Batch& batch, Result<void> result) {
  if (stopped_) return;
  if (!result) return hold(consumer, result.error());
  if (batch.reached > consumer.position) {
    consumer.position = consumer.kept = batch.reached;
    consumer.retry = retry_first;
  }
  consumer.careful = batch.failed_at != 0;
  if (batch.failed_at == 0) {
    consumer.running = false;
    return run(consumer);
  }
  if (batch.error.kind != ErrorKind::invalid) return hold(consumer, batch.error);
  log::error(part, "a consumer refused an event, which is skipped", {{"consumer", consumer.name}, {"error", batch.error.message}});
  submit_skip(consumer, batch.failed_at);
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
