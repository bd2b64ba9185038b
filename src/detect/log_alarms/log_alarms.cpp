#include "detect/log_alarms/log_alarms.h"

#include <algorithm>
#include <boost/json.hpp>

#include "detect/alarms/alarm_documents.h"
#include "detect/alarms/alarm_evaluator.h"
#include "detect/alarms/service_json.h"

namespace tocsin::detect {
namespace {

const std::vector<storage::Migration> migrations = {
    {1,
     R"(CREATE TABLE log_alarms_results (account TEXT NOT NULL, region TEXT NOT NULL, alarm TEXT NOT NULL, at BIGINT NOT NULL, value DOUBLE PRECISION,
                                         PRIMARY KEY (account, region, alarm, at)))"},
};

}  // namespace

Result<void> LogAlarms::migrate() { return state_.database().migrate("log_alarms", migrations); }

Result<void> LogAlarms::put(const Scope& scope, Object definition, bool actions_enabled, const Tags& tags) {
  if (auto terms = terms_of_log_alarm(definition); !terms) return std::unexpected(terms.error());
  const std::string name = text_or(definition, "AlarmName");
  const auto before = alarms_.store().find(scope, name);
  if (before && before->kind != AlarmKind::log) return alarms_.put_log(scope, definition, actions_enabled, tags);  // which refuses it
  Object& configuration = definition["ScheduledQueryConfiguration"].as_object();
  configuration.erase("Tags");
  auto arn = queries_.put(scope, name, scheduled_query_of(configuration, query_name_of(name)));
  if (!arn) return std::unexpected(arn.error());
  configuration["QueryARN"] = *arn;
  // results of another query mean nothing to this one
  if (!before || *find(before->definition, "ScheduledQueryConfiguration") != Document(configuration))
    state_.database().execute("DELETE FROM log_alarms_results WHERE account = ? AND region = ? AND alarm = ?",
                              {scope.account, scope.region, name});
  return alarms_.put_log(scope, definition, actions_enabled, tags);
}

std::vector<Datapoint> LogAlarms::newest(const Scope& scope, const std::string& alarm, std::int64_t count, const Datapoint& last) {
  storage::Database& database = state_.database();
  database.execute(
      "INSERT INTO log_alarms_results (account, region, alarm, at, value) VALUES (?, ?, ?, ?, ?) ON CONFLICT (account, region, alarm, at) "
      "DO "
      "UPDATE SET value = excluded.value",
      {scope.account, scope.region, alarm, last.time, last.value});
  std::vector<Datapoint> range;
  for (const storage::Row& row :
       database.query("SELECT at, value FROM log_alarms_results WHERE account = ? AND region = ? AND alarm = ? ORDER BY at DESC LIMIT ?",
                      {scope.account, scope.region, alarm, count})) {
    Datapoint point{.time = row.instant(0), .value = {}, .sample_count = {}, .lower = {}, .upper = {}};
    if (!row.is_null(1)) point.value = row.real(1);
    range.push_back(point);
  }
  std::reverse(range.begin(), range.end());
  if (!range.empty())
    database.execute("DELETE FROM log_alarms_results WHERE account = ? AND region = ? AND alarm = ? AND at < ?",
                     {scope.account, scope.region, alarm, range.front().time});
  return range;
}

void LogAlarms::result(const Scope& scope, const std::string& name, Instant at, const Result<std::vector<LogQueryRow>>& rows) {
  auto alarm = alarms_.store().find(scope, name);
  if (!alarm || alarm->kind != AlarmKind::log) {
    // deleted meanwhile
    state_.database().execute("DELETE FROM log_alarms_results WHERE account = ? AND region = ? AND alarm = ?",
                              {scope.account, scope.region, name});
    return queries_.remove(scope, name);
  }
  const auto terms = terms_of_log_alarm(alarm->definition);
  if (!terms) return;
  const std::string evaluation = rows ? "" : "EVALUATION_ERROR";
  if (alarm->evaluation_state != evaluation) {
    alarms_.store().put_evaluation_state(scope, name, evaluation, state_.now());
    alarm->evaluation_state = evaluation;
  }
  const auto worst = rows ? worst_of(values_of(*rows), terms->comparison) : std::nullopt;
  Datapoint last{.time = at, .value = {}, .sample_count = {}, .lower = {}, .upper = {}};
  if (worst) last.value = worst->value;
  const auto range = newest(scope, name, terms->evaluation_periods, last);
  const Document* warm_up = find(alarm->definition, "WarmUpConfiguration");
  if (warm_up && truth_or(*warm_up, "OnlyStartEvaluatingAfterWarmUpPeriodEnds", false) && state_.now() < alarm->warm_until) return;
  const auto verdict = evaluate(*terms, alarm->state, range, state_.now());
  if (!verdict) return;
  std::string reason = verdict->reason;
  if (verdict->state == AlarmState::alarm && worst && !worst->group.empty()) reason += " The newest value is of " + worst->group + ".";
  alarms_.judge(*alarm, {.state = verdict->state,
                         .reason = std::move(reason),
                         .reason_data = to_service_json(verdict->reason_data),
                         .at = state_.now(),
                         .evidence = evidence_document(verdict->evidence),
                         .window_end = at});
}

}  // namespace tocsin::detect
