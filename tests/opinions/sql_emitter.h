// Says a query's plan in the SQL of another engine, so that its answer is a second opinion on ours. An instrument of tests: no server uses
// it.
//
// The engine has a table `events(seq, t, stream, grp, message, fields)`: fields is a map of discovered fields by their paths, all as texts;
// lookup tables are `table_NAME(line, columns…)`. What the language has and SQL has not (natural order, texts that are numbers) are
// functions that `prelude` defines once in each dialect.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <vector>

#include "diagnose/log_query/query_plan.h"

namespace tocsin::opinions {

enum class Dialect { duckdb, clickhouse };

struct EmittedQuery {
  std::string text;
  /// Of each column: its name, and whether it holds text, a number or a moment (milliseconds).
  std::vector<std::pair<std::string, std::string>> columns;
};

struct EmitterInput {
  std::vector<std::string> groups;  ///< when the plan names none
  std::int64_t from_ms = 0, to_ms = 0, now_ms = 0;
  /// Whether a lookup table has the column.
  std::function<bool(const std::string& table, const std::string& column)> has_column = {};
};

/// The query, or the name of what it has that is not said in SQL here.
std::expected<EmittedQuery, std::string> emit(Dialect dialect, const diagnose::QueryPlan& plan, const EmitterInput& input);
/// Statements to run before the first query.
std::vector<std::string> prelude(Dialect dialect);
/// A text as a literal.
std::string quoted(Dialect dialect, const std::string& text);

}  // namespace tocsin::opinions
