#include "detect/alarms/contributor_alarms.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"
#include "detect/alarms/alarm_evaluator.h"
#include "detect/alarms/alarm_reason.h"

namespace tocsin::detect {
namespace {

Document to_document(const std::map<std::string, std::string>& attributes) {
  Object object;
  for (const auto& [name, value] : attributes) object[name] = value;
  return object;
}

/// Those that were known, by their id.
std::map<std::string, ContributorRecord> by_id(std::vector<ContributorRecord> contributors) {
  std::map<std::string, ContributorRecord> known;
  for (ContributorRecord& each : contributors) known.emplace(each.id, std::move(each));
  return known;
}

}  // namespace

std::string contributor_id(const std::map<std::string, std::string>& attributes) {
  return to_hex(sha256(to_json(to_document(attributes)))).substr(0, 16);
}

std::string contributors_reason(std::size_t in_alarm, std::size_t all) {
  if (in_alarm > 100) return "100+ time series evaluated to ALARM";
  return fmt::format("{} out of {} time series evaluated to ALARM", in_alarm, all);
}

void ContributorAlarms::change(const AlarmRecord& alarm, ContributorRecord& contributor, AlarmState to, std::string reason, Instant now) {
  const StateView before{contributor.state, contributor.reason, {}, contributor.transitioned};
  contributor.state = to;
  contributor.reason = std::move(reason);
  contributor.transitioned = now;
  transitions_.apply_contributor(alarm, contributor, before);
}

void ContributorAlarms::settle(AlarmRecord& alarm, Instant now) {
  const auto contributors = store_.contributors(alarm.scope, alarm.name);
  const auto in_alarm = static_cast<std::size_t>(std::count_if(
      contributors.begin(), contributors.end(), [](const ContributorRecord& each) { return each.state == AlarmState::alarm; }));
  const AlarmState state = in_alarm > 0 ? AlarmState::alarm : AlarmState::ok;
  if (state == alarm.state) return;
  const std::string reason = in_alarm > 0 ? contributors_reason(in_alarm, contributors.size())
                                          : fmt::format("{0} out of {0} time series evaluated to OK", contributors.size());
  transitions_.apply(alarm, {.state = state, .reason = reason, .reason_data = {}, .at = now, .level = ActionLevel::alarm});
}

void ContributorAlarms::evaluate_series(AlarmRecord& alarm, const AlarmTerms& terms, const ManySeries& many, Instant now, bool unwatched) {
  auto known = by_id(store_.contributors(alarm.scope, alarm.name));
  for (const SeriesPoints& series : many.series) {
    const std::string id = contributor_id(series.attributes);
    auto node = known.extract(id);
    const bool is_new = node.empty();
    ContributorRecord contributor =
        is_new ? ContributorRecord{.id = id, .attributes = to_document(series.attributes), .transitioned = now, .turned = now}
               : node.mapped();
    std::vector<Mark> marks;
    for (const Datapoint& each : series.range)
      marks.push_back(!each.value ? Mark::missing : breaches(terms, each) ? Mark::breaching : Mark::ok);
    const MissingData missing = unwatched ? MissingData::ignore : terms.missing;
    auto state = decide(marks, terms.evaluation_periods, terms.datapoints_to_alarm, missing);
    // a series is there because it has data: it is never without
    if (state == AlarmState::insufficient_data) state = AlarmState::ok;
    const bool changes = state && *state != contributor.state;
    if (changes) change(alarm, contributor, *state, contributor_reason(terms, *state, series.range), now);
    if (changes || is_new) store_.put_contributor(alarm.scope, alarm.name, contributor);
  }
  if (unwatched && !known.empty()) return settle(alarm, now);
  for (auto& [id, contributor] : known) {
    if (contributor.state == AlarmState::alarm)
      change(alarm, contributor, AlarmState::ok, "No data was returned for this contributor", now);
    store_.remove_contributor(alarm.scope, alarm.name, id);
  }
  if (!many.series.empty()) return settle(alarm, now);
  if (unwatched) return;
  // no series at all: the alarm's own treatment of missing data decides
  const std::vector<Mark> nothing(static_cast<std::size_t>(evaluation_range(terms)), Mark::missing);
  const auto state = decide(nothing, terms.evaluation_periods, terms.datapoints_to_alarm, terms.missing);
  if (!state || *state == alarm.state) return;
  const std::vector<Datapoint> range(nothing.size());
  transitions_.apply(alarm, {.state = *state, .reason = reason_text(terms, alarm.state, *state, range), .reason_data = {}, .at = now});
}

void ContributorAlarms::evaluate_promql(AlarmRecord& alarm, const AlarmTerms& terms, const ManySeries& many, Instant at, Instant now) {
  auto known = by_id(store_.contributors(alarm.scope, alarm.name));
  for (const SeriesPoints& series : many.series) {
    const std::string id = contributor_id(series.attributes);
    auto node = known.extract(id);
    const bool is_new = node.empty();
    ContributorRecord contributor =
        is_new ? ContributorRecord{.id = id, .attributes = to_document(series.attributes), .transitioned = now, .turned = at}
               : node.mapped();
    const bool came_back = !contributor.present;
    if (came_back) contributor.present = true, contributor.turned = at;
    const bool fires = contributor.state == AlarmState::ok && at - contributor.turned >= std::chrono::seconds(terms.promql->pending_s);
    if (fires) change(alarm, contributor, AlarmState::alarm, {}, now);
    if (fires || came_back || is_new) store_.put_contributor(alarm.scope, alarm.name, contributor);
  }
  for (auto& [id, contributor] : known) {
    const bool left = contributor.present;
    if (left) contributor.present = false, contributor.turned = at;
    const bool in_alarm = contributor.state == AlarmState::alarm;
    if (in_alarm && at - contributor.turned < std::chrono::seconds(terms.promql->recovery_s)) {
      if (left) store_.put_contributor(alarm.scope, alarm.name, contributor);
      continue;
    }
    if (in_alarm) change(alarm, contributor, AlarmState::ok, {}, now);
    store_.remove_contributor(alarm.scope, alarm.name, id);
  }
  settle(alarm, now);
}

}  // namespace tocsin::detect
