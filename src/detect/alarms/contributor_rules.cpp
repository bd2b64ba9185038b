#include "detect/alarms/contributor_rules.h"

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

void change(ContributorBook& book, ContributorRecord& contributor, AlarmState to, std::string reason, Instant now) {
  const ContributorRecord before = contributor;
  contributor.state = to;
  contributor.reason = std::move(reason);
  contributor.transitioned = now;
  book.changed(contributor, before);
}

void settle(ContributorBook& book) {
  const auto contributors = book.all();
  const auto in_alarm = static_cast<std::size_t>(std::count_if(
      contributors.begin(), contributors.end(), [](const ContributorRecord& each) { return each.state == AlarmState::alarm; }));
  const AlarmState state = in_alarm > 0 ? AlarmState::alarm : AlarmState::ok;
  if (state == book.alarm_state()) return;
  const std::string reason = in_alarm > 0 ? contributors_reason(in_alarm, contributors.size())
                                          : fmt::format("{0} out of {0} time series evaluated to OK", contributors.size());
  book.change_alarm(state, reason, true);
}

struct TakenOut {
  ContributorRecord contributor;
  bool is_new = false;
};

/// The contributor of a series, which is then no longer among the known; one that was not there is new.
template <typename Known>
TakenOut taken_out(Known& known, const SeriesPoints& series, Instant now, Instant turned) {
  const std::string id = contributor_id(series.attributes);
  if (auto node = known.extract(id)) return {node.mapped(), false};
  return {{.id = id, .attributes = to_document(series.attributes), .transitioned = now, .turned = turned}, true};
}

}  // namespace

std::string contributor_id(const std::map<std::string, std::string>& attributes) {
  return to_hex(sha256(to_json(to_document(attributes)))).substr(0, 16);
}

std::string contributors_reason(std::size_t in_alarm, std::size_t all) {
  if (in_alarm > 100) return "100+ time series evaluated to ALARM";
  return fmt::format("{} out of {} time series evaluated to ALARM", in_alarm, all);
}

void evaluate_contributors(ContributorBook& book, const AlarmTerms& terms, const ManySeries& many, Instant now, bool unwatched) {
  auto known = by_id(book.all());
  for (const SeriesPoints& series : many.series) {
    auto [contributor, is_new] = taken_out(known, series, now, now);
    std::vector<Mark> marks;
    for (const Datapoint& each : series.range)
      marks.push_back(!each.value ? Mark::missing : breaches(terms, each) ? Mark::breaching : Mark::ok);
    const MissingData missing = unwatched ? MissingData::ignore : terms.missing;
    auto state = decide(marks, terms.evaluation_periods, terms.datapoints_to_alarm, missing);
    // a series is there because it has data: it is never without
    if (state == AlarmState::insufficient_data) state = AlarmState::ok;
    const bool changes = state && *state != contributor.state;
    if (changes) change(book, contributor, *state, contributor_reason(terms, *state, series.range), now);
    if (changes || is_new) book.put(contributor);
  }
  if (unwatched && !known.empty()) return settle(book);
  for (auto& [id, contributor] : known) {
    if (contributor.state == AlarmState::alarm) change(book, contributor, AlarmState::ok, "No data was returned for this contributor", now);
    book.remove(id);
  }
  if (!many.series.empty()) return settle(book);
  if (unwatched) return;
  // no series at all: the alarm's own treatment of missing data decides
  const std::vector<Mark> nothing(static_cast<std::size_t>(evaluation_range(terms)), Mark::missing);
  const auto state = decide(nothing, terms.evaluation_periods, terms.datapoints_to_alarm, terms.missing);
  if (!state || *state == book.alarm_state()) return;
  const std::vector<Datapoint> range(nothing.size());
  book.change_alarm(*state, reason_text(terms, book.alarm_state(), *state, range), false);
}

void evaluate_promql_contributors(ContributorBook& book, const AlarmTerms& terms, const ManySeries& many, Instant at, Instant now) {
  auto known = by_id(book.all());
  for (const SeriesPoints& series : many.series) {
    auto [contributor, is_new] = taken_out(known, series, now, at);
    const bool came_back = !contributor.present;
    if (came_back) contributor.present = true, contributor.turned = at;
    const bool fires = contributor.state == AlarmState::ok && at - contributor.turned >= std::chrono::seconds(terms.promql->pending_s);
    if (fires) change(book, contributor, AlarmState::alarm, {}, now);
    if (fires || came_back || is_new) book.put(contributor);
  }
  for (auto& [id, contributor] : known) {
    const bool left = contributor.present;
    if (left) contributor.present = false, contributor.turned = at;
    const bool in_alarm = contributor.state == AlarmState::alarm;
    if (in_alarm && at - contributor.turned < std::chrono::seconds(terms.promql->recovery_s)) {
      if (left) book.put(contributor);
      continue;
    }
    if (in_alarm) change(book, contributor, AlarmState::ok, {}, now);
    book.remove(id);
  }
  settle(book);
}

}  // namespace tocsin::detect
