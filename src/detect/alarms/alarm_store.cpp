#include "detect/alarms/alarm_store.h"

#include <algorithm>

#include "model/arn.h"

namespace tocsin::detect {
namespace {

constexpr const char* columns =
    "account, region, name, kind, definition, revision, cadence_s, actions_enabled, state, reason, reason_data, evaluation_state, "
    "state_updated, state_transitioned, "
    "configured, warm_until, suppressed_by, suppressed_until, suppressed_from";

AlarmState state_of(std::string_view text) { return parse_alarm_state(text).value_or(AlarmState::insufficient_data); }

AlarmRecord record_of(const storage::Row& row) {
  return {
      .scope = {row.text(0), row.text(1)},
      .name = row.text(2),
      .kind = alarm_kind_of(row.text(3)),
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
      .warm_until = row.instant(15),
      .suppression = {.by = parse_suppressed_by(row.text(16)), .until = row.instant(17), .changed_from = parse_alarm_state(row.text(18))}};
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

std::string_view to_text(AlarmKind kind) {
  switch (kind) {
    case AlarmKind::metric:
      return "MetricAlarm";
    case AlarmKind::composite:
      return "CompositeAlarm";
    case AlarmKind::log:
      return "LogAlarm";
  }
  return "";
}

AlarmKind alarm_kind_of(std::string_view text) {
  for (const AlarmKind kind : {AlarmKind::composite, AlarmKind::log})
    if (text == to_text(kind)) return kind;
  return AlarmKind::metric;
}

std::string AlarmRecord::arn() const { return make_arn("cloudwatch", scope, "alarm:" + name); }

void AlarmStore::put(const AlarmRecord& alarm) {
  touch(alarm.scope, alarm.name);
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
  touch(scope, name);
  for (const char* sql : {"DELETE FROM alarms_children WHERE account = ? AND region = ? AND parent = ?",
                          "DELETE FROM alarms_suppressors WHERE account = ? AND region = ? AND composite = ?",
                          "DELETE FROM alarms_muted WHERE account = ? AND region = ? AND alarm_name = ?",
                          "DELETE FROM alarms_contributors WHERE account = ? AND region = ? AND alarm_name = ?"})
    database_.execute(sql, {scope.account, scope.region, name});
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

void AlarmStore::each_evaluated(const std::function<void(const AlarmRecord&)>& take) {
  constexpr std::size_t page = 1000;
  AlarmRecord last;
  while (true) {
    const auto rows =
        database_.query(std::string("SELECT ") + columns +
                            " FROM alarms_alarms WHERE (account, region, name) > (?, ?, ?) ORDER BY account, region, name LIMIT ?",
                        {last.scope.account, last.scope.region, last.name, page});
    for (const storage::Row& row : rows) {
      last = record_of(row);
      if (last.cadence_s != 0) take(last);
    }
    if (rows.size() < page) return;
  }
}

void AlarmStore::put_state(const AlarmRecord& alarm) {
  touch(alarm.scope, alarm.name);
  database_.execute(
      "UPDATE alarms_alarms SET state = ?, reason = ?, reason_data = ?, state_updated = ?, state_transitioned = ?, suppressed_by = ?, "
      "suppressed_until = ?, suppressed_from = ? WHERE account = ? AND region = ? AND name = ?",
      {to_text(alarm.state), alarm.reason, alarm.reason_data, alarm.state_updated, alarm.state_transitioned, to_text(alarm.suppression.by),
       alarm.suppression.until, alarm.suppression.changed_from ? to_text(*alarm.suppression.changed_from) : std::string_view(),
       alarm.scope.account, alarm.scope.region, alarm.name});
}

void AlarmStore::put_evaluation_state(const Scope& scope, const std::string& name, std::string_view evaluation_state, Instant at) {
  touch(scope, name);
  database_.execute("UPDATE alarms_alarms SET evaluation_state = ?, state_updated = ? WHERE account = ? AND region = ? AND name = ?",
                    {evaluation_state, at, scope.account, scope.region, name});
}

void AlarmStore::put_warm_until(const Scope& scope, const std::string& name, Instant warm_until) {
  touch(scope, name);
  database_.execute("UPDATE alarms_alarms SET warm_until = ? WHERE account = ? AND region = ? AND name = ?",
                    {warm_until, scope.account, scope.region, name});
}

bool AlarmStore::put_actions_enabled(const Scope& scope, const std::string& name, bool enabled, Instant configured) {
  return database_.execute("UPDATE alarms_alarms SET actions_enabled = ?, configured = ? WHERE account = ? AND region = ? AND name = ?",
                           {enabled, configured, scope.account, scope.region, name}) > 0;
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
