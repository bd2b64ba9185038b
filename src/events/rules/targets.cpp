// The targets of a rule as they are kept.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "events/rules/rule_rows.h"
#include "events/rules/rules.h"
#include "events/rules/target_check.h"
#include "events/rules/target_input.h"

namespace tocsin::events {
namespace {

constexpr std::int64_t targets_per_rule_max = 5;

Target read_target(const storage::Row& row) { return {row.text(0), row.text(1), row.document(2)}; }

}  // namespace

Result<void> Rules::offers(const Arn& target) const {
  const bool own = target.service == "sqs" || (target.service == "events" && target.resource.starts_with("event-bus/"));
  if (own || later_of(target)) return {};
  if (target.service == "events") return bad_request(fmt::format("The target {} is no event bus.", target.text()));
  if (dispatchers_.contains(target.service)) return {};
  return bad_request(fmt::format("Targets of the service {} are not offered by this server.", target.service));
}

Result<void> Rules::check_target(const Document& target, const Rule& rule) {
  const auto arn = parse_arn(text_or(target, "Arn"));
  if (!arn) return bad_request("Provided Arn is not in correct format.");
  if (const auto offered = offers(*arn); !offered) return offered;
  if (arn->service == "events" && arn->resource == "event-bus/" + rule.bus && arn->account == rule.scope.account &&
      arn->region == rule.scope.region)
    return bad_request("A rule cannot have its own event bus as its target.");
  if (const auto checked = check_target_parameters(target, *arn, rule.scope); !checked) return checked;
  return check_target_input(target);
}

Result<std::vector<TargetFailure>> Rules::put_targets(const Scope& scope, const std::string& bus, const std::string& rule_name,
                                                      const Array& targets) {
  const auto rule = find_rule(scope, bus, rule_name);
  if (!rule) return std::unexpected(rule.error());
  if (const auto checked = check_distinct_ids(targets); !checked) return std::unexpected(checked.error());
  std::vector<TargetFailure> failures;
  for (const Document& target : targets)
    if (const auto checked = check_target(target, *rule); !checked) return std::unexpected(checked.error());
  for (const Document& target : targets)
    state_.database().execute(
        "INSERT INTO events_targets (account, region, bus, rule, id, arn, definition) VALUES (?,?,?,?,?,?,?) "
        "ON CONFLICT (account, region, bus, rule, id) DO UPDATE SET arn = excluded.arn, definition = excluded.definition",
        {scope.account, scope.region, rule->bus, rule->name, text_or(target, "Id"), text_or(target, "Arn"), target});
  touch_bus(scope, rule->bus);
  const auto count =
      state_.database().query_one("SELECT COUNT(*) FROM events_targets WHERE account = ? AND region = ? AND bus = ? AND rule = ?",
                                  {scope.account, scope.region, rule->bus, rule->name});
  if (count && count->integer(0) > targets_per_rule_max)
    return fail(ErrorKind::limit_exceeded, "The requested resource exceeds the maximum number allowed.", "LimitExceededException");
  return failures;
}

Result<std::vector<TargetFailure>> Rules::remove_targets(const Scope& scope, const std::string& bus, const std::string& rule_name,
                                                         const std::vector<std::string>& ids) {
  const auto rule = find_rule(scope, bus, rule_name);
  if (!rule) return std::unexpected(rule.error());
  std::vector<TargetFailure> failures;
  touch_bus(scope, rule->bus);
  for (const std::string& id : ids)
    if (state_.database().execute("DELETE FROM events_targets WHERE account = ? AND region = ? AND bus = ? AND rule = ? AND id = ?",
                                  {scope.account, scope.region, rule->bus, rule->name, id}) == 0)
      failures.push_back({id, "ResourceNotFoundException", fmt::format("Rule {} does not have a target with the Id {}.", rule->name, id)});
  return failures;
}

Result<std::vector<Target>> Rules::list_targets(const Scope& scope, const std::string& bus, const std::string& rule_name,
                                                const std::string& after, int count_max) {
  const auto rule = find_rule(scope, bus, rule_name);
  if (!rule) return std::unexpected(rule.error());
  std::vector<Target> out;
  for (const auto& row : state_.database().query("SELECT id, arn, definition FROM events_targets WHERE account = ? AND region = ? AND bus "
                                                 "= ? AND rule = ? AND id > ? ORDER BY id LIMIT ?",
                                                 {scope.account, scope.region, rule->bus, rule->name, after, count_max}))
    out.push_back(read_target(row));
  return out;
}

Result<std::vector<std::string>> Rules::rule_names_by_target(const Scope& scope, const std::string& bus_or_arn,
                                                             const std::string& target_arn, const std::string& after, int count_max) {
  const auto bus = find_bus(scope, bus_or_arn);
  if (!bus) return std::unexpected(bus.error());
  std::vector<std::string> out;
  for (const auto& row : state_.database().query("SELECT DISTINCT rule FROM events_targets WHERE account = ? AND region = ? AND bus = ? "
                                                 "AND arn = ? AND rule > ? ORDER BY rule LIMIT ?",
                                                 {scope.account, scope.region, bus->name, target_arn, after, count_max}))
    out.push_back(row.text(0));
  return out;
}

}  // namespace tocsin::events
