// The one writer of a Database: units of work run one after another on its executor, are committed in groups (one fsync for all that was
// ready), and are answered after the commit.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "base/result.h"
#include "storage/sql.h"

namespace tocsin::storage {

class StateExecutor {
 public:
  using Work = std::move_only_function<Result<void>()>;
  using Done = std::move_only_function<void(Result<void>)>;

  /// Both must outlive this object. Everything runs on `executor`.
  StateExecutor(Executor& executor, Database& database);

  /// From any thread. `work` runs inside a savepoint: an error undoes it alone. `done` runs on the executor after the group that holds it
  /// is durable, with work's own error, or `unavailable` when the commit or a statement failed, or `internal` when work threw (then nothing
  /// of it remains).
  void submit(Work work, Done done = {});
  /// The same for what nobody waits for at the other end of a connection (the journal's consumers, timers, what is gathered): within a group
  /// it runs behind all that was submitted the plain way, for a bounded time, so that a storm of it delays no call by more than that. It has
  /// its share of every group, so that calls without end do not starve it either.
  void submit_behind(Work work, Done done = {});
  /// The same for work that only reads, in a group of its own: a write fails it. For what has to be answered when the disk takes no more.
  void submit_reading(Work work, Done done);
  /// Whether the unit that runs is one of those.
  bool is_reading() const { return reading_; }
  /// From inside a unit: `task` runs on the executor after the commit, and not at all when the unit, or a part of it that registered the
  /// task and was undone, fails.
  void after_commit(Task task);
  /// A part of a unit: an error (or exception) undoes what `work` wrote and forgets what it registered for after the commit; the unit goes
  /// on. Nests. What can register anything is undone by this, not by Database::atomically alone.
  template <typename Work>
  auto atomically(Work&& work) -> decltype(work()) {
    const std::size_t registered = registered_count();
    try {
      auto result = database_.atomically(std::forward<Work>(work));
      if (!result.has_value()) forget_after(registered);
      return result;
    } catch (...) {
      forget_after(registered);
      throw;
    }
  }
  /// For what remembers what it read of a part of the state ("access"; remembered.h): whoever writes to that part says so, in the same unit.
  void note_change(std::string_view part);
  /// The same number as long as the part has not changed; nullopt while a group that changed it is open: what is read in it may yet be
  /// undone, and must not be remembered.
  std::optional<std::uint64_t> version_of(std::string_view part) const;

  /// A unit at a time; work's error is logged. Not durable: for what is re-planned at start.
  TimerId submit_at(Instant due, Work work);
  void cancel(TimerId timer) { executor_.cancel(timer); }

  Database& database() { return database_; }
  Executor& executor() { return executor_; }
  Instant now() const { return executor_.now(); }

 private:
  struct Unit {
    Work work;
    Done done;
  };
  struct Finished {
    Result<void> result;
    Done done;
    std::vector<Task> after;
  };

  struct Change {
    std::uint64_t version = 0;
    std::uint64_t group = 0;
  };

  std::size_t registered_count() const { return after_ ? after_->size() : 0; }
  void forget_after(std::size_t count);
  void enqueue(bool behind, Unit unit);
  std::optional<Unit> next_unit(std::size_t group_size, Instant& behind_until);
  void run_group();
  void finish(Finished finished);
  Finished run_unit(Unit unit);

  Executor& executor_;
  Database& database_;
  struct Queue;
  std::shared_ptr<Queue> queue_;
  std::vector<Task>* after_ = nullptr;
  bool reading_ = false;
  std::uint64_t group_ = 1;
  std::map<std::string, Change, std::less<>> changes_;
};

}  // namespace tocsin::storage
