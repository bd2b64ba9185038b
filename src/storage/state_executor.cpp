#include "storage/state_executor.h"

#include <deque>
#include <mutex>

#include "base/log.h"

namespace tocsin::storage {

struct StateExecutor::Queue {
  std::mutex mutex;
  std::deque<Unit> units;
  std::deque<Unit> behind;
  std::size_t calls = 0;  ///< in the group that runs
  bool scheduled = false;
};

namespace {
// bounds what one fsync waits for
constexpr std::size_t group_units_max = 256;
// of these, kept free for what runs behind
constexpr std::size_t behind_units_min = 32;
// bounds how long a call waits for what runs behind; long enough that a commit is shared by many
constexpr Duration behind_max = std::chrono::milliseconds(20);
// the same in a group with calls, which wait for its commit
constexpr Duration behind_beside_calls_max = std::chrono::milliseconds(5);

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

void StateExecutor::submit(Work work, Done done) { enqueue(false, {std::move(work), std::move(done)}); }

void StateExecutor::submit_behind(Work work, Done done) { enqueue(true, {std::move(work), std::move(done)}); }

void StateExecutor::enqueue(bool behind, Unit unit) {
  std::lock_guard lock(queue_->mutex);
  (behind ? queue_->behind : queue_->units).push_back(std::move(unit));
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

/// Calls first; what runs behind then has its time, which begins with its first unit, and calls that come meanwhile go before it. nullopt
/// ends the group.
std::optional<StateExecutor::Unit> StateExecutor::next_unit(std::size_t group_size, Instant& behind_until) {
  const std::lock_guard lock(queue_->mutex);
  const bool call = !queue_->units.empty() && group_size < group_units_max - (queue_->behind.empty() ? 0 : behind_units_min);
  queue_->calls = (group_size == 0 ? 0 : queue_->calls) + (call ? 1 : 0);
  std::deque<Unit>& queue = call ? queue_->units : queue_->behind;
  if (queue.empty() || group_size >= group_units_max) return std::nullopt;
  if (!call) {
    const Duration shorter = queue_->calls > 0 ? behind_max - behind_beside_calls_max : Duration{0};
    if (behind_until == Instant{})
      behind_until = executor_.now() + behind_max;
    else if (executor_.now() >= behind_until - shorter)
      return std::nullopt;
  }
  Unit unit = std::move(queue.front());
  queue.pop_front();
  return unit;
}

void StateExecutor::run_group() {
  std::vector<Finished> group;
  Instant behind_until{};
  ++group_;
  database_.begin_group();
  while (auto unit = next_unit(group.size(), behind_until)) group.push_back(run_unit(std::move(*unit)));
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
  queue_->scheduled = !queue_->units.empty() || !queue_->behind.empty();
  if (queue_->scheduled) executor_.post([this] { run_group(); });
}

}  // namespace tocsin::storage
