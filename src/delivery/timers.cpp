#include "delivery/timers.h"

#include <atomic>
#include <map>

#include "base/log.h"

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;

constexpr Duration retry_delay = 10s;
// a kind that this release does not know may come back with the next one
constexpr Duration unknown_kind_delay = 1h;

const std::vector<storage::Migration> migrations = {
    {1,
     "CREATE TABLE delivery_timers (kind TEXT NOT NULL, timer_key TEXT NOT NULL, due_ns INTEGER NOT NULL, wake_ns INTEGER NOT NULL, "
     "payload TEXT NOT NULL,"
     " PRIMARY KEY (kind, timer_key));"
     "CREATE INDEX delivery_timers_wake ON delivery_timers (wake_ns, due_ns, kind, timer_key)"},
};

// bounds how long one unit of them keeps the executor
constexpr int fired_per_unit_max = 16;
constexpr Duration unit_max = 10ms;

/// A run over what is due: units chained in the queue, a few timers each in a part of its own, so that they share commits and let others in
/// between.
struct Run {
  int units = 0;
  bool storage_failed = false;
  struct Failed {
    std::string kind, key, error;
    Duration delay;
  };
  std::optional<Failed> failed;
};

/// An exception is an error like any other: it must not hold the timers behind.
Result<void> call(const Timers::Handler& handler, const std::string& key, const storage::Row& row) {
  try {
    return handler(key, row.instant(2), row.document(3));
  } catch (const std::exception& exception) {
    return fail(ErrorKind::internal, exception.what());
  }
}

}  // namespace

struct Timers::Parts : std::enable_shared_from_this<Parts> {
  explicit Parts(storage::StateExecutor& state) : state(state) {}

  void arm(Instant due);
  void plan();
  void begin_run();
  void submit_next(const std::shared_ptr<Run>& run);
  Result<void> fire_some(const std::shared_ptr<Run>& run);
  std::optional<storage::Row> next_due();
  Result<void> fire(const storage::Row& row, Run& run);
  void end_run(const Run& run);
  void defer(const Run::Failed& failed);
  void changed(Instant due);

  storage::StateExecutor& state;
  std::map<std::string, Handler> handlers;
  TimerId wake = 0;
  Instant wake_due{};
  bool started = false;
  bool running = false;
  std::atomic<bool> stopped = false;
};

/// Wakes at `due` at the latest.
void Timers::Parts::arm(Instant due) {
  if (stopped || (wake != 0 && wake_due <= due)) return;
  state.cancel(wake);
  wake_due = due;
  wake = state.executor().post_at(due, [self = weak_from_this()] {
    if (const auto parts = self.lock()) {
      parts->wake = 0;
      parts->begin_run();
    }
  });
}

void Timers::Parts::plan() {
  state.submit(
      [self = shared_from_this()]() -> Result<void> {
        if (self->stopped) return {};
        const auto row = self->state.database().query_one("SELECT MIN(wake_ns) FROM delivery_timers");
        if (row && !row->is_null(0)) self->arm(row->instant(0));
        return {};
      },
      [self = shared_from_this()](Result<void> result) {
        if (!result) self->arm(self->state.now() + retry_delay);
      });
}

void Timers::Parts::begin_run() {
  if (running || stopped) return;
  running = true;
  submit_next(std::make_shared<Run>());
}

void Timers::Parts::submit_next(const std::shared_ptr<Run>& run) {
  ++run->units;
  state.submit_behind([self = shared_from_this(), run] { return self->fire_some(run); },
                      [self = shared_from_this(), run](Result<void> result) {
                        if (!result && !run->failed) run->storage_failed = true;
                        if (--run->units == 0) self->end_run(*run);
                      });
}

std::optional<storage::Row> Timers::Parts::next_due() {
  return state.database().query_one(
      "SELECT kind, timer_key, due_ns, payload FROM delivery_timers WHERE wake_ns<=? ORDER BY wake_ns, due_ns, kind, timer_key LIMIT 1",
      {state.now()});
}

Result<void> Timers::Parts::fire_some(const std::shared_ptr<Run>& run) {
  if (stopped || run->failed || run->storage_failed) return {};
  const Instant until = state.now() + unit_max;
  for (int fired = 0; const auto row = next_due(); ++fired) {
    if (fired == fired_per_unit_max || (fired > 0 && state.now() >= until)) return submit_next(run), Result<void>();
    // what fired before it in this unit stays done
    if (!state.atomically([&] { return fire(*row, *run); })) break;
  }
  return {};
}

Result<void> Timers::Parts::fire(const storage::Row& row, Run& run) {
  const std::string &kind = row.text(0), &key = row.text(1);
  const auto handler = handlers.find(kind);
  if (handler == handlers.end()) {
    run.failed = Run::Failed{kind, key, "nobody handles this kind", unknown_kind_delay};
    return fail(ErrorKind::unsupported, run.failed->error);
  }
  state.database().execute("DELETE FROM delivery_timers WHERE kind=? AND timer_key=?", {kind, key});
  Result<void> result = call(handler->second, key, row);
  if (!result)
    run.failed = Run::Failed{kind, key, result.error().message, retry_delay};
  else if (state.database().poisoned())
    run.failed = Run::Failed{kind, key, "storage failed", retry_delay};
  return result;
}

void Timers::Parts::end_run(const Run& run) {
  running = false;
  if (stopped) return;
  if (run.failed)
    defer(*run.failed);
  else if (run.storage_failed)
    arm(state.now() + retry_delay);
  else
    plan();
}

void Timers::Parts::defer(const Run::Failed& failed) {
  log::warning("delivery/timers", "a timer failed and is kept", {{"kind", failed.kind}, {"key", failed.key}, {"error", failed.error}});
  state.submit(
      [self = shared_from_this(), failed]() -> Result<void> {
        self->state.database().execute("UPDATE delivery_timers SET wake_ns=? WHERE kind=? AND timer_key=?",
                                       {self->state.now() + failed.delay, failed.kind, failed.key});
        return {};
      },
      [self = shared_from_this()](Result<void> result) {
        if (result)
          self->begin_run();
        else
          self->arm(self->state.now() + retry_delay);
      });
}

/// A run that is under way plans anew at its end.
void Timers::Parts::changed(Instant due) {
  if (started && !running) arm(due);
}

Timers::Timers(storage::StateExecutor& state) : parts_(std::make_shared<Parts>(state)) {}

/// Touches the executor no more: it may be gone already.
Timers::~Timers() { parts_->stopped = true; }

void Timers::handle(std::string kind, Handler handler) { parts_->handlers[std::move(kind)] = std::move(handler); }

Result<void> Timers::migrate() { return parts_->state.database().migrate("delivery_timers", migrations); }

void Timers::start() {
  parts_->started = true;
  parts_->plan();
}

void Timers::set(const std::string& kind, const std::string& key, Instant due, const Document& payload) {
  parts_->state.database().execute(
      "INSERT INTO delivery_timers (kind, timer_key, due_ns, wake_ns, payload) VALUES (?, ?, ?, ?, ?) ON CONFLICT (kind, timer_key)"
      " DO UPDATE SET due_ns=excluded.due_ns, wake_ns=excluded.wake_ns, payload=excluded.payload",
      {kind, key, due, due, payload});
  parts_->state.after_commit([parts = parts_, due] { parts->changed(due); });
}

void Timers::cancel(const std::string& kind, const std::string& key) {
  parts_->state.database().execute("DELETE FROM delivery_timers WHERE kind=? AND timer_key=?", {kind, key});
}

}  // namespace tocsin::delivery
