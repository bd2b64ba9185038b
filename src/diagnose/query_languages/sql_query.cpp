// SELECT … FROM … [JOIN …] [WHERE …] [GROUP BY …] [HAVING …] [ORDER BY …] [LIMIT …], said in the language of Logs Insights.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData_SQL.html
#include <algorithm>

#include "diagnose/log_query/function_names.h"
#include "diagnose/query_languages/query_languages.h"
#include "diagnose/query_languages/sql_expression.h"
#include "diagnose/query_languages/sql_functions.h"
#include "diagnose/query_languages/sql_sources.h"

namespace tocsin::diagnose {
namespace {

using Kind = SqlToken::Kind;

struct SqlColumn {
  std::string expression;  ///< in the language of Logs Insights
  std::string name;        ///< as it is shown
  bool field = false;      ///< a field under its own name
};

class SelectReader {
 public:
  SelectReader(SqlReader& in, bool inner) : in_(in), inner_(inner), expressions_(in, true) {
    if (!inner)
      expressions_.subquery = [this]() -> Parsed<std::string> {
        SelectReader nested(in_, true);
        auto query = nested.read();
        if (!query) return std::unexpected(query.error());
        return nested.as_subquery(*query);
      };
    expressions_.resolve = [this](const std::string& name) { return resolved(name); };
  }

  Parsed<std::string> read() {
    if (in_.at_word("with")) return in_.wrong("SQL's WITH is not offered: a subquery behind IN is");
    if (auto select = in_.expect_word("select"); !select) return std::unexpected(select.error());
    const auto distinct = in_.accept_word("distinct");
    if (!distinct) return std::unexpected(distinct.error());
    distinct_ = *distinct;
    // what is selected is understood when the tables' names are known
    const SqlReader select_list = in_;
    if (auto skipped = skip_to_from(); !skipped) return std::unexpected(skipped.error());
    if (auto from = tables(); !from) return std::unexpected(from.error());
    const SqlReader behind = std::exchange(in_, select_list);
    if (auto listed = columns(); !listed) return std::unexpected(listed.error());
    if (!in_.at_word("from")) return in_.unexpected("from");
    in_ = behind;
    if (auto rest = clauses(); !rest) return std::unexpected(rest.error());
    if (!inner_) {
      if (auto end = in_.accept_sign(";"); !end) return std::unexpected(end.error());
      if (!in_.at_end()) return in_.unexpected("the end of the query");
    }
    return assembled();
  }

  std::string as_subquery(const std::string& query) const {
    std::string source = "SOURCE ";
    for (std::size_t i = 0; i < groups.size(); ++i) source += (i ? ", " : "") + quoted_text(groups[i]);
    return groups.empty() ? query : source + " | " + query;
  }

  std::vector<std::string> groups;

 private:
  Parsed<void> skip_to_from() {
    int depth = 0;
    while (!in_.at_end() && (depth > 0 || !in_.at_word("from"))) {
      if (in_.at_sign("(")) ++depth;
      if (in_.at_sign(")") && --depth < 0) return in_.unexpected("from");
      if (auto moved = in_.advance(); !moved) return moved;
    }
    return in_.expect_word("from");
  }

  /// A group's name in backticks, or logGroups(logGroupIdentifier: ['a', 'b']).
  Parsed<std::vector<std::string>> table() {
    const SqlToken token = in_.token();
    auto name = in_.name();
    if (!name) return std::unexpected(name.error());
    if (token.kind == Kind::name && name->find('(') != std::string::npos) {
      auto sources = read_sources(*name, token);
      if (!sources) return std::unexpected(sources.error());
      where_ = sources->condition;
      return std::move(sources->groups);
    }
    if (lower_case(*name) != "loggroups" || !in_.at_sign("(")) return std::vector<std::string>{*name};
    if (auto open = in_.advance(); !open) return std::unexpected(open.error());
    if (auto member = in_.expect_word("loggroupidentifier"); !member) return std::unexpected(member.error());
    if (auto colon = in_.expect_sign(":"); !colon) return std::unexpected(colon.error());
    if (auto open = in_.expect_sign("["); !open) return std::unexpected(open.error());
    std::vector<std::string> names;
    while (true) {
      auto each = in_.text();
      if (!each) return std::unexpected(each.error());
      names.push_back(std::move(*each));
      const auto more = in_.accept_sign(",");
      if (!more) return std::unexpected(more.error());
      if (!*more) break;
    }
    if (auto close = in_.expect_sign("]"); !close) return std::unexpected(close.error());
    if (auto close = in_.expect_sign(")"); !close) return std::unexpected(close.error());
    return names;
  }

  bool at_clause() const {
    for (const char* word : {"from", "where", "group", "having", "order", "limit", "join", "inner", "left", "right", "full", "cross", "on",
                             "union", "offset", "except", "intersect"})
      if (in_.at_word(word)) return true;
    return false;
  }

  Parsed<std::string> alias(const std::string& otherwise) {
    const auto as = in_.accept_word("as");
    if (!as) return std::unexpected(as.error());
    if (!*as && (!in_.at_name() || at_clause())) return otherwise;
    return in_.name();
  }

  Parsed<void> tables() {
    auto first = table();
    if (!first) return std::unexpected(first.error());
    groups = std::move(*first);
    auto name = alias("");
    if (!name) return std::unexpected(name.error());
    left_ = *name;
    const SqlToken word = in_.token();
    const bool left = in_.at_word("left");
    for (const char* other : {"right", "full", "cross", "union", "except", "intersect"})
      if (in_.at_word(other)) return in_.wrong(std::string("SQL's ") + other + " is not offered");
    if (left || in_.at_word("inner")) {
      if (auto moved = in_.advance(); !moved) return moved;
      if (auto outer = in_.accept_word("outer"); !outer) return std::unexpected(outer.error());
      if (!in_.at_word("join")) return in_.unexpected("join");
    }
    if (!in_.at_word("join")) return {};
    if (inner_) return std::unexpected(QueryError{"a join cannot stand within a subquery", word.begin, word.end});
    if (auto moved = in_.advance(); !moved) return moved;
    return join(left);
  }

  Parsed<void> join(bool keep_left) {
    auto right = table();
    if (!right) return std::unexpected(right.error());
    auto name = alias("");
    if (!name) return std::unexpected(name.error());
    right_ = *name;
    if (left_.empty() || right_.empty()) return in_.wrong("both tables of a join need an alias");
    if (auto on = in_.expect_word("on"); !on) return on;
    std::string keys;
    while (true) {
      auto a = key();
      if (!a) return std::unexpected(a.error());
      if (auto equal = in_.expect_sign("="); !equal) return equal;
      auto b = key();
      if (!b) return std::unexpected(b.error());
      if (a->starts_with(right_ + ".")) std::swap(*a, *b);
      keys += (keys.empty() ? "" : " and ") + quoted_field(*a) + "=" + quoted_field(*b);
      const auto more = in_.accept_word("and");
      if (!more) return std::unexpected(more.error());
      if (!*more) break;
    }
    join_ =
        std::string("join type=") + (keep_left ? "left" : "inner") + " left=" + left_ + " right=" + right_ + " where " + keys + " (SOURCE ";
    for (std::size_t i = 0; i < right->size(); ++i) join_ += (i ? ", " : "") + quoted_text((*right)[i]);
    join_ += ")";
    return {};
  }

  /// ALIAS.field, of which either part may stand in backticks.
  Parsed<std::string> key() {
    auto name = in_.name();
    if (!name) return name;
    const auto dot = in_.accept_sign(".");
    if (!dot) return std::unexpected(dot.error());
    if (!*dot) return name;
    auto rest = in_.name();
    if (!rest) return rest;
    return *name + "." + *rest;
  }

  std::string resolved(const std::string& name) const {
    // the one table's alias says nothing
    if (join_.empty() && !left_.empty() && name.starts_with(left_ + ".")) return name.substr(left_.size() + 1);
    return name;
  }

  Parsed<void> columns() {
    if (in_.at_sign("*")) {
      all_ = true;
      return in_.advance();
    }
    while (true) {
      auto expression = expressions_.expression();
      if (!expression) return std::unexpected(expression.error());
      // ALIAS.`field`
      if (in_.at_sign(".") && !expression->field.empty()) {
        if (auto moved = in_.advance(); !moved) return moved;
        auto rest = in_.name();
        if (!rest) return std::unexpected(rest.error());
        expression->field = resolved(expression->field + "." + *rest);
        expression->text = quoted_field(expression->field);
      }
      SqlColumn column{expression->text, expression->field.empty() ? expression->source : expression->field, !expression->field.empty()};
      statistics_ = statistics_ || expression->statistic;
      auto name = alias("");
      if (!name) return std::unexpected(name.error());
      if (!name->empty() && *name != column.name) {
        column.name = *name;
        column.field = false;
      }
      columns_.push_back(std::move(column));
      const auto more = in_.accept_sign(",");
      if (!more) return std::unexpected(more.error());
      if (!*more) return {};
    }
  }

  Parsed<void> clauses() {
    if (const auto where = in_.accept_word("where"); !where || *where) {
      if (!where) return std::unexpected(where.error());
      auto condition = expressions_.expression();
      if (!condition) return std::unexpected(condition.error());
      if (condition->statistic) return in_.wrong("a function over groups cannot stand behind WHERE: HAVING takes it");
      where_ += (where_.empty() ? "" : " and ") + condition->text;
    }
    if (in_.at_word("group"))
      if (auto read = group_by(); !read) return read;
    expressions_.statistic_column = [this](const std::string& call) { return column_of(call); };
    if (const auto having = in_.accept_word("having"); !having || *having) {
      if (!having) return std::unexpected(having.error());
      auto condition = expressions_.expression();
      if (!condition) return std::unexpected(condition.error());
      having_ = condition->text;
    }
    if (in_.at_word("order"))
      if (auto read = order_by(); !read) return read;
    if (const auto limit = in_.accept_word("limit"); !limit || *limit) {
      if (!limit) return std::unexpected(limit.error());
      auto rows = in_.count();
      if (!rows) return std::unexpected(rows.error());
      limit_ = *rows;
      if (*rows == 0) return in_.wrong("LIMIT must be at least 1");
    }
    for (const char* other : {"offset", "union", "except", "intersect", "window"})
      if (in_.at_word(other)) return in_.wrong(std::string("SQL's ") + other + " is not offered");
    return {};
  }

  Parsed<void> group_by() {
    if (auto moved = in_.advance(); !moved) return moved;
    if (auto by = in_.expect_word("by"); !by) return by;
    while (true) {
      if (in_.token().kind == Kind::number) {
        auto place = in_.count();
        if (!place) return std::unexpected(place.error());
        if (*place < 1 || *place > columns_.size()) return in_.wrong("GROUP BY names no column of SELECT");
        keys_.push_back(columns_[*place - 1]);
      } else {
        auto expression = expressions_.expression();
        if (!expression) return std::unexpected(expression.error());
        SqlColumn key{expression->text, expression->field.empty() ? expression->source : expression->field, !expression->field.empty()};
        // an alias, or the very expression of a column
        for (const SqlColumn& column : columns_)
          if (column.name == key.name || column.expression == key.expression) key = column;
        keys_.push_back(std::move(key));
      }
      const auto more = in_.accept_sign(",");
      if (!more) return std::unexpected(more.error());
      if (!*more) return {};
    }
  }

  /// The column that has the statistic; one that is not shown when SELECT has none.
  std::string column_of(const std::string& call) {
    for (const std::vector<SqlColumn>* list : {&columns_, &hidden_})
      for (const SqlColumn& column : *list)
        if (column.expression == call) return quoted_field(column.name);
    hidden_.push_back({call, "__" + std::to_string(hidden_.size() + 1), false});
    statistics_ = true;
    return quoted_field(hidden_.back().name);
  }

  Parsed<void> order_by() {
    if (auto moved = in_.advance(); !moved) return moved;
    if (auto by = in_.expect_word("by"); !by) return by;
    while (true) {
      std::string key;
      if (in_.token().kind == Kind::number) {
        auto place = in_.count();
        if (!place) return std::unexpected(place.error());
        if (*place < 1 || *place > columns_.size()) return in_.wrong("ORDER BY names no column of SELECT");
        key = quoted_field(columns_[*place - 1].name);
      } else {
        auto expression = expressions_.expression();
        if (!expression) return std::unexpected(expression.error());
        key = expression->text;
        for (const std::vector<SqlColumn>* list : {&columns_, &keys_})
          for (const SqlColumn& column : *list)
            if (column.expression == expression->text) key = quoted_field(column.name);
      }
      const auto descending = in_.accept_word("desc");
      if (!descending) return std::unexpected(descending.error());
      if (!*descending)
        if (auto ascending = in_.accept_word("asc"); !ascending) return std::unexpected(ascending.error());
      order_ += (order_.empty() ? "" : ", ") + key + (*descending ? " desc" : " asc");
      if (in_.at_word("nulls")) return in_.wrong("NULLS FIRST and NULLS LAST are not offered: what is missing sorts first");
      const auto more = in_.accept_sign(",");
      if (!more) return std::unexpected(more.error());
      if (!*more) return {};
    }
  }

  static std::string with_alias(const SqlColumn& column) {
    return column.field ? column.expression : column.expression + " as " + quoted_field(column.name);
  }

  std::string display() const {
    std::string list;
    for (const SqlColumn& column : columns_) list += (list.empty() ? "display " : ", ") + quoted_field(column.name);
    return list;
  }

  Parsed<std::string> assembled() {
    std::vector<std::string> commands;
    if (!join_.empty()) commands.push_back(join_);
    if (!where_.empty()) commands.push_back("filter " + where_);
    const bool grouped = statistics_ || !keys_.empty();
    if (grouped && all_) return in_.wrong("SELECT * cannot be grouped");
    if (grouped) {
      if (auto grouping = stats(); grouping)
        commands.push_back(*grouping);
      else
        return grouping;
      if (!having_.empty()) commands.push_back("filter " + having_);
    } else if (!having_.empty()) {
      return in_.wrong("HAVING needs GROUP BY or a function over groups");
    } else if (distinct_ && !all_) {
      std::string by;
      for (const SqlColumn& column : columns_) by += (by.empty() ? "" : ", ") + with_alias(column);
      commands.push_back("stats count(*) as __rows by " + by);
    } else if (all_) {
      commands.emplace_back("fields @timestamp, @message, @logStream, @log");
    } else {
      std::string list;
      for (const SqlColumn& column : columns_) list += (list.empty() ? "fields " : ", ") + with_alias(column);
      commands.push_back(list);
    }
    if (!order_.empty()) commands.push_back("sort " + order_);
    if (limit_) commands.push_back("limit " + std::to_string(*limit_));
    if (!all_) commands.push_back(display());
    std::string query;
    for (const std::string& command : commands) query += (query.empty() ? "" : " | ") + command;
    return query;
  }

  Parsed<std::string> stats() {
    std::string list, by;
    std::vector<SqlColumn> keys = keys_;
    for (const SqlColumn& column : columns_) {
      const bool key = std::any_of(keys.begin(), keys.end(), [&](const SqlColumn& each) { return each.expression == column.expression; });
      if (key) continue;
      list += (list.empty() ? "" : ", ") + column.expression + " as " + quoted_field(column.name);
      if (column.field) return in_.wrong("the column " + column.name + " must stand behind GROUP BY or within a function such as count");
    }
    for (const SqlColumn& column : hidden_) list += (list.empty() ? "" : ", ") + column.expression + " as " + quoted_field(column.name);
    if (list.empty()) list = "count(*) as __rows";
    for (const SqlColumn& key : keys) by += (by.empty() ? " by " : ", ") + with_alias(key);
    return "stats " + list + by;
  }

  SqlReader& in_;
  const bool inner_;
  SqlExpressionReader expressions_;
  bool distinct_ = false, all_ = false, statistics_ = false;
  std::string left_, right_, join_, where_, having_, order_;
  std::optional<std::size_t> limit_;
  std::vector<SqlColumn> columns_, keys_, hidden_;
};

}  // namespace

Parsed<TranslatedQuery> translate_sql(std::string_view text) {
  SqlReader in(text, SqlReader::DoubleQuotes::name);
  if (auto begun = in.begin(); !begun) return std::unexpected(begun.error());
  SelectReader select(in, false);
  auto query = select.read();
  if (!query) return std::unexpected(query.error());
  return TranslatedQuery{std::move(*query), std::move(select.groups)};
}

}  // namespace tocsin::diagnose
