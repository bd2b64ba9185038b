#include "storage/state_executor.h"

#include <deque>
#include <mutex>

#include "base/log.h"

namespace tocsin::storage {

struct StateExecutor::Queue {
  std::mutex mutex;
  std::deque<Unit> units;
  bool scheduled = false;
};

namespace {
// bounds what one fsync waits for
constexpr std::size_t group_units_max = 256;
/// An exception is a defect of one unit: it is undone and told so, and the others go on.
Result<void> run_work(StateExecutor::Work& work) {
  try {
    return work();
  } catch (const std::exception& exception) {
    log::error("storage/state_executor", "a unit of work threw; it is undone", {{"exception", exception.what()}});
    return fail(ErrorKind::internal, "A defect of the server.");
  }
}

}  // namespace

StateExecutor::StateExecutor(Executor& executor, Database& database)
    : executor_(executor), database_(database), queue_(std::make_shared<Queue>()) {}

void StateExecutor::submit(Work work, Done done) {
  std::lock_guard lock(queue_->mutex);
  queue_->units.push_back({std::move(work), std::move(done)});
  if (queue_->scheduled) return;
  queue_->scheduled = true;
  executor_.post([this] { run_group(); });
}

void StateExecutor::submit_reading(Work work, Done done) {
  executor_.post([this, unit = Unit{std::move(work), std::move(done)}]() mutable {
    ++group_;
    database_.begin_reading_group();
    reading_ = true;
    Finished finished = run_unit(std::move(unit));
    reading_ = false;
    const Result<void> ended = database_.commit_group();
    if (!ended && finished.result) finished.result = ended;
    if (!finished.result) finished.after.clear();
    finish(std::move(finished));
  });
}

void StateExecutor::note_change(std::string_view part) {
  auto found = changes_.find(part);
  if (found == changes_.end()) found = changes_.emplace(part, Change{}).first;
  ++found->second.version;
  found->second.group = group_;
}

std::optional<std::uint64_t> StateExecutor::version_of(std::string_view part) const {
  const auto found = changes_.find(part);
  if (found == changes_.end()) return 0;
  if (found->second.group == group_) return std::nullopt;
  return found->second.version;
}

void StateExecutor::after_commit(Task task) {
  if (after_)
    after_->push_back(std::move(task));
  else
    executor_.post(std::move(task));
}

void StateExecutor::forget_after(std::size_t count) {
  // erase, as a Task has no default to resize with
  if (after_ && after_->size() > count) after_->erase(after_->begin() + static_cast<std::ptrdiff_t>(count), after_->end());
}

TimerId StateExecutor::submit_at(Instant due, Work work) {
  return executor_.post_at(due, [this, work = std::move(work)]() mutable {
    submit(std::move(work), [](Result<void> result) {
      if (!result) log::error("storage/state_executor", "timed unit failed", {{"error", result.error().message}});
    });
  });
}

StateExecutor::Finished StateExecutor::run_unit(Unit unit) {
  Finished finished;
  after_ = &finished.after;
  database_.enter();
  finished.result = run_work(unit.work);
  if (database_.poisoned()) finished.result = fail(ErrorKind::unavailable, "The state could not be written.");
  database_.leave(finished.result.has_value());
  after_ = nullptr;
  if (!finished.result) finished.after.clear();
  finished.done = std::move(unit.done);
  return finished;
}

void StateExecutor::finish(Finished finished) {
  if (finished.done) finished.done(std::move(finished.result));
  for (Task& task : finished.after) task();
}

void StateExecutor::run_group() {
  std::vector<Finished> group;
  ++group_;
  database_.begin_group();
  while (group.size() < group_units_max) {
    std::unique_lock lock(queue_->mutex);
    if (queue_->units.empty()) break;
    Unit unit = std::move(queue_->units.front());
    queue_->units.pop_front();
    lock.unlock();
    group.push_back(run_unit(std::move(unit)));
  }
  const Result<void> committed = database_.commit_group();
  ++group_;
  for (Finished& finished : group) {
    if (!committed && finished.result) {
      finished.result = committed;
      finished.after.clear();
    }
    finish(std::move(finished));
  }
  std::lock_guard lock(queue_->mutex);
  queue_->scheduled = !queue_->units.empty();
  if (queue_->scheduled) executor_.post([this] { run_group(); });
}

}  // namespace tocsin::storage
