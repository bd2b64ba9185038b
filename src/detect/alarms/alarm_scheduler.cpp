#include "detect/alarms/alarm_scheduler.h"

#include <algorithm>

#include "base/log.h"
#include "detect/alarms/alarm_documents.h"
#include "detect/alarms/alarm_evaluator.h"
#include "detect/alarms/service_json.h"
#include "telemetry/metrics/retention.h"

namespace tocsin::detect {
namespace {
constexpr std::string_view part = "detect/alarms";
constexpr std::size_t parsed_max = 50'000;
constexpr auto history_kept = std::chrono::hours(24 * 30);
constexpr auto evidence_kept = std::chrono::hours(24 * 455);

Instant at_second(std::int64_t s) { return Instant{std::chrono::seconds(s)}; }
}  // namespace

AlarmScheduler::AlarmScheduler(storage::StateExecutor& state, AlarmStore& store, AlarmTransitions& transitions, AlarmData& data,
                               SchedulerOptions options)
    : state_(state), store_(store), transitions_(transitions), data_(data), options_(options) {}

void AlarmScheduler::start() {
  state_.submit([this, living = std::weak_ptr(alive_)]() -> Result<void> { return living.expired() ? Result<void>{} : read_progress(); },
                [this, living = std::weak_ptr(alive_)](Result<void> read) {
                  if (living.expired()) return;
                  if (!read) log::error(part, "the progress of evaluations could not be read", {{"error", read.error().message}});
                  plan();
                });
}

Result<void> AlarmScheduler::read_progress() {
  const Instant settled = state_.now() - options_.settle;
  for (std::size_t i = 0; i < cadences_s.size(); ++i) {
    const std::int64_t newest_s = telemetry::floor_to(to_seconds(settled), cadences_s[i]);
    const std::int64_t oldest_s = telemetry::floor_to(to_seconds(settled - options_.catch_up_max), cadences_s[i]);
    evaluated_to_s_[i] = std::clamp(store_.evaluated_to(cadences_s[i]).value_or(newest_s), oldest_s, newest_s);
  }
  return {};
}

void AlarmScheduler::plan() {
  // the earliest first; of the same moment the shortest cadence first
  std::size_t next = 0;
  for (std::size_t i = 1; i < cadences_s.size(); ++i)
    if (evaluated_to_s_[i] + cadences_s[i] < evaluated_to_s_[next] + cadences_s[next]) next = i;
  const Tick tick{cadences_s[next], evaluated_to_s_[next] + cadences_s[next]};
  state_.executor().post_at(at_second(tick.at_s) + options_.settle, [this, tick, living = std::weak_ptr(alive_)] {
    if (!living.expired()) run(tick, nullptr);
  });
}

void AlarmScheduler::run(Tick tick, std::shared_ptr<const DueAlarm> after) {
  auto last = std::make_shared<std::shared_ptr<const DueAlarm>>();
  auto work = [this, tick, after, last, living = std::weak_ptr(alive_)]() -> Result<void> {
    if (living.expired()) return {};
    const std::vector<DueAlarm> due = store_.due(tick.cadence_s, after.get(), options_.slice_alarms);
    for (const DueAlarm& each : due) evaluate_one(tick, each);
    if (due.size() == options_.slice_alarms) *last = std::make_shared<DueAlarm>(due.back());
    // without alarms there is nothing to catch up, and nothing to write
    else if (after || !due.empty())
      store_.put_evaluated_to(tick.cadence_s, tick.at_s);
    if (!*last) trim(tick);
    return {};
  };
  state_.submit(std::move(work), [this, tick, after, last, living = std::weak_ptr(alive_)](Result<void> done) {
    if (living.expired()) return;
    if (!done) {
      log::error(part, "an evaluation could not be written; it is tried again", {{"error", done.error().message}});
      state_.executor().post_after(std::chrono::seconds(1), [this, tick, after, living] {
        if (!living.expired()) run(tick, after);
      });
      return;
    }
    if (*last) return run(tick, *last);
    evaluated_to_s_[static_cast<std::size_t>(std::find(cadences_s.begin(), cadences_s.end(), tick.cadence_s) - cadences_s.begin())] =
        tick.at_s;
    plan();
  });
}

const AlarmTerms* AlarmScheduler::terms_of(const DueAlarm& due) {
  if (parsed_.size() > parsed_max) parsed_.clear();
  Parsed& parsed = parsed_[due.scope.account + '/' + due.scope.region + '/' + due.name];
  if (!parsed.terms || parsed.revision != due.revision) {
    const auto alarm = store_.find(due.scope, due.name);
    if (!alarm) return nullptr;
    auto terms = parse_terms(alarm->definition);
    parsed.revision = due.revision;
    parsed.terms = terms ? std::optional(std::move(*terms)) : std::nullopt;
  }
  return parsed.terms ? &*parsed.terms : nullptr;
}

void AlarmScheduler::evaluate_one(const Tick& tick, const DueAlarm& due) {
  const Instant at = at_second(tick.at_s);
  if (at < due.configured || at < due.warm_until) return;
  const AlarmTerms* terms = terms_of(due);
  if (!terms) return;
  const Instant end = window_end(*terms, at);
  const auto range = data_.datapoints(due.scope, *terms, end);
  const std::string_view evaluation_state = range ? "" : "EVALUATION_ERROR";
  if (evaluation_state != due.evaluation_state) store_.put_evaluation_state(due.scope, due.name, evaluation_state);
  if (!range) return;
  const auto verdict = evaluate(*terms, due.state, *range, state_.now());
  if (!verdict) return;
  auto alarm = store_.find(due.scope, due.name);
  if (!alarm) return;
  transitions_.apply(*alarm, {.state = verdict->state,
                              .reason = verdict->reason,
                              .reason_data = to_service_json(verdict->reason_data),
                              .at = state_.now(),
                              .evidence = evidence_document(verdict->evidence),
                              .window_end = end});
}

void AlarmScheduler::trim(Tick tick) {
  if (tick.cadence_s == cadences_s.back()) store_.trim(state_.now() - history_kept, state_.now() - evidence_kept);
}

}  // namespace tocsin::detect
