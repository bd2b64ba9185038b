#include "detect/alarms/alarm_mutes.h"

#include <algorithm>
#include <boost/json.hpp>

#include "detect/alarms/alarm.h"
#include "model/arn.h"

namespace tocsin::detect {

std::string MuteRule::arn() const { return make_arn("cloudwatch", scope, "alarm-mute-rule:" + name); }

MuteRule AlarmMutes::rule_of(const storage::Row& row) {
  MuteRule rule{{row.text(0), row.text(1)}, row.text(2), row.document(3), {}, row.instant(4), row.instant(5)};
  if (const Document* targets = tocsin::find(rule.definition, "MuteTargets"))
    for (const Document& each : array_at(*targets, "AlarmNames"))
      if (each.is_string()) rule.targets.emplace_back(each.get_string());
  return rule;
}

void AlarmMutes::put(const MuteRule& rule) {
  database_.execute(
      "INSERT INTO alarms_mute_rules (account, region, name, definition, created, updated) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (account, "
      "region, name) DO UPDATE SET definition = excluded.definition, updated = excluded.updated",
      {rule.scope.account, rule.scope.region, rule.name, rule.definition, rule.created, rule.updated});
  database_.execute("DELETE FROM alarms_mute_targets WHERE account = ? AND region = ? AND rule_name = ?",
                    {rule.scope.account, rule.scope.region, rule.name});
  for (const std::string& target : rule.targets)
    database_.execute(
        "INSERT INTO alarms_mute_targets (account, region, alarm_name, rule_name) VALUES (?, ?, ?, ?) ON CONFLICT (account, region, "
        "alarm_name, rule_name) DO NOTHING",
        {rule.scope.account, rule.scope.region, target, rule.name});
}

std::optional<MuteRule> AlarmMutes::find(const Scope& scope, const std::string& name) {
  const auto row = database_.query_one(
      "SELECT account, region, name, definition, created, updated FROM alarms_mute_rules WHERE account = ? AND region = ? AND name = ?",
      {scope.account, scope.region, name});
  if (!row) return std::nullopt;
  return rule_of(*row);
}

std::vector<MuteRule> AlarmMutes::list(const Scope& scope, const std::string& target, const std::string& after, std::size_t count_max) {
  std::string sql =
      "SELECT account, region, name, definition, created, updated FROM alarms_mute_rules r WHERE account = ? AND region = ? AND name > ?";
  std::vector<storage::Parameter> parameters = {scope.account, scope.region, after};
  if (!target.empty()) {
    sql +=
        " AND EXISTS (SELECT 1 FROM alarms_mute_targets t WHERE t.account = r.account AND t.region = r.region AND t.rule_name = r.name AND "
        "t.alarm_name = ?)";
    parameters.push_back(target);
  }
  sql += " ORDER BY name LIMIT ?";
  parameters.push_back(count_max);
  std::vector<MuteRule> rules;
  for (const storage::Row& row : database_.query(sql, parameters)) rules.push_back(rule_of(row));
  return rules;
}

std::size_t AlarmMutes::count(const Scope& scope) {
  const auto row =
      database_.query_one("SELECT COUNT(*) FROM alarms_mute_rules WHERE account = ? AND region = ?", {scope.account, scope.region});
  return row ? static_cast<std::size_t>(row->integer(0)) : 0;
}

bool AlarmMutes::remove(const Scope& scope, const std::string& name) {
  database_.execute("DELETE FROM alarms_mute_targets WHERE account = ? AND region = ? AND rule_name = ?",
                    {scope.account, scope.region, name});
  return database_.execute("DELETE FROM alarms_mute_rules WHERE account = ? AND region = ? AND name = ?",
                           {scope.account, scope.region, name}) > 0;
}

std::optional<ActiveMute> AlarmMutes::active(const Scope& scope, const std::string& alarm, Instant at) {
  std::optional<ActiveMute> active;
  Instant newest{};
  const auto rows = database_.query("SELECT rule_name FROM alarms_mute_targets WHERE account = ? AND region = ? AND alarm_name = ?",
                                    {scope.account, scope.region, alarm});
  for (const storage::Row& row : rows) {
    const auto rule = find(scope, row.text(0));
    if (!rule) continue;
    const auto terms = parse_mute_terms(rule->definition);
    const auto window = terms ? mute_window_at(*terms, at) : std::nullopt;
    if (!window) continue;
    if (active) {
      ++active->others;
      active->until = std::max(active->until, window->end);
      if (rule->created <= newest) continue;
      active->rule_name = rule->name;
      active->rule_arn = rule->arn();
      active->window = *window;
    } else {
      active = {rule->name, rule->arn(), *window, 0, window->end};
    }
    newest = rule->created;
  }
  return active;
}

void AlarmMutes::hold(const Scope& scope, const std::string& alarm, const MutedChange& change) {
  database_.execute(
      "INSERT INTO alarms_muted (account, region, alarm_name, state, from_state) VALUES (?, ?, ?, ?, ?) ON CONFLICT (account, region, "
      "alarm_name) DO UPDATE SET state = excluded.state, from_state = excluded.from_state",
      {scope.account, scope.region, alarm, to_text(change.state), to_text(change.from)});
}

std::optional<MutedChange> AlarmMutes::held(const Scope& scope, const std::string& alarm) {
  const auto row = database_.query_one("SELECT state, from_state FROM alarms_muted WHERE account = ? AND region = ? AND alarm_name = ?",
                                       {scope.account, scope.region, alarm});
  if (!row) return std::nullopt;
  return MutedChange{parse_alarm_state(row->text(0)).value_or(AlarmState::ok), parse_alarm_state(row->text(1)).value_or(AlarmState::ok)};
}

void AlarmMutes::let_go(const Scope& scope, const std::string& alarm) {
  database_.execute("DELETE FROM alarms_muted WHERE account = ? AND region = ? AND alarm_name = ?", {scope.account, scope.region, alarm});
}

}  // namespace tocsin::detect
