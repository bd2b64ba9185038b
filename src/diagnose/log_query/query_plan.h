// A log query as values: commands in their order, expressions as trees. Names of fields are numbers, so that rows need no maps.
#pragma once

#include <re2/re2.h>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <variant>
#include <vector>

#include "diagnose/log_query/field_names.h"
#include "diagnose/log_query/value.h"

namespace tocsin::diagnose {

using Regex = std::shared_ptr<const re2::RE2>;
struct FunctionForm;
struct QueryPlan;

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
  enum class Kind {
    constant,
    field,
    call,
    operation,
    negative,
    logical_not,
    contains,     ///< like "text"
    matches,      ///< like /regex/
    in,           ///< a list of constants
    in_value,     ///< an element of the list that the second part is
    in_subquery,  ///< a value of the first column of a subquery
    attribute,    ///< a member or element of a map or list
    aggregate     ///< of stats: a column of the group's states
  };
  Kind kind = Kind::constant;
  Value constant;    ///< constant; of contains: the text; of attribute: the member's name, or the element's number
  std::string name;  ///< of a field; of contains in small letters when case is of no matter
  FieldSlot slot = no_slot;
  const FunctionForm* function = nullptr;
  Operation operation = Operation::add;
  Regex regex;                                ///< matches, regexReplace with a constant pattern
  std::vector<Value> list;                    ///< in
  std::shared_ptr<const QueryPlan> subquery;  ///< in_subquery
  std::size_t number = 0;                     ///< of an aggregate; of a subquery among the query's
  Period period;                              ///< bin, datefloor, dateceil, rate
  std::vector<Expression> parts;              ///< arguments, operands

  bool is_field(std::string_view field) const { return kind == Kind::field && name == field; }
};

struct Column {
  std::string name;  ///< the alias, else the expression's text as typed
  FieldSlot slot = no_slot;
  Expression expression;
};

enum class Statistic {
  count,
  count_of,
  count_distinct,
  sum,
  avg,
  min,
  max,
  pct,
  stddev,
  variance,
  earliest,
  latest,
  sorts_first,
  sorts_last,
  values,
  topk,
  rate,
  histogram
};
struct Aggregate {
  Statistic statistic = Statistic::count;
  Expression expression;
  double parameter = 50;  ///< the percentile, the k of topk, the buckets of histogram, the seconds of rate
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
  enum class Mode { regex, logfmt, csv };
  Mode mode = Mode::regex;
  Expression source;
  Regex regex;                   ///< one group for each slot; of a glob too
  std::vector<FieldSlot> slots;  ///< no_slot for a group without a name; of logfmt the map's
  bool multi = false;
};
struct JsonCommand {
  Expression source;
  std::string path;
  FieldSlot slot = no_slot;
};
struct StatsCommand {
  std::vector<Aggregate> aggregates;
  std::vector<Column> columns;
  std::vector<Column> by;
  std::optional<std::size_t> bin;  ///< which of `by` is a bin
  std::int64_t offset_ms = 0;
};
/// The group's figures at each of its rows.
struct EventStatsCommand {
  StatsCommand stats;
};
/// The mean of the last rows, in their order; weighted: the newest counts most. Nothing before there are so many.
struct TrendlineCommand {
  std::size_t rows = 1;
  bool weighted = false;
  FieldSlot source = no_slot, into = no_slot;
};
struct SortCommand {
  struct Key {
    Expression expression;
    bool descending = false;
  };
  std::vector<Key> keys;
};
struct LimitCommand {
  std::size_t rows = 0;
  bool any = false;
};
struct DedupCommand {
  std::vector<FieldSlot> slots;
  std::size_t keep = 1;            ///< rows of each
  bool leave_out_missing = false;  ///< rows without one of the fields
};
struct PatternCommand {
  Expression source;
};
/// The range of the query shifted back, or the range that lies before it.
struct TimeShift {
  enum class Kind { previous, days, months };
  Kind kind = Kind::previous;
  std::int64_t count = 1;  ///< of days in milliseconds
};
struct DiffCommand {
  TimeShift shift;
};
struct AnomalyCommand {};
struct UnnestCommand {
  Expression source;
  FieldSlot into = no_slot;
};
struct ExpandCommand {
  FieldSlot slot = no_slot;
};
struct LookupCommand {
  std::string table;
  std::vector<std::pair<std::string, Expression>> keys;  ///< the table's column and the event's field
  std::vector<std::pair<std::string, FieldSlot>> outputs;
  bool overwrite = true;
  bool cidr = false;
};
struct JoinCommand {
  bool keep_left = false;
  std::vector<std::pair<Expression, FieldSlot>> keys;  ///< of the left row, and where the right plan has it
  std::shared_ptr<const QueryPlan> right;
  std::vector<std::pair<FieldSlot, FieldSlot>> left_copies;   ///< from the plain name to ALIAS.name
  std::vector<std::pair<FieldSlot, FieldSlot>> right_copies;  ///< from the right plan's slot to ALIAS.name
};
struct AppendColumnsCommand {
  bool overwrite = false;
  std::size_t rows_max = 10'000;
  std::shared_ptr<const QueryPlan> plan;
  std::vector<std::pair<FieldSlot, FieldSlot>> copies;  ///< from the plan's shown columns to ours
};
struct AddTotalsCommand {
  FieldSlot total = no_slot;
  bool rows = true, columns = false;
  std::vector<FieldSlot> slots;
};
struct AccumulateCommand {
  FieldSlot source = no_slot, into = no_slot;
};
struct AutoregressCommand {
  FieldSlot source = no_slot;
  std::vector<std::pair<std::size_t, FieldSlot>> lags;
};
struct FillDownCommand {
  std::vector<FieldSlot> slots;
};
struct FillMissingCommand {
  FieldSlot bin = no_slot;
  Period period;
  std::vector<std::pair<FieldSlot, Value>> values;
};
struct OutlierCommand {
  bool remove = false, lower = false;
  double multiplier = 2.5;
  std::vector<std::pair<FieldSlot, FieldSlot>> slots;  ///< the field, and its mark or no_slot
};
struct SessionizeCommand {
  std::vector<FieldSlot> slots;
  std::int64_t gap_ms = 30 * 60'000;
  FieldSlot into = no_slot;
};
struct CountFrequentCommand {
  std::vector<FieldSlot> slots;
  FieldSlot count = no_slot;
};
struct RelevantFieldsCommand {
  std::vector<std::string> names;  ///< all when empty
  Expression condition;
};
struct EstimateCommand {};
using Command = std::variant<FieldsCommand, DisplayCommand, FilterCommand, ParseCommand, JsonCommand, StatsCommand, SortCommand,
                             LimitCommand, DedupCommand, PatternCommand, DiffCommand, AnomalyCommand, UnnestCommand, ExpandCommand,
                             LookupCommand, JoinCommand, AppendColumnsCommand, AddTotalsCommand, AccumulateCommand, AutoregressCommand,
                             FillDownCommand, FillMissingCommand, OutlierCommand, SessionizeCommand, CountFrequentCommand,
                             RelevantFieldsCommand, EstimateCommand, EventStatsCommand, TrendlineCommand>;

/// Which groups the text of a query chooses. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Source.html
struct SourceSelection {
  struct TagFilter {
    std::string key;
    std::vector<std::string> values;  ///< with * for any, ! ahead for not
  };
  std::vector<std::string> names;  ///< names or ARNs; when there are none, the filters choose
  std::vector<std::string> prefixes, accounts;
  std::string log_group_class = "STANDARD";
  std::vector<TagFilter> tags;
  std::optional<std::int64_t> start_ago_ms, end_ago_ms;
};

struct QueryPlan {
  std::optional<SourceSelection> source;
  std::vector<Command> commands;
  std::shared_ptr<FieldNames> names = std::make_shared<FieldNames>();
  std::vector<FieldSlot> shown;  ///< the columns of the result, in their order
  bool events = true;            ///< rows are events still, and end in @ptr
  bool unmask = false;
  /// Texts that every row that passes has in its message as they are.
  std::vector<std::string> literals;
  /// The same of values of discovered fields, whose letters JSON may write as \uXXXX.
  std::vector<std::string> values;
};

}  // namespace tocsin::diagnose
