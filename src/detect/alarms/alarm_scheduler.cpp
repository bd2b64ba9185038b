#include "detect/alarms/alarm_scheduler.h"

#include <algorithm>

#include "base/log.h"
#include "telemetry/metrics/retention.h"

namespace tocsin::detect {
namespace {
constexpr std::string_view part = "detect/alarms";
constexpr auto history_kept = std::chrono::hours(24 * 30);
constexpr auto evidence_kept = std::chrono::hours(24 * 455);
// a clock that is set looks like this; one that is slewed never goes back so far
constexpr auto step_back_min = std::chrono::seconds(5);
// sleeps are short, so that a clock that was set back is seen soon
constexpr auto sleep_max = std::chrono::seconds(10);
// alarms that ring cost much more than those that do not: what they open goes on before the others are looked at
constexpr auto slice_max = std::chrono::milliseconds(10);

Instant at_second(std::int64_t s) { return Instant{std::chrono::seconds(s)}; }
}  // namespace

AlarmScheduler::AlarmScheduler(storage::StateExecutor& state, AlarmStore& store, AlarmTransitions& transitions, AlarmData& data,
                               SchedulerOptions options)
    : state_(state),
      store_(store),
      transitions_(transitions),
      data_(data),
      options_(options),
      contributors_(store, transitions),
      live_(store) {
  store_.watch(live_);
}

void AlarmScheduler::start() {
  state_.submit([this, living = std::weak_ptr(alive_)]() -> Result<void> { return living.expired() ? Result<void>{} : read_progress(); },
                [this, living = std::weak_ptr(alive_)](Result<void> read) {
                  if (living.expired()) return;
                  if (!read) log::error(part, "the progress of evaluations could not be read", {{"error", read.error().message}});
                  plan();
                });
}

Result<void> AlarmScheduler::read_progress() {
  live_.load();
  const Instant now = state_.now();
  for (std::size_t i = 0; i < cadences_s.size(); ++i) {
    const Instant settled = now - settle_of(cadences_s[i]);
    const std::int64_t newest_s = telemetry::floor_to(to_seconds(settled), cadences_s[i]);
    const std::int64_t oldest_s = telemetry::floor_to(to_seconds(settled - options_.catch_up_max), cadences_s[i]);
    // before the first round nothing was evaluated since the alarms were put
    std::int64_t begun_s = newest_s;
    for (const LiveAlarm* alarm : live_.of_cadence(cadences_s[i]))
      begun_s = std::min(begun_s, telemetry::floor_to(to_seconds(alarm->configured), cadences_s[i]));
    const std::int64_t done_s = store_.evaluated_to(cadences_s[i]).value_or(begun_s);
    if (at_second(done_s) > now + step_back_min) stepped_back_ = now;
    evaluated_to_s_[i] = std::clamp(done_s, oldest_s, newest_s);
    const bool long_stop = now - at_second(done_s) > options_.long_stop + std::chrono::seconds(cadences_s[i]);
    if (long_stop) not_before_ = now + options_.bring_after_stop;
  }
  return {};
}

void AlarmScheduler::wake_at(Instant at) {
  state_.executor().post_at(at, [this, living = std::weak_ptr(alive_)] {
    if (!living.expired()) plan();
  });
}

void AlarmScheduler::notice_step_back() {
  const Instant now = state_.now();
  bool stepped = false;
  for (std::size_t i = 0; i < cadences_s.size(); ++i) {
    if (at_second(evaluated_to_s_[i]) <= now + step_back_min) continue;
    evaluated_to_s_[i] = telemetry::floor_to(to_seconds(now - settle_of(cadences_s[i])), cadences_s[i]);
    stepped = true;
  }
  if (!stepped) return;
  stepped_back_ = now;
  unwatched_.clear();
  log::warning(part, "the clock was set back; alarms wait until their windows are new");
}

void AlarmScheduler::notice_gap(const Tick& tick) {
  const Instant now = state_.now(), due = at_second(tick.at_s) + settle_of(tick.cadence_s);
  if (now - due <= options_.unwatched_min) return;
  // when it was last awake: of the rounds that are late the one that was evaluated last
  Instant from = at_second(tick.at_s - tick.cadence_s);
  for (std::size_t i = 0; i < cadences_s.size(); ++i) {
    const Instant done = at_second(evaluated_to_s_[i]);
    if (now - done > options_.unwatched_min + std::chrono::seconds(cadences_s[i]) + settle_of(cadences_s[i])) from = std::max(from, done);
  }
  // one gap is seen by several cadences, and by each tick that is caught up
  if (!unwatched_.empty() && from <= unwatched_.back().to) {
    unwatched_.back().from = std::min(unwatched_.back().from, from);
    return;
  }
  unwatched_.push_back({from, now});
  constexpr std::size_t gaps_max = 20;
  if (unwatched_.size() > gaps_max) unwatched_.erase(unwatched_.begin());
}

bool AlarmScheduler::is_unwatched(Instant from, Instant to) const {
  return std::any_of(unwatched_.begin(), unwatched_.end(), [&](const Span& gap) { return from < gap.to && to > gap.from; });
}

void AlarmScheduler::plan() {
  notice_step_back();
  // the earliest first; of the same moment the shortest cadence first
  std::size_t next = 0;
  for (std::size_t i = 1; i < cadences_s.size(); ++i)
    if (evaluated_to_s_[i] + cadences_s[i] < evaluated_to_s_[next] + cadences_s[next]) next = i;
  const Tick tick{cadences_s[next], evaluated_to_s_[next] + cadences_s[next]};
  const Instant now = state_.now(), due = std::max(at_second(tick.at_s) + settle_of(tick.cadence_s), not_before_);
  if (due > now) return wake_at(std::min(due, now + sleep_max));
  notice_gap(tick);
  run(tick, 0);
}

void AlarmScheduler::run(Tick tick, std::size_t from) {
  const auto to = std::make_shared<std::size_t>(from);
  auto work = [this, tick, from, to, living = std::weak_ptr(alive_)]() -> Result<void> {
    if (living.expired()) return {};
    if (from == 0) live_.refresh();
    const std::vector<LiveAlarm*>& round = live_.of_cadence(tick.cadence_s);
    const std::size_t end = std::min(round.size(), from + options_.slice_alarms);
    const Instant until = state_.now() + slice_max;
    for (*to = from; *to < end && (*to == from || state_.now() < until); ++*to) evaluate_one(tick, *round[*to]);
    if (*to < round.size()) return {};
    // without alarms there is nothing to catch up, and nothing to write
    if (!round.empty()) store_.put_evaluated_to(tick.cadence_s, tick.at_s);
    trim(tick);
    return {};
  };
  state_.submit_behind(std::move(work), [this, tick, from, to, living = std::weak_ptr(alive_)](Result<void> done) {
    if (living.expired()) return;
    if (!done) {
      log::error(part, "an evaluation could not be written; it is tried again", {{"error", done.error().message}});
      // what was read within the unit may never have been
      for (LiveAlarm* alarm : live_.of_cadence(tick.cadence_s)) alarm->stale = true;
      state_.executor().post_after(std::chrono::seconds(1), [this, tick, from, living] {
        if (!living.expired()) run(tick, from);
      });
      return;
    }
    if (*to < live_.of_cadence(tick.cadence_s).size()) return run(tick, *to);
    finish(tick);
  });
}

void AlarmScheduler::finish(Tick tick) {
  evaluated_to_s_[static_cast<std::size_t>(std::find(cadences_s.begin(), cadences_s.end(), tick.cadence_s) - cadences_s.begin())] =
      tick.at_s;
  plan();
}

void AlarmScheduler::evaluate_one(const Tick& tick, LiveAlarm& alarm) {
  if (!live_.ensure_fresh(alarm) || !alarm.terms) return;
  const Instant at = at_second(tick.at_s);
  if (!is_due(*alarm.terms, at) || waits(alarm, at)) return;
  if (alarm.terms->promql)
    evaluate_promql(alarm, at);
  else if (alarm.terms->many_series)
    evaluate_series(alarm, at);
  else
    evaluate_metric(alarm, at);
}

bool AlarmScheduler::waits(LiveAlarm& alarm, Instant at) {
  if (at < alarm.configured) return true;
  const AlarmTerms& terms = *alarm.terms;
  if (stepped_back_ != Instant{} && at < stepped_back_ + std::chrono::seconds(terms.period_s) * terms.evaluation_periods) return true;
  if (at >= alarm.warm_until) return false;
  if (!alarm.warms_fully) {
    // warm as soon as a whole window has passed since the first datapoint came, and the newest period has one
    const auto range = data_.datapoints(*alarm.scope, terms, window_bounds(terms, at));
    const auto n = static_cast<std::size_t>(terms.evaluation_periods);
    if (range && range->size() >= n && range->back().value && (*range)[range->size() - n].value) {
      store_.put_warm_until(*alarm.scope, alarm.name, at);
      return false;
    }
  }
  put_evaluation_state(alarm, "IN_WARM_UP");
  return true;
}

void AlarmScheduler::put_evaluation_state(LiveAlarm& alarm, std::string_view evaluation_state) {
  if (alarm.evaluation_state == evaluation_state) return;
  store_.put_evaluation_state(*alarm.scope, alarm.name, evaluation_state, state_.now());
}

void AlarmScheduler::trim(Tick tick) {
  if (tick.cadence_s == cadences_s.back()) store_.trim(state_.now() - history_kept, state_.now() - evidence_kept);
}

}  // namespace tocsin::detect
