// Buses and rules as they are kept.
#include "events/rules/rules.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/schedule/schedule.h"
#include "events/patterns/pattern.h"
#include "events/rules/rule_cache.h"
#include "events/rules/rule_rows.h"
#include "model/arn.h"

namespace tocsin::events {
namespace {

constexpr std::int64_t rules_per_bus_max = 300;
constexpr int wildcard_rules_per_bus_max = 30;
constexpr std::size_t pattern_length_max = 4096;

const std::vector<storage::Migration> migrations = {
    {1, R"(
CREATE TABLE events_buses (
  account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, definition TEXT NOT NULL, policy TEXT NOT NULL, tags TEXT NOT NULL,
  generation INTEGER NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL,
  PRIMARY KEY (account, region, name));
CREATE TABLE events_rules (
  account TEXT NOT NULL, region TEXT NOT NULL, bus TEXT NOT NULL, name TEXT NOT NULL, arn TEXT NOT NULL UNIQUE, pattern TEXT NOT NULL, schedule TEXT NOT NULL,
  state TEXT NOT NULL, description TEXT NOT NULL, role_arn TEXT NOT NULL, tags TEXT NOT NULL, created_at INTEGER NOT NULL, scheduled_from INTEGER NOT NULL,
  PRIMARY KEY (account, region, bus, name));
CREATE TABLE events_targets (
  account TEXT NOT NULL, region TEXT NOT NULL, bus TEXT NOT NULL, rule TEXT NOT NULL, id TEXT NOT NULL, arn TEXT NOT NULL, definition TEXT NOT NULL,
  PRIMARY KEY (account, region, bus, rule, id));
CREATE INDEX events_targets_arn ON events_targets (account, region, bus, arn);
)"},
};

constexpr const char* bus_columns = "SELECT account, region, name, definition, policy, tags, created_at, modified_at FROM events_buses ";

EventBus read_bus(const storage::Row& row) {
  EventBus bus{{row.text(0), row.text(1)}, row.text(2), {}, row.text(4), to_tags(row.document(5)), row.instant(6), row.instant(7)};
  bus.definition = row.document(3).as_object();
  return bus;
}

/// A bus is named by its name or its ARN.
std::string bus_name(const std::string& name_or_arn) {
  const auto arn = parse_arn(name_or_arn);
  return arn && arn->resource.starts_with("event-bus/") ? arn->resource.substr(10) : name_or_arn;
}

}  // namespace

Object to_object(const Tags& tags) {
  Object out;
  for (const auto& [key, value] : tags) out[key] = value;
  return out;
}

Tags to_tags(const Document& document) {
  Tags out;
  for (const auto& [key, value] : document.as_object()) out.emplace(key, value.as_string());
  return out;
}

Rule read_rule(const storage::Row& row) {
  return {{row.text(0), row.text(1)},
          row.text(2),
          row.text(3),
          row.text(4),
          row.text(5),
          parse_rule_state(row.text(6)).value_or(RuleState::disabled),
          row.text(7),
          row.text(8),
          to_tags(row.document(9)),
          row.instant(10),
          row.instant(11)};
}

std::unexpected<Error> no_rule(const std::string& name, const std::string& bus) {
  return fail(ErrorKind::not_found, fmt::format("Rule {} does not exist on EventBus {}.", name, bus), "ResourceNotFoundException");
}
std::unexpected<Error> no_bus(const std::string& name) {
  return fail(ErrorKind::not_found, fmt::format("Event bus {} does not exist.", name), "ResourceNotFoundException");
}
std::unexpected<Error> bad_request(std::string words) { return fail(ErrorKind::invalid, std::move(words), "ValidationException"); }

Result<void> Rules::migrate() { return state_.database().migrate("events", migrations); }

// --- buses

Result<EventBus> Rules::create_bus(const EventBus& bus) {
  if (bus.name.find('/') != std::string::npos) return bad_request("Event bus name must not contain '/'.");
  if (bus.name.empty() ||
      bus.name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") != std::string::npos)
    return bad_request("Event bus name is not valid.");
  if (bus.name == default_bus || find_bus(bus.scope, bus.name))
    return fail(ErrorKind::already_exists, fmt::format("Event bus {} already exists.", bus.name), "ResourceAlreadyExistsException");
  state_.note_change(rules_part);
  EventBus made = bus;
  made.created_at = made.modified_at = state_.now();
  state_.database().execute(
      "INSERT INTO events_buses (account, region, name, definition, policy, tags, generation, created_at, modified_at) VALUES "
      "(?,?,?,?,?,?,0,?,?)",
      {bus.scope.account, bus.scope.region, bus.name, bus.definition, bus.policy, to_object(bus.tags), made.created_at, made.modified_at});
  return made;
}

Result<EventBus> Rules::find_bus(const Scope& scope, const std::string& name_or_arn) {
  const std::string name = bus_name(name_or_arn);
  if (const auto arn = parse_arn(name_or_arn); arn && (arn->account != scope.account || arn->region != scope.region)) return no_bus(name);
  if (const auto row = state_.database().query_one(std::string(bus_columns) + "WHERE account = ? AND region = ? AND name = ?",
                                                   {scope.account, scope.region, name}))
    return read_bus(*row);
  if (name != default_bus) return no_bus(name);
  state_.note_change(rules_part);
  // every scope has a default bus, made when it is first asked for
  const EventBus bus{scope, name, {}, "", {}, state_.now(), state_.now()};
  state_.database().execute(
      "INSERT INTO events_buses (account, region, name, definition, policy, tags, generation, created_at, modified_at) VALUES "
      "(?,?,?,'{}','','{}',0,?,?)",
      {scope.account, scope.region, name, bus.created_at, bus.modified_at});
  return bus;
}

std::string Rules::bus_policy(const Scope& scope, const std::string& name) {
  const auto row = state_.database().query_one("SELECT policy FROM events_buses WHERE account = ? AND region = ? AND name = ?",
                                               {scope.account, scope.region, name});
  return row ? row->text(0) : "";
}

std::vector<EventBus> Rules::list_buses(const Scope& scope, const std::string& prefix, const std::string& after, int count_max) {
  (void)find_bus(scope, default_bus);
  std::vector<EventBus> out;
  for (const auto& row : state_.database().query(
           std::string(bus_columns) + "WHERE account = ? AND region = ? AND name > ? AND substr(name, 1, ?) = ? ORDER BY name LIMIT ?",
           {scope.account, scope.region, after, prefix.size(), prefix, count_max}))
    out.push_back(read_bus(row));
  return out;
}

Result<void> Rules::update_bus(const EventBus& bus) {
  state_.database().execute(
      "UPDATE events_buses SET definition = ?, policy = ?, tags = ?, modified_at = ? WHERE account = ? AND region = ? AND name = ?",
      {bus.definition, bus.policy, to_object(bus.tags), state_.now(), bus.scope.account, bus.scope.region, bus.name});
  return {};
}

Result<void> Rules::remove_bus(const Scope& scope, const std::string& name) {
  if (name == default_bus) return bad_request("Cannot delete event bus default.");
  const auto rules = state_.database().query_one("SELECT COUNT(*) FROM events_rules WHERE account = ? AND region = ? AND bus = ?",
                                                 {scope.account, scope.region, name});
  if (rules && rules->integer(0) > 0) return bad_request("Event bus can't be deleted since it has rules.");
  state_.note_change(rules_part);
  // a bus of the same name would count its generations from the start
  cache_->buses.erase({scope.account, scope.region, name});
  state_.database().execute("DELETE FROM events_buses WHERE account = ? AND region = ? AND name = ?", {scope.account, scope.region, name});
  return {};
}

void Rules::touch_bus(const Scope& scope, const std::string& bus) {
  state_.note_change(rules_part);
  state_.database().execute("UPDATE events_buses SET generation = generation + 1 WHERE account = ? AND region = ? AND name = ?",
                            {scope.account, scope.region, bus});
}

// --- rules

Result<void> Rules::check_rule(const Rule& rule) {
  if (rule.pattern.empty() && rule.schedule.empty())
    return bad_request("Parameter(s) EventPattern or ScheduleExpression must be specified.");
  if (!rule.schedule.empty()) {
    if (rule.bus != default_bus) return bad_request("ScheduleExpression is supported only on the default event bus.");
    if (!(rule.schedule.starts_with("rate(") || rule.schedule.starts_with("cron(")) || !parse_schedule(rule.schedule))
      return bad_request("Parameter ScheduleExpression is not valid.");
  }
  if (rule.pattern.empty()) return {};
  if (rule.pattern.size() > pattern_length_max)
    return bad_request(fmt::format("Parameter EventPattern for rule {} exceeds limit of {}.", rule.name, pattern_length_max));
  const auto pattern = compile_pattern(rule.pattern);
  if (!pattern) return fail(ErrorKind::invalid, invalid_pattern_words(pattern.error()), "InvalidEventPatternException");
  if (!pattern->has_wildcard()) return {};
  int with_wildcards = 0;
  for (const auto& row : state_.database().query(
           "SELECT pattern FROM events_rules WHERE account = ? AND region = ? AND bus = ? AND name <> ? AND pattern LIKE '%wildcard%'",
           {rule.scope.account, rule.scope.region, rule.bus, rule.name})) {
    const auto other = compile_pattern(row.text(0));
    with_wildcards += other && other->has_wildcard() ? 1 : 0;
  }
  if (with_wildcards >= wildcard_rules_per_bus_max)
    return fail(ErrorKind::limit_exceeded,
                fmt::format("The limit of {} rules with wildcards on this event bus has been reached.", wildcard_rules_per_bus_max),
                "LimitExceededException");
  return {};
}

Result<Rule> Rules::put_rule(Rule rule) {
  const auto bus = find_bus(rule.scope, rule.bus);
  if (!bus) return std::unexpected(bus.error());
  rule.bus = bus->name;
  if (const auto checked = check_rule(rule); !checked) return std::unexpected(checked.error());
  rule.created_at = rule.scheduled_from = state_.now();
  if (const auto existing = find_rule(rule.scope, rule.bus, rule.name)) {
    rule.created_at = existing->created_at;
    rule.tags = existing->tags;
    // the same schedule goes on in its rhythm
    if (existing->schedule == rule.schedule) rule.scheduled_from = existing->scheduled_from;
  } else {
    const auto count = state_.database().query_one("SELECT COUNT(*) FROM events_rules WHERE account = ? AND region = ? AND bus = ?",
                                                   {rule.scope.account, rule.scope.region, rule.bus});
    if (count && count->integer(0) >= rules_per_bus_max)
      return fail(ErrorKind::limit_exceeded, "The requested resource exceeds the maximum number allowed.", "LimitExceededException");
  }
  state_.database().execute(
      "INSERT INTO events_rules (account, region, bus, name, arn, pattern, schedule, state, description, role_arn, tags, created_at, "
      "scheduled_from) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?) "
      "ON CONFLICT (account, region, bus, name) DO UPDATE SET pattern = excluded.pattern, schedule = excluded.schedule, state = "
      "excluded.state, description = excluded.description, "
      "role_arn = excluded.role_arn, scheduled_from = excluded.scheduled_from",
      {rule.scope.account, rule.scope.region, rule.bus, rule.name, rule.arn(), rule.pattern, rule.schedule, to_text(rule.state),
       rule.description, rule.role_arn, to_object(rule.tags), rule.created_at, rule.scheduled_from});
  touch_bus(rule.scope, rule.bus);
  plan_schedule(rule, state_.now());
  return rule;
}

Result<Rule> Rules::find_rule(const Scope& scope, const std::string& bus_or_arn, const std::string& name) {
  const auto bus = find_bus(scope, bus_or_arn);
  if (!bus) return std::unexpected(bus.error());
  const auto row = state_.database().query_one(std::string(rule_columns) + "WHERE account = ? AND region = ? AND bus = ? AND name = ?",
                                               {scope.account, scope.region, bus->name, name});
  if (!row) return no_rule(name, bus->name);
  return read_rule(*row);
}

Result<Rule> Rules::find_rule_by_arn(const std::string& rule_arn) {
  const auto row = state_.database().query_one(std::string(rule_columns) + "WHERE arn = ?", {rule_arn});
  if (!row) return fail(ErrorKind::not_found, fmt::format("Rule {} does not exist.", rule_arn), "ResourceNotFoundException");
  return read_rule(*row);
}

Result<std::vector<Rule>> Rules::list_rules(const Scope& scope, const std::string& bus_or_arn, const std::string& prefix,
                                            const std::string& after, int count_max) {
  const auto bus = find_bus(scope, bus_or_arn);
  if (!bus) return std::unexpected(bus.error());
  std::vector<Rule> out;
  for (const auto& row : state_.database().query(
           std::string(rule_columns) +
               "WHERE account = ? AND region = ? AND bus = ? AND name > ? AND substr(name, 1, ?) = ? ORDER BY name LIMIT ?",
           {scope.account, scope.region, bus->name, after, prefix.size(), prefix, count_max}))
    out.push_back(read_rule(row));
  return out;
}

Result<void> Rules::set_state(const Scope& scope, const std::string& bus, const std::string& name, RuleState state) {
  auto rule = find_rule(scope, bus, name);
  if (!rule) return std::unexpected(rule.error());
  rule->state = state;
  state_.database().execute("UPDATE events_rules SET state = ? WHERE arn = ?", {to_text(state), rule->arn()});
  touch_bus(scope, rule->bus);
  plan_schedule(*rule, state_.now());
  return {};
}

Result<void> Rules::set_rule_tags(const Rule& rule, const Tags& tags) {
  state_.database().execute("UPDATE events_rules SET tags = ? WHERE arn = ?", {to_object(tags), rule.arn()});
  return {};
}

Result<void> Rules::remove_rule(const Scope& scope, const std::string& bus, const std::string& name) {
  const auto rule = find_rule(scope, bus, name);
  if (!rule) return find_bus(scope, bus) ? Result<void>{} : Result<void>(std::unexpected(rule.error()));
  const auto targets =
      state_.database().query_one("SELECT COUNT(*) FROM events_targets WHERE account = ? AND region = ? AND bus = ? AND rule = ?",
                                  {scope.account, scope.region, rule->bus, name});
  if (targets && targets->integer(0) > 0) return bad_request("Rule can't be deleted since it has targets.");
  state_.database().execute("DELETE FROM events_rules WHERE arn = ?", {rule->arn()});
  timers_.cancel("events.schedule", rule->arn());
  touch_bus(scope, rule->bus);
  return {};
}

void Rules::plan_schedule(const Rule& rule, Instant after) {
  const auto schedule = rule.schedule.empty() || rule.state == RuleState::disabled ? Result<Schedule>(fail(ErrorKind::invalid, ""))
                                                                                   : parse_schedule(rule.schedule);
  const auto next = schedule ? schedule->next_after(after, rule.scheduled_from) : std::nullopt;
  if (next)
    timers_.set("events.schedule", rule.arn(), *next);
  else
    timers_.cancel("events.schedule", rule.arn());
}

}  // namespace tocsin::events
