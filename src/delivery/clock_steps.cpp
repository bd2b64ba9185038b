#include "delivery/clock_steps.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/log.h"

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;

constexpr Duration look_every = 1s;
// less than this the clock drifts or is slewed
constexpr Duration step_min = 2s;

}  // namespace

struct ClockSteps::Parts : std::enable_shared_from_this<Parts> {
  Parts(storage::StateExecutor& state, Timers& timers, std::function<Duration()> steady, std::vector<std::string> moments)
      : state(state), timers(timers), steady(std::move(steady)), moments(std::move(moments)), ahead(wall_ahead()) {}

  Duration wall_ahead() const { return state.now().time_since_epoch() - steady(); }
  void look();
  void look_again();
  void move(Duration step);
  Result<void> move_timers(Duration step);

  storage::StateExecutor& state;
  Timers& timers;
  const std::function<Duration()> steady;
  const std::vector<std::string> moments;
  Duration ahead;  ///< of the wall clock, as it was when last looked at
  std::atomic<bool> stopped = false;
};

void ClockSteps::Parts::look() {
  const Duration now_ahead = wall_ahead();
  const Duration step = now_ahead - std::exchange(ahead, now_ahead);
  if (std::chrono::abs(step) >= step_min) move(step);
}

void ClockSteps::Parts::look_again() {
  state.executor().post_after(look_every, [self = weak_from_this()] {
    const auto parts = self.lock();
    if (!parts || parts->stopped) return;
    parts->look();
    parts->look_again();
  });
}

void ClockSteps::Parts::move(Duration step) {
  log::warning("delivery/clock_steps", "the clock was set; what waits for a span goes on as if it had not been",
               {{"by_s", std::to_string(step / 1s)}});
  state.submit([self = shared_from_this(), step]() -> Result<void> { return self->stopped ? Result<void>() : self->move_timers(step); },
               [self = shared_from_this(), step](Result<void> moved) {
                 if (self->stopped) return;
                 // looked at again as long as it could not be written
                 if (moved)
                   self->timers.start();
                 else
                   self->ahead -= step;
               });
}

/// What was due before the step, by the clock of then, is about to fire, and stays.
Result<void> ClockSteps::Parts::move_timers(Duration step) {
  constexpr std::string_view sql = "UPDATE delivery_timers SET due_ns = due_ns + ?, wake_ns = wake_ns + ? WHERE wake_ns > ? AND kind = ?";
  const auto kinds = state.database().query("SELECT DISTINCT kind FROM delivery_timers", {});
  for (const storage::Row& row : kinds)
    if (std::find(moments.begin(), moments.end(), row.text(0)) == moments.end())
      state.database().execute(sql, {step.count(), step.count(), state.now() - step, row.text(0)});
  // what waits to be tried again
  state.database().execute("UPDATE delivery_outbox_parcels SET due_ns = due_ns + ? WHERE due_ns > ?", {step.count(), state.now() - step});
  state.database().execute("UPDATE delivery_outbox_parcels SET expires_ns = expires_ns + ? WHERE state < 2 AND expires_ns > ?",
                           {step.count(), state.now() - step});
  return {};
}

ClockSteps::ClockSteps(storage::StateExecutor& state, Timers& timers, std::function<Duration()> steady, std::vector<std::string> moments)
    : parts_(std::make_shared<Parts>(state, timers, std::move(steady), std::move(moments))) {}

ClockSteps::~ClockSteps() { parts_->stopped = true; }

void ClockSteps::start() { parts_->look_again(); }

void ClockSteps::look() { parts_->look(); }

}  // namespace tocsin::delivery
