// What an expression is for a record. Pure but for the names of groups and streams, which the store tells.
#pragma once

#include <unordered_set>

#include "diagnose/log_query/query_plan.h"
#include "diagnose/log_query/record.h"

namespace tocsin::diagnose {

struct Surroundings {
  FieldSources sources;
  std::int64_t now_ms = 0;
  std::int64_t from_ms = 0, to_ms = 0;  ///< of the query
  /// What each subquery gave, by its number.
  const std::vector<std::unordered_set<std::string>>* subqueries = nullptr;
  /// While a row of stats is made: what its functions gave.
  const std::vector<Value>* aggregates = nullptr;
  /// Texts that the message of each event has for sure.
  const std::vector<std::string>* held_texts = nullptr;
};

/// Where a value is missing or of the wrong kind, arithmetic and functions give nothing, and comparisons give 0 (also !=).
Value evaluate(const Expression& expression, Record& record, const Surroundings& around);
/// The same as a condition.
bool holds(const Expression& condition, Record& record, const Surroundings& around);

/// The beginning of the period that holds the moment, UTC. Counts above their unit's cap (ms 1000, s 60, m 60, h 24) run as the cap.
std::int64_t floor_to_period(std::int64_t time_ms, const Period& period);
std::int64_t next_period(std::int64_t floor_ms, const Period& period);

}  // namespace tocsin::diagnose
