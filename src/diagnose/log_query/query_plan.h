// A Logs Insights query as values: commands in their order, expressions as trees.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "diagnose/log_query/value.h"

namespace tocsin::diagnose {

using Regex = std::shared_ptr<const re2::RE2>;

enum class Function {
  abs,
  ceil,
  floor,
  sqrt,
  log,
  greatest,
  least,
  ispresent,
  coalesce,
  isempty,
  isblank,
  isnumeric,
  concat,
  strlen,
  tolower,
  toupper,
  trim,
  ltrim,
  rtrim,
  substr,
  replace,
  strcontains,
  startswith,
  endswith,
  bin,
  datefloor,
  dateceil,
  from_millis,
  to_millis,
  now
};

enum class Operation {
  add,
  subtract,
  multiply,
  divide,
  remainder,
  power,
  equal,
  not_equal,
  less,
  less_equal,
  greater,
  greater_equal,
  logical_and,
  logical_or
};

enum class Unit { ms, s, m, h, d, w, mo, q, y };
struct Period {
  std::int64_t count = 1;
  Unit unit = Unit::m;
};

struct Expression {
  enum class Kind { constant, field, call, operation, negative, logical_not, contains, matches, in };
  Kind kind = Kind::constant;
  Value constant;  ///< constant; of contains: the text
  std::string field;
  Function function = Function::abs;
  Operation operation = Operation::add;
  Regex regex;                    ///< matches
  std::vector<Value> list;        ///< in
  Period period;                  ///< bin, datefloor, dateceil
  std::vector<Expression> parts;  ///< arguments, operands
};

struct Column {
  std::string name;  ///< the alias, else the expression's text as typed
  Expression expression;
};

enum class Statistic { count, count_of, count_distinct, sum, avg, min, max, pct, stddev, earliest, latest };
struct StatisticColumn {
  std::string name;
  Statistic statistic = Statistic::count;
  Expression expression;
  double percentile = 50;
};

struct FieldsCommand {
  std::vector<Column> columns;
};
struct DisplayCommand {
  std::vector<Column> columns;
};
struct FilterCommand {
  Expression condition;
};
struct ParseCommand {
  Expression source;
  Regex regex;  ///< one group for each name
  std::vector<std::string> names;
};
struct StatsCommand {
  std::vector<StatisticColumn> columns;
  std::vector<Column> by;
};
struct SortCommand {
  struct Key {
    Expression expression;
    std::string text;  ///< as typed: names a column of stats
    bool descending = false;
  };
  std::vector<Key> keys;
};
struct LimitCommand {
  std::size_t rows = 0;
};
using Command = std::variant<FieldsCommand, DisplayCommand, FilterCommand, ParseCommand, StatsCommand, SortCommand, LimitCommand>;

struct QueryPlan {
  std::vector<Command> commands;
  /// Texts that every row that passes has in its message as they are.
  std::vector<std::string> literals;
};

}  // namespace tocsin::diagnose
