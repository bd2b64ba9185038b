// One evaluation of one alarm, within the scheduler's unit of work.
#include "detect/alarms/alarm_documents.h"
#include "detect/alarms/alarm_evaluator.h"
#include "detect/alarms/alarm_scheduler.h"
#include "detect/alarms/service_json.h"

namespace tocsin::detect {
namespace {

bool has_missing(const std::vector<Datapoint>& range, const std::function<bool(std::size_t)>& counts) {
  for (std::size_t i = 0; i < range.size(); ++i)
    if (!range[i].value && counts(i)) return true;
  return false;
}

}  // namespace

void AlarmScheduler::evaluate_metric(LiveAlarm& live, Instant at) {
  const AlarmTerms& terms = *live.terms;
  const std::vector<Instant> bounds = window_bounds(terms, at);
  const auto range = data_.datapoints(*live.scope, terms, bounds);
  put_evaluation_state(live, range ? "" : "EVALUATION_ERROR");
  if (!range) return;
  const bool blind = !unwatched_.empty() && is_unwatched(bounds.front(), bounds.back()) &&
                     has_missing(*range, [&](std::size_t i) { return is_unwatched(bounds[i], bounds[i + 1]); });
  std::optional<Verdict> verdict;
  if (blind) {
    AlarmTerms careful = terms;
    careful.missing = MissingData::ignore;
    verdict = evaluate(careful, live.state, *range, state_.now());
  } else {
    verdict = evaluate(terms, live.state, *range, state_.now());
  }
  if (!verdict) return;
  auto alarm = store_.find(*live.scope, live.name);
  if (!alarm) return;
  transitions_.apply(*alarm, {.state = verdict->state,
                              .reason = verdict->reason,
                              .reason_data = to_service_json(verdict->reason_data),
                              .at = state_.now(),
                              .evidence = evidence_document(verdict->evidence),
                              .window_end = bounds.back()});
}

void AlarmScheduler::evaluate_series(LiveAlarm& live, Instant at) {
  const std::vector<Instant> bounds = window_bounds(*live.terms, at);
  const auto many = data_.series(*live.scope, *live.terms, bounds);
  put_evaluation_state(live, !many ? "EVALUATION_ERROR" : many->partial ? "PARTIAL_DATA" : "");
  if (!many) return;
  if (auto alarm = store_.find(*live.scope, live.name))
    contributors_.evaluate_series(*alarm, *live.terms, *many, state_.now(), is_unwatched(bounds.front(), bounds.back()));
}

void AlarmScheduler::evaluate_promql(LiveAlarm& live, Instant at) {
  if (is_unwatched(at, at + Duration{1})) return;
  const auto many = data_.promql(*live.scope, *live.terms, at);
  put_evaluation_state(live, !many ? "EVALUATION_ERROR" : many->partial ? "PARTIAL_DATA" : "");
  if (!many) return;
  if (auto alarm = store_.find(*live.scope, live.name)) contributors_.evaluate_promql(*alarm, *live.terms, *many, at, state_.now());
}

}  // namespace tocsin::detect
