#include "diagnose/query_languages/sql_expression.h"

#include <array>

#include "diagnose/log_query/function_names.h"
#include "diagnose/log_query/value.h"
#include "diagnose/query_languages/sql_functions.h"

namespace tocsin::diagnose {
namespace {
constexpr int depth_max = 40;
using Kind = SqlToken::Kind;
}  // namespace

Parsed<SqlExpression> SqlExpressionReader::expression() {
  const SqlToken first = in_.token();
  statistic_ = false;
  lone_field_.clear();
  auto text = any(0);
  if (!text) return std::unexpected(text.error());
  SqlExpression read{*text, in_.source(first.begin), {}, statistic_};
  const bool name_alone = (first.kind == Kind::word || first.kind == Kind::name) && in_.last_end() == first.end && !statistic_;
  if (name_alone) read.field = lone_field_;
  return read;
}

Parsed<std::string> SqlExpressionReader::any(int depth) {
  if (depth > depth_max) return in_.wrong("the expression is nested too deeply");
  auto left = all(depth);
  while (left && in_.at_word("or")) {
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
    auto right = all(depth);
    if (!right) return right;
    left = "(" + *left + " or " + *right + ")";
  }
  return left;
}

Parsed<std::string> SqlExpressionReader::all(int depth) {
  auto left = negated(depth);
  while (left && in_.at_word("and")) {
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
    auto right = negated(depth);
    if (!right) return right;
    left = "(" + *left + " and " + *right + ")";
  }
  return left;
}

Parsed<std::string> SqlExpressionReader::negated(int depth) {
  if (depth > depth_max) return in_.wrong("the expression is nested too deeply");
  const auto negate = in_.accept_word("not");
  if (!negate) return std::unexpected(negate.error());
  if (!*negate) return relation(depth);
  auto part = negated(depth + 1);
  if (!part) return part;
  return "(not (" + *part + "))";
}

Parsed<std::string> SqlExpressionReader::relation(int depth) {
  auto left = sum(depth);
  if (!left) return left;
  if (in_.at_word("is")) {
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
    const auto negate = in_.accept_word("not");
    if (!negate) return std::unexpected(negate.error());
    if (auto null = in_.expect_word("null"); !null) return std::unexpected(null.error());
    return *negate ? "ispresent(" + *left + ")" : "(not ispresent(" + *left + "))";
  }
  constexpr std::array<std::pair<std::string_view, std::string_view>, 8> signs = {
      {{"=", "="}, {"==", "="}, {"!=", "!="}, {"<>", "!="}, {"<=", "<="}, {">=", ">="}, {"<", "<"}, {">", ">"}}};
  for (const auto& [sign, insights] : signs)
    if (in_.at_sign(sign)) {
      if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
      if (in_.at_word("null")) return in_.wrong("nothing equals NULL: write IS NULL or IS NOT NULL");
      auto right = sum(depth);
      if (!right) return right;
      return "(" + *left + " " + std::string(insights) + " " + *right + ")";
    }
  const auto negate = in_.accept_word("not");
  if (!negate) return std::unexpected(negate.error());
  auto test = tested(*left, depth);
  if (!test || (test->empty() && !*negate)) return test ? left : test;
  if (test->empty()) return in_.unexpected("like, in or between");
  return *negate ? "(not (" + *test + "))" : test;
}

/// What follows behind the left side, or "" when no test does.
Parsed<std::string> SqlExpressionReader::tested(std::string left, int depth) {
  for (const char* word : {"like", "ilike", "rlike", "regexp"})
    if (in_.at_word(word)) {
      if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
      auto pattern = in_.text();
      if (!pattern) return pattern;
      if (word[0] == 'r') return "(" + translated_call("regexp_like", {left, "/" + *pattern + "/"}).value_or("") + ")";
      return "(" + like_test(left, *pattern, word[0] == 'i') + ")";
    }
  if (in_.at_word("in")) return in(left, depth);
  if (in_.at_word("between")) {
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
    auto low = sum(depth);
    if (!low) return low;
    if (auto both = in_.expect_word("and"); !both) return std::unexpected(both.error());
    auto high = sum(depth);
    if (!high) return high;
    return "(" + left + " >= " + *low + " and " + left + " <= " + *high + ")";
  }
  return std::string();
}

Parsed<std::string> SqlExpressionReader::in(const std::string& left, int depth) {
  if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
  const bool bracket = in_.at_sign("[");
  if (auto open = in_.expect_sign(bracket ? "[" : "("); !open) return std::unexpected(open.error());
  if (in_.at_word("select") || in_.at_word("source") || in_.at_word("search") || in_.at_word("subquery")) {
    if (!subquery) return in_.wrong("a subquery cannot stand here");
    auto inner = subquery();
    if (!inner) return inner;
    if (auto close = in_.expect_sign(bracket ? "]" : ")"); !close) return std::unexpected(close.error());
    return "(" + left + " in (" + *inner + "))";
  }
  std::string list;
  while (true) {
    auto value = unary(depth);
    if (!value) return value;
    list += (list.empty() ? "" : ", ") + *value;
    const auto more = in_.accept_sign(",");
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
  }
  if (auto close = in_.expect_sign(bracket ? "]" : ")"); !close) return std::unexpected(close.error());
  return "(" + left + " in [" + list + "])";
}

Parsed<std::string> SqlExpressionReader::sum(int depth) {
  auto left = product(depth);
  while (left && (in_.at_sign("+") || in_.at_sign("-") || in_.at_sign("||"))) {
    const std::string sign = in_.token().text;
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
    if (in_.at_word("interval") && sign != "||") {
      left = interval(*left, sign == "-");
      continue;
    }
    auto right = product(depth);
    if (!right) return right;
    left = sign == "||" ? "concat(" + *left + ", " + *right + ")" : "(" + *left + " " + sign + " " + *right + ")";
  }
  return left;
}

/// INTERVAL 3 DAY, INTERVAL '3' DAY, INTERVAL '3 days', INTERVAL 3 DAYS.
Parsed<std::string> SqlExpressionReader::interval(const std::string& time, bool back) {
  if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
  const SqlToken token = in_.token();
  if (token.kind != Kind::number && token.kind != Kind::text) return in_.unexpected("a number");
  if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
  const std::size_t blank = token.text.find(' ');
  std::string unit = blank == std::string::npos ? "" : token.text.substr(blank + 1);
  if (unit.empty()) {
    unit = in_.token().text;
    if (in_.token().kind != Kind::word) return in_.unexpected("a unit of time");
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
  }
  const std::string count = token.text.substr(0, blank);
  if (!number_in(count) || !unit_named(unit))
    return std::unexpected(QueryError{"no interval of time: " + token.text + " " + unit, token.begin, in_.last_end()});
  return "sql.addtime(" + quoted_text(unit) + ", " + (back ? "-" : "") + count + ", " + time + ")";
}

Parsed<std::string> SqlExpressionReader::product(int depth) {
  auto left = unary(depth);
  while (left && (in_.at_sign("*") || in_.at_sign("/") || in_.at_sign("%"))) {
    const std::string sign = in_.token().text;
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
    auto right = unary(depth);
    if (!right) return right;
    left = "(" + *left + " " + sign + " " + *right + ")";
  }
  return left;
}

Parsed<std::string> SqlExpressionReader::unary(int depth) {
  if (depth > depth_max) return in_.wrong("the expression is nested too deeply");
  if (!in_.at_sign("-")) return primary(depth);
  if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
  if (in_.token().kind == Kind::number) {
    const std::string number = in_.token().text;
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
    return "-" + number;
  }
  auto part = unary(depth + 1);
  if (!part) return part;
  return "(-(" + *part + "))";
}

Parsed<std::string> SqlExpressionReader::primary(int depth) {
  const SqlToken token = in_.token();
  if (in_.at_word("interval")) return in_.wrong("an INTERVAL stands behind + or -, or within DATE_ADD and DATE_SUB");
  if (in_.at_sign("(")) {
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
    auto inner = any(depth + 1);
    if (!inner) return inner;
    if (auto close = in_.expect_sign(")"); !close) return std::unexpected(close.error());
    return "(" + *inner + ")";
  }
  if (token.kind == Kind::end || token.kind == Kind::sign) return in_.unexpected("an expression");
  if (in_.at_word("case")) return cases(depth);
  if (in_.at_word("cast") || in_.at_word("try_cast")) return cast(depth);
  if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
  if (token.kind == Kind::number) return token.text;
  if (token.kind == Kind::text) return quoted_text(token.text);
  if (token.kind == Kind::word) {
    const std::string lower = lower_case(token.text);
    if (in_.at_sign("(")) return call(token, depth);
    if (lower == "true" || lower == "false") return quoted_text(lower);
    for (const char* word : {"null", "select", "from", "where", "group", "order", "having", "limit", "by", "when", "then", "else", "end"})
      if (lower == word) return std::unexpected(unexpected_symbol(token.text, token.begin, token.end, "an expression"));
  }
  lone_field_ = resolve ? resolve(token.text) : token.text;
  return quoted_field(lone_field_);
}

Parsed<std::string> SqlExpressionReader::call(const SqlToken& name, int depth) {
  if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
  const auto distinct = in_.accept_word("distinct");
  if (!distinct) return std::unexpected(distinct.error());
  std::vector<std::string> arguments;
  if (in_.at_sign("*")) {
    arguments.emplace_back("*");
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
  }
  const std::string name_lower = lower_case(name.text);
  while (!in_.at_sign(")")) {
    if (arguments.size() == 1 && in_.at_word("interval") &&
        (name_lower == "date_add" || name_lower == "date_sub" || name_lower == "adddate" || name_lower == "subdate")) {
      auto moved = interval(arguments[0], name_lower == "date_sub" || name_lower == "subdate");
      if (!moved) return moved;
      if (auto close = in_.expect_sign(")"); !close) return std::unexpected(close.error());
      return moved;
    }
    auto argument = name_lower == "position" && arguments.empty() ? sum(depth + 1) : any(depth + 1);
    if (!argument) return argument;
    if (name_lower == "position" && arguments.empty() && in_.at_word("in")) {
      arguments.push_back(std::move(*argument));
      if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
      continue;
    }
    arguments.push_back(std::move(*argument));
    const auto more = in_.accept_sign(",");
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
  }
  if (auto close = in_.expect_sign(")"); !close) return std::unexpected(close.error());
  const std::string lower = lower_case(name.text);
  if (in_.at_word("over")) return in_.wrong("window functions (OVER) are not offered");
  if (lower == "like" && arguments.size() == 2 && arguments[1].starts_with('"'))
    return "(" + like_test(arguments[0], arguments[1].substr(1, arguments[1].size() - 2), false) + ")";
  if (is_statistic(lower)) {
    auto statistic = translated_statistic(lower, arguments, *distinct, fractions_);
    if (statistic) {
      statistic_ = true;
      return statistic_column ? statistic_column(*statistic) : *statistic;
    }
  } else if (!*distinct) {
    if (auto translated = translated_call(lower, arguments)) return std::move(*translated);
  }
  return std::unexpected(QueryError{"the function " + name.text + " with " + std::to_string(arguments.size()) + " arguments is not offered",
                                    name.begin, in_.last_end()});
}

Parsed<std::string> SqlExpressionReader::cases(int depth) {
  if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
  // PPL writes case(condition, value, … else value)
  const auto parenthesis = in_.accept_sign("(");
  if (!parenthesis) return std::unexpected(parenthesis.error());
  std::string text = "case(", subject;
  if (*parenthesis) {
    while (true) {
      auto part = any(depth + 1);
      if (!part) return part;
      text += (text.ends_with('(') ? "" : ", ") + *part;
      if (in_.at_sign(",") || in_.at_word("else")) {
        if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
        continue;
      }
      break;
    }
    if (auto close = in_.expect_sign(")"); !close) return std::unexpected(close.error());
    return text + ")";
  }
  if (!in_.at_word("when")) {
    auto read = any(depth + 1);
    if (!read) return read;
    subject = *read;
  }
  while (in_.at_word("when")) {
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
    auto condition = any(depth + 1);
    if (!condition) return condition;
    if (auto then = in_.expect_word("then"); !then) return std::unexpected(then.error());
    auto value = any(depth + 1);
    if (!value) return value;
    text += (text.ends_with('(') ? "" : ", ") + (subject.empty() ? *condition : "(" + subject + " = " + *condition + ")") + ", " + *value;
  }
  if (text.ends_with('(')) return in_.unexpected("when");
  const auto otherwise = in_.accept_word("else");
  if (!otherwise) return std::unexpected(otherwise.error());
  if (*otherwise) {
    auto value = any(depth + 1);
    if (!value) return value;
    text += ", " + *value;
  }
  if (auto end = in_.expect_word("end"); !end) return std::unexpected(end.error());
  return text + ")";
}

Parsed<std::string> SqlExpressionReader::cast(int depth) {
  if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
  if (auto open = in_.expect_sign("("); !open) return std::unexpected(open.error());
  auto value = any(depth + 1);
  if (!value) return value;
  if (auto as = in_.expect_word("as"); !as) return std::unexpected(as.error());
  const SqlToken type = in_.token();
  const auto name = in_.name();
  if (!name) return std::unexpected(name.error());
  if (auto close = in_.expect_sign(")"); !close) return std::unexpected(close.error());
  const std::string lower = lower_case(*name);
  if (lower == "int" || lower == "integer" || lower == "bigint" || lower == "long") return "toLong(" + *value + ")";
  if (lower == "double" || lower == "float" || lower == "decimal" || lower == "real") return "toDouble(" + *value + ")";
  if (lower == "boolean" || lower == "bool") return "if(" + *value + ", \"true\", \"false\")";
  if (lower == "date") return "sql.date(" + *value + ")";
  if (lower == "timestamp") return "sql.timestamp(" + *value + ")";
  if (lower == "string" || lower == "varchar" || lower == "char") return "concat(" + *value + ", \"\")";
  return std::unexpected(QueryError{"a cast to " + *name + " is not offered", type.begin, type.end});
}

}  // namespace tocsin::diagnose
