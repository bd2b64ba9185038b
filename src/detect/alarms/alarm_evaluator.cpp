#include "detect/alarms/alarm_evaluator.h"

#include <algorithm>

#include "detect/alarms/alarm_reason.h"

namespace tocsin::detect {
namespace {

struct Counts {
  std::int64_t real = 0;
  std::int64_t breaching = 0;
};

/// Of the newest `count_max` real points.
Counts count_newest(const std::vector<Mark>& range, std::int64_t count_max) {
  Counts counts;
  for (auto mark = range.rbegin(); mark != range.rend() && counts.real < count_max; ++mark) {
    if (*mark == Mark::missing) continue;
    ++counts.real;
    if (*mark == Mark::breaching) ++counts.breaching;
  }
  return counts;
}

/// Its place counted from the newest, which is 1.
std::int64_t oldest_breaching(const std::vector<Mark>& range) {
  const auto found = std::find(range.begin(), range.end(), Mark::breaching);
  return range.end() - found;
}

/// Of the newest N real points, which are those that are judged, also when they stand before missing ones.
bool too_few_samples(const AlarmTerms& terms, const std::vector<Datapoint>& range) {
  if (!terms.samples_min) return false;
  std::int64_t real = 0;
  for (auto each = range.rbegin(); each != range.rend() && real < terms.evaluation_periods; ++each) {
    if (!each->value) continue;
    if (each->sample_count.value_or(0) < *terms.samples_min) return true;
    ++real;
  }
  return false;
}

}  // namespace

std::optional<AlarmState> decide(const std::vector<Mark>& range, std::int64_t evaluation_periods, std::int64_t datapoints_to_alarm,
                                 MissingData missing) {
  const auto alarm_if = [](bool alarm) { return alarm ? AlarmState::alarm : AlarmState::ok; };
  const Counts counts = count_newest(range, evaluation_periods);
  if (counts.real >= evaluation_periods) return alarm_if(counts.breaching >= datapoints_to_alarm);
  if (missing == MissingData::breaching) return alarm_if(counts.breaching + evaluation_periods - counts.real >= datapoints_to_alarm);
  if (missing == MissingData::not_breaching) return alarm_if(counts.breaching >= datapoints_to_alarm);
  const bool keeps = missing == MissingData::ignore;
  if (counts.real == 0) return keeps ? std::nullopt : std::optional(AlarmState::insufficient_data);
  if (counts.breaching >= datapoints_to_alarm) return AlarmState::alarm;
  if (counts.real > counts.breaching) return AlarmState::ok;
  if (keeps) return std::nullopt;
  // [open] no row of the table shows the OK of this line
  return alarm_if(oldest_breaching(range) >= datapoints_to_alarm);
}

std::optional<Verdict> evaluate(const AlarmTerms& terms, AlarmState current, const std::vector<Datapoint>& range, Instant now) {
  // "does not change state during periods with too few data points": so it keeps the state while one of the newest N is such [open]
  if (too_few_samples(terms, range)) return std::nullopt;
  std::vector<Mark> marks;
  for (const Datapoint& each : range) marks.push_back(!each.value ? Mark::missing : breaches(terms, each) ? Mark::breaching : Mark::ok);
  const auto state = decide(marks, terms.evaluation_periods, terms.datapoints_to_alarm, terms.missing);
  if (!state || *state == current) return std::nullopt;
  return Verdict{*state, reason_text(terms, current, *state, range), reason_data(terms, range, now), range};
}

}  // namespace tocsin::detect
