// The journal's consumers: each is given the events in order, some in one unit, which also remembers how far it is. One that fails waits
// alone.
#pragma once

#include <atomic>
#include <memory>

#include "events/journal/journal.h"
#include "events/journal/recent_events.h"

namespace tocsin::events {

/// The event whose consumer is running now: what it appends is caused by it.
struct Cause {
  std::string id;
  std::string correlation_id;
  int depth = 0;
};

/// Threads and units: as the Journal. Lives in a shared_ptr, which its queued units share.
class Consumers : public std::enable_shared_from_this<Consumers> {
 public:
  explicit Consumers(storage::StateExecutor& state) : state_(state), store_(state.database()) {}

  void subscribe(std::string name, Journal::Consumer consumer, Journal::Wants wants);
  void start();
  void stop();
  /// After the commit of the event.
  void appended(StoredEvent stored);
  /// The position that all have passed.
  Position passed_by_all() const;
  const std::optional<Cause>& cause() const { return cause_; }

 private:
  struct Consumer {
    std::string name;
    Journal::Consumer consume;
    Journal::Wants wants;
    Position position = 0;
    Position kept = 0;  ///< as the database has it
    bool running = false;
    bool careful = false;  ///< one of its events failed last: each is tried alone
    Duration retry{};
    TimerId wake = 0;
  };
  struct Batch;

  Result<void> load(std::vector<Position>& positions);
  void loaded(Result<void> result, const std::vector<Position>& positions);
  void run(Consumer& consumer);
  bool choose(const Consumer& consumer, std::vector<StoredEvent>& events, Position& last) const;
  void submit(Consumer& consumer, std::vector<StoredEvent> events);
  void submit_skip(Consumer& consumer, Position to);
  Result<void> consume(Consumer& consumer, const std::vector<StoredEvent>& events, Position last, Batch& batch);
  Result<void> consume_some(Consumer& consumer, const std::vector<StoredEvent>& events, Batch& batch);
  void consume_each(Consumer& consumer, const std::vector<StoredEvent>& events, Batch& batch);
  Result<void> consume_one(Consumer& consumer, const EventEnvelope& event);
  std::vector<StoredEvent> read_after(Position position);
  void finished(Consumer& consumer, const Batch& batch, Result<void> result);
  void hold(Consumer& consumer, const Error& error);

  storage::StateExecutor& state_;
  EventStore store_;
  std::vector<std::unique_ptr<Consumer>> consumers_;
  RecentEvents recent_;
  std::vector<StoredEvent> read_;  ///< what was read last, after read_from_
  Position read_from_ = 0;
  std::optional<Cause> cause_;
  bool started_ = false;
  std::atomic<bool> stopped_ = false;
};

}  // namespace tocsin::events
