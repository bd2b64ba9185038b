// The rules of the buses compiled into one automaton a bus; can be read again at any time.
#pragma once

#include <map>
#include <optional>
#include <tuple>
#include <vector>

#include "events/patterns/pattern_set.h"
#include "events/rules/rules.h"

namespace tocsin::events {

struct Rules::Cache {
  struct Bus {
    std::int64_t generation = -1;
    std::optional<std::uint64_t> version;  ///< of the part "rules" of the state when the generation was looked at
    PatternSet patterns;
    std::vector<Rule> rules;  ///< by the pattern's id; one that is gone has no name
    std::map<std::string, PatternSet::Id> id_of;
    std::vector<PatternSet::Id> free;
    std::map<PatternSet::Id, std::vector<Target>> targets;  ///< of rules that have matched since the generation began

    /// Only a pattern that is new is compiled.
    void put(Rule rule);
    void remove(const std::string& name, PatternSet::Id id);
    const std::vector<Target>& targets_of(Rules& store, PatternSet::Id id);
  };
  std::map<std::tuple<std::string, std::string, std::string>, Bus> buses;

  /// As the rules are now.
  Bus& bus(storage::StateExecutor& state, const Scope& scope, const std::string& name);
};

}  // namespace tocsin::events
