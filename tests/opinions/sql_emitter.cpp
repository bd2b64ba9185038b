// The plan's commands as a chain of common table expressions: each has the columns `o` (the rows' order), those of events while rows are
// events, and one `cN` for each field that the query made.
#include "sql_emitter.h"

#include <fmt/format.h>

#include "sql_aggregates.h"
#include "sql_dialects.h"
#include "sql_expressions.h"

namespace tocsin::opinions {
namespace {

using namespace diagnose;
using Columns = std::vector<std::pair<std::string, std::string>>;  ///< its expression and its name

class Emitter {
 public:
  Emitter(Dialect dialect, const QueryPlan& plan, const EmitterInput& input, std::string prefix)
      : dialect_(dialect), plan_(plan), input_(input), prefix_(std::move(prefix)), say_(dialect, plan, input) {
    say_.subquery = [this](const QueryPlan& inner) {
      Emitter emitter(dialect_, inner, input_, prefix_ + "q" + std::to_string(++inner_));
      emitter.run();
      const Sql value = emitter.say_.field(inner.shown[0]);
      return emitter.with() + " SELECT " + emitter.say_.as_text(value) + " FROM " + emitter.last_ + " WHERE " + value.text + " IS NOT NULL";
    };
  }

  void run() {
    begin();
    for (const Command& command : plan_.commands) {
      std::visit([this](const auto& each) { this->emit(each); }, command);
      as_they_came_ = as_they_came_ && (std::holds_alternative<FieldsCommand>(command) || std::holds_alternative<DisplayCommand>(command) ||
                                        std::holds_alternative<FilterCommand>(command) || std::holds_alternative<ParseCommand>(command) ||
                                        std::holds_alternative<LookupCommand>(command));
    }
  }

  EmittedQuery finished() {
    EmittedQuery query;
    std::string list;
    for (std::size_t i = 0; i < plan_.shown.size(); ++i) {
      const Sql value = say_.field(plan_.shown[i]);
      list += (i ? ", " : "") + value.text + " AS r" + std::to_string(i);
      constexpr const char* kinds[] = {"text", "number", "moment"};
      query.columns.emplace_back(plan_.names->at(plan_.shown[i]).text, kinds[static_cast<int>(value.kind)]);
    }
    query.text = with() + " SELECT " + list + " FROM " + last_ + " ORDER BY o LIMIT 10000";
    return query;
  }

  SqlExpressions& say() { return say_; }
  const std::string& last() const { return last_; }
  const std::vector<std::string>& tables() const { return tables_; }

 private:
  std::string with() const { return "WITH " + fmt::format("{}", fmt::join(tables_, ",\n ")); }

  void add(const std::string& select) {
    std::string name = prefix_ + std::to_string(tables_.size());
    tables_.push_back(name + " AS (" + select + ")");
    last_ = std::move(name);
  }

  void begin() {
    std::vector<std::string> groups = input_.groups;
    std::int64_t from = input_.from_ms, to = input_.to_ms;
    if (plan_.source) {
      if (plan_.source->names.empty()) throw LeftOut{"groups chosen by their properties"};
      groups = plan_.source->names;
      if (plan_.source->start_ago_ms) from = input_.now_ms - *plan_.source->start_ago_ms;
      if (plan_.source->end_ago_ms) to = input_.now_ms - *plan_.source->end_ago_ms;
    }
    std::string list;
    for (const std::string& group : groups) list += (list.empty() ? "" : ", ") + quoted(dialect_, "111122223333:" + group);
    add(
        fmt::format("SELECT row_number() OVER (ORDER BY t DESC, seq DESC) AS o, t, stream, grp, message, fields FROM events WHERE grp IN "
                    "({}) AND t BETWEEN {} AND {}",
                    list, from, to));
  }

  /// The columns that there are, without those of `but`.
  Columns kept(const std::vector<std::string>& but = {}) const {
    Columns columns{{"o", "o"}};
    if (say_.events)
      for (const char* name : {"t", "stream", "grp", "message", "fields"}) columns.emplace_back(name, name);
    for (const auto& [slot, kind] : say_.made) columns.emplace_back("c" + std::to_string(slot), "c" + std::to_string(slot));
    for (const auto& [number, kind] : say_.aggregates) columns.emplace_back("a" + std::to_string(number), "a" + std::to_string(number));
    std::erase_if(columns, [&](const auto& column) { return std::find(but.begin(), but.end(), column.second) != but.end(); });
    return columns;
  }

  static std::string list_of(const Columns& columns) {
    std::string list;
    for (const auto& [expression, name] : columns)
      list += (list.empty() ? "" : ", ") + (expression == name ? name : expression + " AS " + name);
    return list;
  }

  void select(const Columns& columns, const std::string& rest = {}) { add("SELECT " + list_of(columns) + " FROM " + last_ + rest); }

  /// The field is what the expression gives, from now on.
  void set(FieldSlot slot, const Sql& value) {
    const std::string name = "c" + std::to_string(slot);
    Columns columns = kept({name});
    columns.emplace_back(value.text, name);
    select(columns);
    say_.made[slot] = value.kind;
  }

  void reorder(const std::string& order) {
    Columns columns = kept({"o"});
    columns.emplace_back("row_number() OVER (ORDER BY " + order + ")", "o");
    select(columns);
  }

  void set_columns(const std::vector<Column>& columns) {
    for (const Column& column : columns)
      if (column.slot != column.expression.slot) set(column.slot, say_.value(column.expression));
  }

  void emit(const FieldsCommand& command) { set_columns(command.columns); }
  void emit(const DisplayCommand& command) { set_columns(command.columns); }
  void emit(const FilterCommand& command) { select(kept(), " WHERE " + say_.condition(command.condition)); }

  void emit(const ParseCommand& command) {
    if (command.mode != ParseCommand::Mode::regex) throw LeftOut{"parse of logfmt and csv"};
    if (command.multi) throw LeftOut{"parse with multi"};
    if (command.regex->pattern().find(")?") != std::string::npos) throw LeftOut{"parse with a group that may be left out"};
    const std::string source = say_.as_text(say_.value(command.source));
    Columns columns = kept();
    std::vector<FieldSlot> made;
    for (std::size_t i = 0; i < command.slots.size(); ++i) {
      if (command.slots[i] == no_slot) continue;
      const std::string name = "c" + std::to_string(command.slots[i]);
      std::erase_if(columns, [&](const auto& column) { return column.second == name; });
      columns.emplace_back(group_of_match(dialect_, source, command.regex->pattern(), i + 1), name);
      made.push_back(command.slots[i]);
    }
    select(columns);
    for (const FieldSlot slot : made) say_.made[slot] = Kind::text;
  }

  void emit(const StatsCommand& command) {
    Columns columns;
    std::string by, order;
    std::map<FieldSlot, Kind> made;
    for (const Column& column : command.by) {
      Sql value = say_.value(column.expression);
      if (&column - command.by.data() == static_cast<std::ptrdiff_t>(command.bin.value_or(SIZE_MAX)) && command.offset_ms != 0)
        value.text = fmt::format("({} + {})", value.text, command.offset_ms);
      const std::string name = "c" + std::to_string(column.slot);
      columns.emplace_back(value.text, name + "_");
      by += (by.empty() ? " GROUP BY " : ", ") + value.text;
      order += (order.empty() ? "" : ", ") + say_.group_order({name + "_", value.kind});
      made[column.slot] = value.kind;
    }
    for (std::size_t i = 0; i < command.aggregates.size(); ++i) {
      const Sql value = aggregate(dialect_, say_, command.aggregates[i]);
      columns.emplace_back(value.text, "a" + std::to_string(i));
      say_.aggregates[i] = value.kind;
    }
    select(columns, by);
    Columns named;
    for (const auto& [slot, kind] : made) named.emplace_back("c" + std::to_string(slot) + "_", "c" + std::to_string(slot));
    for (const auto& [number, kind] : say_.aggregates) named.emplace_back("a" + std::to_string(number), "a" + std::to_string(number));
    named.emplace_back(order.empty() ? "1" : "row_number() OVER (ORDER BY " + order + ")", "o");
    select(named);
    say_.events = false;
    say_.made = std::move(made);
    for (const Column& column : command.columns) set(column.slot, say_.value(column.expression));
    say_.aggregates.clear();
    select(kept());
  }

  void emit(const SortCommand& command) {
    std::string order;
    for (const SortCommand::Key& key : command.keys) order += say_.natural_order(say_.value(key.expression), key.descending) + ", ";
    // rows that events sort by their time alone come in that order, also those of the same moment
    const bool by_time = as_they_came_ && say_.events && command.keys.size() == 1 && command.keys[0].expression.is_field("@timestamp") &&
                         !command.keys[0].descending;
    reorder(order + (by_time ? "o DESC" : "o"));
  }

  void emit(const LimitCommand& command) {
    if (command.any) throw LeftOut{"limit any"};
    Columns columns = kept({"o"});
    columns.emplace_back("row_number() OVER (ORDER BY o)", "o");
    select(columns);
    select(kept(), " WHERE o <= " + std::to_string(command.rows));
  }

  void emit(const DedupCommand& command) {
    std::string keys, missing;
    for (const FieldSlot slot : command.slots) {
      const Sql value = say_.field(slot);
      keys += (keys.empty() ? "" : ", ") + value.text;
      missing += " OR " + value.text + " IS NULL";
    }
    Columns columns = kept();
    columns.emplace_back("row_number() OVER (PARTITION BY " + keys + " ORDER BY o)", "n");
    select(columns);
    select(kept(),
           " WHERE n <= " + std::to_string(command.keep) + (command.leave_out_missing ? " AND NOT (false" + missing + ")" : missing));
  }

  void emit(const CountFrequentCommand& command) {
    Columns columns, named;
    std::string by, order = "n DESC";
    std::map<FieldSlot, Kind> made;
    for (const FieldSlot slot : command.slots) {
      const Sql value = say_.field(slot);
      const std::string name = "c" + std::to_string(slot);
      columns.emplace_back(value.text, name + "_");
      named.emplace_back(name + "_", name);
      by += (by.empty() ? " GROUP BY " : ", ") + value.text;
      order += ", " + say_.group_order({name + "_", value.kind});
      made[slot] = value.kind;
    }
    columns.emplace_back("count(*)", "n");
    select(columns, by);
    named.emplace_back("row_number() OVER (ORDER BY " + order + ")", "o");
    named.emplace_back("1.0 * n", "c" + std::to_string(command.count));
    select(named);
    say_.events = false;
    made[command.count] = Kind::number;
    say_.made = std::move(made);
  }

  void emit(const JoinCommand& command) {
    Emitter right(dialect_, *command.right, input_, prefix_ + "j");
    right.run();
    const std::string there = right.last();
    tables_.insert(tables_.end(), right.tables().begin(), right.tables().end());
    for (const auto& [plain, named] : command.left_copies) set(named, say_.field(plain));
    Columns inner{{"o", "ro"}};
    for (std::size_t i = 0; i < command.keys.size(); ++i)
      inner.emplace_back(right.say().as_text(right.say().field(command.keys[i].second)), "rk" + std::to_string(i));
    std::map<FieldSlot, Kind> made;
    for (const auto& [theirs, ours] : command.right_copies) {
      const Sql value = right.say().field(theirs);
      inner.emplace_back(value.text, "c" + std::to_string(ours));
      made[ours] = value.kind;
    }
    Columns columns = kept();
    std::string on;
    for (std::size_t i = 0; i < command.keys.size(); ++i) {
      columns.emplace_back(say_.as_text(say_.value(command.keys[i].first)), "lk" + std::to_string(i));
      on += (on.empty() ? "" : " AND ") + fmt::format("l.lk{0} = r.rk{0}", i);
    }
    Columns both;
    for (const auto& [expression, name] : kept({"o"})) both.emplace_back("l." + name, name);
    for (const auto& [slot, kind] : made) both.emplace_back("r.c" + std::to_string(slot), "c" + std::to_string(slot));
    both.emplace_back("row_number() OVER (ORDER BY l.o, r.ro)", "o");
    add("SELECT " + list_of(both) + " FROM (SELECT " + list_of(columns) + " FROM " + last_ + ") AS l " +
        (command.keep_left ? "LEFT" : "INNER") + " JOIN (SELECT " + list_of(inner) + " FROM " + there + ") AS r ON " + on);
    say_.made.insert(made.begin(), made.end());
  }

  void emit(const LookupCommand& command) {
    if (command.cidr) throw LeftOut{"cidrlookup"};
    for (const auto& [column, field] : command.keys)
      if (input_.has_column && !input_.has_column(command.table, column)) throw LeftOut{"lookup by a column that the table has not"};
    std::string on, keys;
    Columns columns = kept();
    for (std::size_t i = 0; i < command.keys.size(); ++i) {
      columns.emplace_back(say_.as_text(say_.value(command.keys[i].second)), "lk" + std::to_string(i));
      on += fmt::format(" AND l.lk{} = r.\"{}\"", i, command.keys[i].first);
      keys += (i ? ", " : "") + ("\"" + command.keys[i].first + "\"");
    }
    Columns both;
    std::vector<std::string> names;
    std::map<FieldSlot, Kind> made;
    for (const auto& [column, slot] : command.outputs) {
      names.push_back("c" + std::to_string(slot));
      std::string value = "r.\"" + column + "\"";
      if (!command.overwrite) {
        const std::string old = "x" + std::to_string(slot);
        columns.emplace_back(say_.as_text(say_.field(slot)), old);
        value = "coalesce(nullif(l." + old + ", ''), " + value + ", l." + old + ")";
      }
      both.emplace_back(value, names.back());
      made[slot] = Kind::text;
    }
    for (const auto& [expression, name] : kept(names)) both.emplace_back("l." + name, name);
    add("SELECT " + list_of(both) + " FROM (SELECT " + list_of(columns) + " FROM " + last_ +
        ") AS l LEFT JOIN (SELECT *, row_number() OVER (PARTITION BY " + keys + " ORDER BY line) AS rank_ FROM table_" + command.table +
        ") AS r ON r.rank_ = 1" + on);
    for (const auto& [slot, kind] : made) say_.made[slot] = kind;
  }

  void emit(const AddTotalsCommand& command) {
    if (command.columns) throw LeftOut{"addtotals of columns"};
    std::string sum, any;
    for (const FieldSlot slot : command.slots) {
      const Sql value = say_.field(slot);
      if (value.kind == Kind::moment || plan_.names->at(slot).text == "@message") continue;
      sum += (sum.empty() ? "" : " + ") + ("coalesce(" + say_.as_number(value) + ", 0)");
      any += (any.empty() ? "" : " OR ") + (say_.as_number(value) + " IS NOT NULL");
    }
    if (command.rows && !sum.empty()) set(command.total, {"CASE WHEN " + any + " THEN " + sum + " END", Kind::number});
  }

  void emit(const AccumulateCommand& command) {
    const Sql value = say_.field(command.source);
    const std::string number = say_.as_number(value), sum = "sum(" + number + ") OVER (ORDER BY o ROWS UNBOUNDED PRECEDING)";
    if (command.into == command.source && value.kind == Kind::text) throw LeftOut{"accum into a field that may hold texts"};
    set(command.into, {"CASE WHEN " + number + " IS NOT NULL THEN " + sum + " END", Kind::number});
  }

  void emit(const AutoregressCommand& command) {
    const Sql value = say_.field(command.source);
    Columns columns = kept();
    for (const auto& [lag, slot] : command.lags) {
      const std::string over = fmt::format("({}, {}) OVER (ORDER BY o", value.text, lag);
      columns.emplace_back(dialect_ == Dialect::duckdb ? "lag" + over + ")"
                                                       : "lagInFrame" + over + " ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)",
                           "c" + std::to_string(slot));
    }
    select(columns);
    for (const auto& [lag, slot] : command.lags) say_.made[slot] = value.kind;
  }

  void emit(const FillDownCommand& command) {
    for (const FieldSlot slot : command.slots) {
      const Sql value = say_.field(slot);
      const std::string x = dialect_ == Dialect::duckdb ? "last_value(" + value.text + " IGNORE NULLS)" : "anyLast(" + value.text + ")";
      set(slot, {x + " OVER (ORDER BY o ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)", value.kind});
    }
  }

  template <typename Other>
  void emit(const Other&) {
    throw LeftOut{name_of<Other>()};
  }
  template <typename Other>
  static std::string name_of() {
    if constexpr (std::is_same_v<Other, PatternCommand>) return "pattern";
    if constexpr (std::is_same_v<Other, DiffCommand>) return "diff";
    if constexpr (std::is_same_v<Other, AnomalyCommand>) return "anomaly";
    if constexpr (std::is_same_v<Other, JsonCommand>) return "json";
    if constexpr (std::is_same_v<Other, UnnestCommand>) return "unnest";
    if constexpr (std::is_same_v<Other, ExpandCommand>) return "expand";
    if constexpr (std::is_same_v<Other, AppendColumnsCommand>) return "appendcols";
    if constexpr (std::is_same_v<Other, FillMissingCommand>) return "fillmissing";
    if constexpr (std::is_same_v<Other, OutlierCommand>) return "outlier";
    if constexpr (std::is_same_v<Other, SessionizeCommand>) return "sessionize";
    if constexpr (std::is_same_v<Other, RelevantFieldsCommand>) return "relevantfields";
    if constexpr (std::is_same_v<Other, EstimateCommand>) return "estimate";
    if constexpr (std::is_same_v<Other, EventStatsCommand>) return "eventstats";
    if constexpr (std::is_same_v<Other, TrendlineCommand>) return "trendline";
    return "a command";
  }

  Dialect dialect_;
  const QueryPlan& plan_;
  const EmitterInput& input_;
  std::string prefix_, last_;
  SqlExpressions say_;
  std::vector<std::string> tables_;
  int inner_ = 0;
  bool as_they_came_ = true;
};

}  // namespace

std::expected<EmittedQuery, std::string> emit(Dialect dialect, const QueryPlan& plan, const EmitterInput& input) {
  try {
    Emitter emitter(dialect, plan, input, "s");
    emitter.run();
    return emitter.finished();
  } catch (const LeftOut& left_out) {
    return std::unexpected(left_out.what);
  }
}

}  // namespace tocsin::opinions
