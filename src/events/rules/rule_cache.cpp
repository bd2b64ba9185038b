#include "events/rules/rule_cache.h"

#include "events/patterns/pattern.h"
#include "events/rules/rule_rows.h"
#include "storage/sql.h"

namespace tocsin::events {

Rules::Cache::Bus& Rules::Cache::bus(storage::StateExecutor& state, const Scope& scope, const std::string& name) {
  Bus& bus = buses[{scope.account, scope.region, name}];
  const auto version = state.version_of(rules_part);
  if (version && bus.version == version) return bus;
  storage::Database& database = state.database();
  const auto row = database.query_one("SELECT generation FROM events_buses WHERE account = ? AND region = ? AND name = ?",
                                      {scope.account, scope.region, name});
  const std::int64_t generation = row ? row->integer(0) : 0;
  // what was read in a unit that failed, or in a group that changes the rules and may yet be undone, is looked at again
  bus.version = database.poisoned() ? std::nullopt : version;
  if (bus.generation == generation) return bus;
  bus.generation = bus.version ? generation : -1;
  bus.targets.clear();
  std::map<std::string, PatternSet::Id> gone = bus.id_of;
  for (const auto& stored :
       database.query(std::string(rule_columns) +
                          "WHERE account = ? AND region = ? AND bus = ? AND pattern <> '' AND state <> 'DISABLED' ORDER BY name",
                      {scope.account, scope.region, name})) {
    Rule rule = read_rule(stored);
    gone.erase(rule.name);
    bus.put(std::move(rule));
  }
  for (const auto& [rule_name, id] : gone) {
    bus.remove(rule_name, id);
  }
  return bus;
}

/// Only a rule whose pattern is new is compiled.
void Rules::Cache::Bus::put(Rule rule) {
  auto known = id_of.find(rule.name);
  if (known == id_of.end()) {
    PatternSet::Id id = static_cast<PatternSet::Id>(rules.size());
    if (free.empty()) {
      rules.emplace_back();
    } else {
      id = free.back();
      free.pop_back();
    }
    known = id_of.emplace(rule.name, id).first;
  }
  Rule& kept = rules[known->second];
  if (kept.pattern != rule.pattern)
    if (const auto pattern = compile_pattern(rule.pattern)) patterns.add(known->second, *pattern);
  kept = std::move(rule);
}

const std::vector<Target>& Rules::Cache::Bus::targets_of(Rules& store, PatternSet::Id id) {
  constexpr int count_max = 100;
  const auto [found, is_new] = targets.try_emplace(id);
  if (!is_new) return found->second;
  const Rule& rule = rules[id];
  if (auto read = store.list_targets(rule.scope, rule.bus, rule.name, "", count_max)) found->second = std::move(*read);
  return found->second;
}

void Rules::Cache::Bus::remove(const std::string& name, PatternSet::Id id) {
  patterns.remove(id);
  rules[id] = {};
  free.push_back(id);
  id_of.erase(name);
}

}  // namespace tocsin::events
