#include "detect/alarms/alarm_store.h"

#include <algorithm>

#include "model/arn.h"

namespace tocsin::detect {
namespace {

const std::vector<storage::Migration> migrations = {
    {1,
     R"(CREATE TABLE alarms_alarms (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, definition TEXT NOT NULL,
             revision BIGINT NOT NULL, cadence_s BIGINT NOT NULL, metric_namespace TEXT NOT NULL, metric_name TEXT NOT NULL, actions_enabled BIGINT NOT NULL,
             state TEXT NOT NULL, reason TEXT NOT NULL, reason_data TEXT NOT NULL, evaluation_state TEXT NOT NULL, state_updated BIGINT NOT NULL,
             state_transitioned BIGINT NOT NULL, configured BIGINT NOT NULL, warm_until BIGINT NOT NULL, PRIMARY KEY (account, region, name));
           CREATE INDEX alarms_alarms_due ON alarms_alarms (cadence_s, account, region, name);
           CREATE INDEX alarms_alarms_metric ON alarms_alarms (account, region, metric_namespace, metric_name);
           CREATE TABLE alarms_history (account TEXT NOT NULL, region TEXT NOT NULL, sequence BIGINT NOT NULL, alarm_name TEXT NOT NULL, kind TEXT NOT NULL,
             time BIGINT NOT NULL, type TEXT NOT NULL, summary TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (account, region, sequence));
           CREATE INDEX alarms_history_alarm ON alarms_history (account, region, alarm_name, sequence);
           CREATE INDEX alarms_history_time ON alarms_history (time);
           CREATE TABLE alarms_evidence (account TEXT NOT NULL, region TEXT NOT NULL, sequence BIGINT NOT NULL, alarm_name TEXT NOT NULL, window_end BIGINT NOT NULL,
             datapoints TEXT NOT NULL, PRIMARY KEY (account, region, sequence));
           CREATE TABLE alarms_children (account TEXT NOT NULL, region TEXT NOT NULL, parent TEXT NOT NULL, child TEXT NOT NULL,
             PRIMARY KEY (account, region, parent, child));
           CREATE INDEX alarms_children_child ON alarms_children (account, region, child);
           CREATE TABLE alarms_progress (cadence_s BIGINT PRIMARY KEY, evaluated_to_s BIGINT NOT NULL);
           CREATE TABLE alarms_tags (arn TEXT NOT NULL, tag_key TEXT NOT NULL, tag_value TEXT NOT NULL, PRIMARY KEY (arn, tag_key));)"},
};

constexpr const char* columns =
    "account, region, name, kind, definition, revision, cadence_s, actions_enabled, state, reason, reason_data, evaluation_state, "
    "state_updated, state_transitioned, "
    "configured, warm_until";

AlarmKind kind_of(std::string_view text) { return text == to_text(AlarmKind::composite) ? AlarmKind::composite : AlarmKind::metric; }
AlarmState state_of(std::string_view text) { return parse_alarm_state(text).value_or(AlarmState::insufficient_data); }

AlarmRecord record_of(const storage::Row& row) {
  return {.scope = {row.text(0), row.text(1)},
          .name = row.text(2),
          .kind = kind_of(row.text(3)),
          .definition = row.document(4),
          .revision = row.integer(5),
          .cadence_s = row.integer(6),
          .actions_enabled = row.truth(7),
          .state = state_of(row.text(8)),
          .reason = row.text(9),
          .reason_data = row.text(10),
          .evaluation_state = row.text(11),
          .state_updated = row.instant(12),
          .state_transitioned = row.instant(13),
          .configured = row.instant(14),
          .warm_until = row.instant(15)};
}

bool has_action(const AlarmRecord& alarm, const std::string& prefix) {
  if (prefix.empty()) return true;
  for (const char* list : {"OKActions", "AlarmActions", "InsufficientDataActions"})
    for (const Document& action : array_at(alarm.definition, list))
      if (action.is_string() && std::string_view(action.get_string()).starts_with(prefix)) return true;
  return false;
}

bool matches(const AlarmFilter& filter, const AlarmRecord& alarm) {
  if (!filter.names.empty() && std::find(filter.names.begin(), filter.names.end(), alarm.name) == filter.names.end()) return false;
  if (!alarm.name.starts_with(filter.name_prefix)) return false;
  if (!filter.kinds.empty() && !filter.kinds.contains(alarm.kind)) return false;
  if (filter.state && alarm.state != *filter.state) return false;
  return has_action(alarm, filter.action_prefix);
}

}  // namespace

std::string_view to_text(AlarmKind kind) { return kind == AlarmKind::metric ? "MetricAlarm" : "CompositeAlarm"; }

std::string AlarmRecord::arn() const { return make_arn("cloudwatch", scope, "alarm:" + name); }

Result<void> AlarmStore::migrate() { return database_.migrate("alarms", migrations); }

void AlarmStore::put(const AlarmRecord& alarm) {
  database_.execute(
      "INSERT INTO alarms_alarms (account, region, name, kind, definition, revision, cadence_s, metric_namespace, metric_name, "
      "actions_enabled, state, reason, "
      "reason_data, evaluation_state, state_updated, state_transitioned, configured, warm_until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
      "?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (account, region, name) DO UPDATE SET kind = excluded.kind, definition = excluded.definition, revision = "
      "excluded.revision, cadence_s = "
      "excluded.cadence_s, metric_namespace = excluded.metric_namespace, metric_name = excluded.metric_name, actions_enabled = "
      "excluded.actions_enabled, state = "
      "excluded.state, reason = excluded.reason, reason_data = excluded.reason_data, evaluation_state = excluded.evaluation_state, "
      "state_updated = "
      "excluded.state_updated, state_transitioned = excluded.state_transitioned, configured = excluded.configured, warm_until = "
      "excluded.warm_until",
      {alarm.scope.account, alarm.scope.region, alarm.name, to_text(alarm.kind), alarm.definition, alarm.revision, alarm.cadence_s,
       text_or(alarm.definition, "Namespace"), text_or(alarm.definition, "MetricName"), alarm.actions_enabled, to_text(alarm.state),
       alarm.reason, alarm.reason_data, alarm.evaluation_state, alarm.state_updated, alarm.state_transitioned, alarm.configured,
       alarm.warm_until});
}

bool AlarmStore::remove(const Scope& scope, const std::string& name) {
  database_.execute("DELETE FROM alarms_children WHERE account = ? AND region = ? AND parent = ?", {scope.account, scope.region, name});
  return database_.execute("DELETE FROM alarms_alarms WHERE account = ? AND region = ? AND name = ?", {scope.account, scope.region, name}) >
         0;
}

std::optional<AlarmRecord> AlarmStore::find(const Scope& scope, const std::string& name) {
  const auto row =
      database_.query_one(std::string("SELECT ") + columns + " FROM alarms_alarms WHERE account = ? AND region = ? AND name = ?",
                          {scope.account, scope.region, name});
  if (!row) return std::nullopt;
  return record_of(*row);
}

std::vector<AlarmRecord> AlarmStore::list(const Scope& scope, const AlarmFilter& filter) {
  std::vector<AlarmRecord> found;
  if (!filter.names.empty()) {
    for (const std::string& name : std::set<std::string>(filter.names.begin(), filter.names.end())) {
      if (name <= filter.after_name || found.size() > filter.count_max) continue;
      if (auto alarm = find(scope, name); alarm && matches(filter, *alarm)) found.push_back(std::move(*alarm));
    }
    return found;
  }
  // names in pages, so that a filter that matches little does not read everything at once
  std::string after = filter.after_name;
  while (found.size() <= filter.count_max) {
    const auto rows =
        database_.query(std::string("SELECT ") + columns +
                            " FROM alarms_alarms WHERE account = ? AND region = ? AND name > ? AND name >= ? ORDER BY name LIMIT 200",
                        {scope.account, scope.region, after, filter.name_prefix});
    for (const storage::Row& row : rows) {
      AlarmRecord alarm = record_of(row);
      after = alarm.name;
      if (!after.starts_with(filter.name_prefix)) return found;
      if (matches(filter, alarm)) found.push_back(std::move(alarm));
      if (found.size() > filter.count_max) break;
    }
    if (rows.size() < 200) break;
  }
  return found;
}

std::vector<AlarmRecord> AlarmStore::of_metric(const Scope& scope, const std::string& metric_namespace, const std::string& name) {
  std::vector<AlarmRecord> found;
  for (const storage::Row& row : database_.query(
           std::string("SELECT ") + columns +
               " FROM alarms_alarms WHERE account = ? AND region = ? AND metric_namespace = ? AND metric_name = ? ORDER BY name",
           {scope.account, scope.region, metric_namespace, name}))
    found.push_back(record_of(row));
  return found;
}

std::size_t AlarmStore::count(const Scope& scope) {
  const auto row =
      database_.query_one("SELECT COUNT(*) FROM alarms_alarms WHERE account = ? AND region = ?", {scope.account, scope.region});
  return row ? static_cast<std::size_t>(row->integer(0)) : 0;
}

std::vector<DueAlarm> AlarmStore::due(std::int64_t cadence_s, const DueAlarm* after, std::size_t count_max) {
  std::vector<DueAlarm> due;
  const Scope scope = after ? after->scope : Scope{};
  for (const storage::Row& row : database_.query("SELECT account, region, name, revision, state, evaluation_state, configured, warm_until "
                                                 "FROM alarms_alarms WHERE cadence_s = ? AND (account, region, name) > "
                                                 "(?, ?, ?) ORDER BY account, region, name LIMIT ?",
                                                 {cadence_s, scope.account, scope.region, after ? after->name : "", count_max}))
    due.push_back(
        {{row.text(0), row.text(1)}, row.text(2), row.integer(3), state_of(row.text(4)), row.text(5), row.instant(6), row.instant(7)});
  return due;
}

void AlarmStore::put_state(const AlarmRecord& alarm) {
  database_.execute(
      "UPDATE alarms_alarms SET state = ?, reason = ?, reason_data = ?, state_updated = ?, state_transitioned = ? WHERE account = ? AND "
      "region = ? AND name = ?",
      {to_text(alarm.state), alarm.reason, alarm.reason_data, alarm.state_updated, alarm.state_transitioned, alarm.scope.account,
       alarm.scope.region, alarm.name});
}

void AlarmStore::put_evaluation_state(const Scope& scope, const std::string& name, std::string_view evaluation_state) {
  database_.execute("UPDATE alarms_alarms SET evaluation_state = ? WHERE account = ? AND region = ? AND name = ?",
                    {evaluation_state, scope.account, scope.region, name});
}

bool AlarmStore::put_actions_enabled(const Scope& scope, const std::string& name, bool enabled) {
  return database_.execute("UPDATE alarms_alarms SET actions_enabled = ? WHERE account = ? AND region = ? AND name = ?",
                           {enabled, scope.account, scope.region, name}) > 0;
}

std::optional<std::int64_t> AlarmStore::evaluated_to(std::int64_t cadence_s) {
  const auto row = database_.query_one("SELECT evaluated_to_s FROM alarms_progress WHERE cadence_s = ?", {cadence_s});
  if (!row) return std::nullopt;
  return row->integer(0);
}

void AlarmStore::put_evaluated_to(std::int64_t cadence_s, std::int64_t at_s) {
  database_.execute(
      "INSERT INTO alarms_progress (cadence_s, evaluated_to_s) VALUES (?, ?) ON CONFLICT (cadence_s) DO UPDATE SET evaluated_to_s = "
      "excluded.evaluated_to_s",
      {cadence_s, at_s});
}

}  // namespace tocsin::detect
