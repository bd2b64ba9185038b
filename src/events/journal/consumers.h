// The journal's consumers: each is given the events in order, a batch in a unit, and remembers in it how far it is. One
// that fails waits alone.
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
    bool running = false;
    Duration retry{};
    TimerId wake = 0;
  };
  struct Batch;

  Result<void> load(std::vector<Position>& positions);
  void loaded(Result<void> result, const std::vector<Position>& positions);
  void run(Consumer& consumer);
  void submit(Consumer& consumer, const std::vector<StoredEvent>& events);
  void submit_batch(Consumer& consumer, const std::shared_ptr<Batch>& batch);
  Result<void> consume(Consumer& consumer, Batch& batch);
  void finished(Consumer& consumer, const Batch& batch, Result<void> result);
  void hold(Consumer& consumer, const Error& error);

  storage::StateExecutor& state_;
  EventStore store_;
  std::vector<std::unique_ptr<Consumer>> consumers_;
  RecentEvents recent_;
  std::optional<Cause> cause_;
  bool started_ = false;
  std::atomic<bool> stopped_ = false;
};

}  // namespace tocsin::events
