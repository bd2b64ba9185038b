#include "sql_expressions.h"

#include <fmt/format.h>

#include "diagnose/log_query/function_names.h"
#include "sql_dialects.h"

namespace tocsin::opinions {

using diagnose::Expression;
using diagnose::FieldOrigin;
using diagnose::Operation;
using EKind = Expression::Kind;

std::string SqlExpressions::as_number(const Sql& sql) const {
  if (sql.kind == Kind::number) return sql.text;
  if (sql.kind == Kind::moment) return dialect_ == Dialect::duckdb ? "CAST(" + sql.text + " AS DOUBLE)" : "toFloat64(" + sql.text + ")";
  return "i_num(" + sql.text + ")";
}

std::string SqlExpressions::as_text(const Sql& sql) const {
  if (sql.kind == Kind::text) return sql.text;
  return (sql.kind == Kind::number ? "i_shown(" : "i_time(") + sql.text + ")";
}

std::string SqlExpressions::group_order(const Sql& sql) const {
  return natural_order(sql, false) + (sql.kind == Kind::text ? ", " + sql.text : "");
}

std::string SqlExpressions::natural_order(const Sql& sql, bool descending) const {
  const std::string way = descending ? " DESC" : " ASC";
  const std::string x = sql.text;
  if (sql.kind != Kind::text) return "(" + x + " IS NOT NULL)" + way + ", coalesce(" + as_number(sql) + ", 0)" + way;
  return "(" + x + " IS NOT NULL)" + way + ", (i_num(" + x + ") IS NOT NULL)" + way + ", CASE WHEN i_num(" + x +
         ") IS NULL THEN i_natural(" + x + ") ELSE '' END" + way + ", coalesce(i_num(" + x + "), 0)" + way;
}

Sql SqlExpressions::constant(const diagnose::Value& value) const {
  if (const auto* number = std::get_if<double>(&value)) {
    const std::string digits = fmt::format("{}", *number);
    return {dialect_ == Dialect::duckdb ? "CAST(" + digits + " AS DOUBLE)" : "toFloat64(" + digits + ")", Kind::number};
  }
  if (const auto* text = std::get_if<std::string>(&value)) return {quoted(dialect_, *text), Kind::text};
  throw LeftOut{"a constant of another kind"};
}

Sql SqlExpressions::field(diagnose::FieldSlot slot) const {
  if (const auto at = made.find(slot); at != made.end()) return {"c" + std::to_string(slot), at->second};
  const auto& name = plan_.names->at(slot);
  for (const auto& [owner, rest] : name.owners)
    if (made.contains(owner)) throw LeftOut{"members of a map that the query made"};
  if (!events) return {null_text(dialect_), Kind::text};
  switch (name.origin) {
    case FieldOrigin::message:
      return {"message", Kind::text};
    case FieldOrigin::timestamp:
      return {"t", Kind::moment};
    case FieldOrigin::log_stream:
      return {"stream", Kind::text};
    case FieldOrigin::log:
      return {"grp", Kind::text};
    case FieldOrigin::discovered:
      return {"fields[" + quoted(dialect_, name.path) + "]", Kind::text};
    default:
      throw LeftOut{"the field " + name.text};
  }
}

std::string SqlExpressions::floor_time(const std::string& ms, const diagnose::Period& period) const {
  using diagnose::Unit;
  constexpr std::int64_t lengths[] = {1, 1000, 60'000, 3'600'000, 86'400'000, 7 * 86'400'000LL};
  constexpr std::int64_t caps[] = {1000, 60, 60, 24, 36'500, 5'200};
  const std::string whole = dialect_ == Dialect::duckdb ? "CAST(floor(" + ms + ") AS BIGINT)" : "toInt64(floor(" + ms + "))";
  if (period.unit >= Unit::mo) {
    const std::int64_t count = period.unit == Unit::mo ? period.count : period.unit == Unit::q ? period.count * 3 : period.count * 12;
    const std::string divided = dialect_ == Dialect::duckdb ? fmt::format("(i_month({}) // {})", whole, count)
                                                            : fmt::format("intDiv(i_month({}), {})", whole, count);
    return fmt::format("i_of_month({} * {})", divided, count);
  }
  const auto unit = static_cast<std::size_t>(period.unit);
  const std::int64_t length = lengths[unit] * std::min(period.count, caps[unit]), shift = period.unit == Unit::w ? 4 * 86'400'000LL : 0;
  const std::string moved = fmt::format("({} - {})", whole, shift);
  const std::string rest = dialect_ == Dialect::duckdb ? fmt::format("((({0} % {1}) + {1}) % {1})", moved, length)
                                                       : fmt::format("positiveModulo({}, {})", moved, length);
  return fmt::format("({} - {})", whole, rest);
}

std::string SqlExpressions::next_time(const std::string& floor_ms, const diagnose::Period& period) const {
  using diagnose::Unit;
  constexpr std::int64_t lengths[] = {1, 1000, 60'000, 3'600'000, 86'400'000, 7 * 86'400'000LL};
  constexpr std::int64_t caps[] = {1000, 60, 60, 24, 36'500, 5'200};
  if (period.unit >= Unit::mo) {
    const std::int64_t count = period.unit == Unit::mo ? period.count : period.unit == Unit::q ? period.count * 3 : period.count * 12;
    return fmt::format("i_of_month(i_month({}) + {})", floor_ms, count);
  }
  const auto unit = static_cast<std::size_t>(period.unit);
  return fmt::format("({} + {})", floor_ms, lengths[unit] * std::min(period.count, caps[unit]));
}

std::string SqlExpressions::compared(const Expression& expression) const {
  const Sql a = value(expression.parts[0]), b = value(expression.parts[1]);
  const bool texts = a.kind == Kind::text && b.kind == Kind::text;
  const auto truth = [&](const Sql& text, const Sql& number) { return "i_truth(" + text.text + ", " + as_number(number) + ")"; };
  if (expression.operation == Operation::equal || expression.operation == Operation::not_equal) {
    std::string same;
    if (texts)
      same = "i_same(" + a.text + ", " + b.text + ")";
    else if (a.kind == Kind::text)
      same = "coalesce(" + as_number(a) + " = " + as_number(b) + ", " + truth(a, b) + ", false)";
    else if (b.kind == Kind::text)
      same = "coalesce(" + as_number(a) + " = " + as_number(b) + ", " + truth(b, a) + ", false)";
    else
      same = "coalesce(" + as_number(a) + " = " + as_number(b) + ", false)";
    if (expression.operation == Operation::equal) return same;
    return "(" + a.text + " IS NOT NULL AND " + b.text + " IS NOT NULL AND NOT " + same + ")";
  }
  const bool turned = expression.operation == Operation::greater || expression.operation == Operation::greater_equal;
  const bool or_equal = expression.operation == Operation::less_equal || expression.operation == Operation::greater_equal;
  const Sql& first = turned ? b : a;
  const Sql& second = turned ? a : b;
  if (texts) return std::string(or_equal ? "i_upto(" : "i_before(") + first.text + ", " + second.text + ")";
  return "coalesce(" + as_number(first) + (or_equal ? " <= " : " < ") + as_number(second) + ", false)";
}

std::string SqlExpressions::condition(const Expression& expression) const {
  switch (expression.kind) {
    case EKind::operation:
      if (expression.operation == Operation::logical_and)
        return "(" + condition(expression.parts[0]) + " AND " + condition(expression.parts[1]) + ")";
      if (expression.operation == Operation::logical_or)
        return "(" + condition(expression.parts[0]) + " OR " + condition(expression.parts[1]) + ")";
      if (expression.operation >= Operation::equal) return compared(expression);
      break;
    case EKind::logical_not:
      return "(NOT " + condition(expression.parts[0]) + ")";
    case EKind::contains: {
      const std::string text = as_text(value(expression.parts[0])), part = quoted(dialect_, std::get<std::string>(expression.constant));
      return dialect_ == Dialect::duckdb ? "coalesce(contains(" + text + ", " + part + "), false)"
                                         : "coalesce(position(" + text + ", " + part + ") > 0, false)";
    }
    case EKind::matches:
      return "coalesce(" + matches(dialect_, as_text(value(expression.parts[0])), expression.regex->pattern()) + ", false)";
    case EKind::in: {
      std::string any = "(false";
      for (const diagnose::Value& each : expression.list) {
        Expression same{.kind = EKind::operation, .operation = Operation::equal};
        same.parts = {expression.parts[0], Expression{.kind = EKind::constant, .constant = each}};
        any += " OR " + compared(same);
      }
      return any + ")";
    }
    case EKind::in_subquery:
      return "coalesce(" + as_text(value(expression.parts[0])) + " IN (" + subquery(*expression.subquery) + "), false)";
    case EKind::in_value:
      throw LeftOut{"in a list that is a field"};
    default:
      break;
  }
  const Sql sql = value(expression);
  if (sql.kind != Kind::text) return "coalesce(" + as_number(sql) + " <> 0, false)";
  return "coalesce(i_num(" + sql.text + ") <> 0, " + sql.text + " = 'true', false)";
}

Sql SqlExpressions::value(const Expression& expression) const {
  switch (expression.kind) {
    case EKind::constant:
      return constant(expression.constant);
    case EKind::field:
      return field(expression.slot);
    case EKind::call:
      return call(expression);
    case EKind::negative:
      return {"(-" + as_number(value(expression.parts[0])) + ")", Kind::number};
    case EKind::aggregate:
      return {"a" + std::to_string(expression.number), aggregates.at(expression.number)};
    case EKind::attribute:
      throw LeftOut{"elements of lists and maps"};
    case EKind::operation:
      if (expression.operation < Operation::equal) {
        const std::string a = as_number(value(expression.parts[0])), b = as_number(value(expression.parts[1]));
        if (expression.operation == Operation::power) return {"i_finite(pow(" + a + ", " + b + "))", Kind::number};
        if (expression.operation == Operation::remainder) return {"i_finite(" + a + " % nullif(" + b + ", 0))", Kind::number};
        constexpr const char* signs[] = {" + ", " - ", " * ", " / "};
        const bool divides = expression.operation == Operation::divide;
        return {"i_finite(" + a + signs[static_cast<int>(expression.operation)] + (divides ? "nullif(" + b + ", 0)" : b) + ")",
                Kind::number};
      }
      break;
    default:
      break;
  }
  return {"CASE WHEN " + condition(expression) + " THEN 1.0 ELSE 0.0 END", Kind::number};
}

/// Values of one kind as they are, of several as texts.
Sql SqlExpressions::joined(const std::vector<Sql>& values, const std::function<std::string(const std::vector<std::string>&)>& make) const {
  bool same = true;
  for (const Sql& each : values) same = same && each.kind == values[0].kind;
  std::vector<std::string> texts;
  for (const Sql& each : values) texts.push_back(same ? each.text : as_text(each));
  return {make(texts), same ? values[0].kind : Kind::text};
}

Sql SqlExpressions::chosen(const Expression& expression) const {
  std::vector<Sql> values;
  std::vector<std::string> conditions;
  const std::size_t count = expression.parts.size();
  for (std::size_t i = 0; i + 1 < count; i += 2) {
    conditions.push_back(condition(expression.parts[i]));
    values.push_back(value(expression.parts[i + 1]));
  }
  if (count % 2 == 1) values.push_back(value(expression.parts[count - 1]));
  return joined(values, [&](const std::vector<std::string>& texts) {
    std::string text = "CASE";
    for (std::size_t i = 0; i < conditions.size(); ++i) text += " WHEN " + conditions[i] + " THEN " + texts[i];
    if (texts.size() > conditions.size()) text += " ELSE " + texts.back();
    return text + " END";
  });
}

Sql SqlExpressions::call(const Expression& expression) const {
  const std::string name(expression.function->name);
  const auto part = [&](std::size_t i) { return value(expression.parts[i]); };
  const auto number = [&](std::size_t i) { return as_number(part(i)); };
  const auto truth = [](const std::string& condition) { return Sql{"CASE WHEN " + condition + " THEN 1.0 ELSE 0.0 END", Kind::number}; };
  if (name == "if" || name == "case") return chosen(expression);
  if (name == "coalesce") {
    std::vector<Sql> values;
    for (const Expression& each : expression.parts) values.push_back(value(each));
    return joined(values, [](const std::vector<std::string>& texts) { return fmt::format("coalesce({})", fmt::join(texts, ", ")); });
  }
  if (name == "ispresent") return truth(part(0).text + " IS NOT NULL");
  if (name == "isnumeric") return truth(number(0) + " IS NOT NULL");
  for (const char* same : {"abs", "ceil", "floor"})
    if (name == same) return {name + "(" + number(0) + ")", Kind::number};
  if (name == "sqrt") return {"CASE WHEN " + number(0) + " >= 0 THEN sqrt(" + number(0) + ") END", Kind::number};
  if (name == "log") return {"CASE WHEN " + number(0) + " > 0 THEN ln(" + number(0) + ") END", Kind::number};
  if (name == "round" && expression.parts.size() == 1) return {"i_round(" + number(0) + ")", Kind::number};
  if (name == "tonumber" || name == "todouble") return {number(0), Kind::number};
  if (name == "toint")
    return {"CASE WHEN trunc(" + number(0) + ") BETWEEN -2147483648 AND 2147483647 THEN trunc(" + number(0) + ") END", Kind::number};
  if (name == "tolong") return {"CASE WHEN abs(" + number(0) + ") < 9.2e18 THEN trunc(" + number(0) + ") END", Kind::number};
  if (name == "greatest" || name == "least") {
    std::string list;
    for (std::size_t i = 0; i < expression.parts.size(); ++i) list += (i ? ", " : "") + number(i);
    if (dialect_ == Dialect::duckdb) return {name + "(" + list + ")", Kind::number};
    return {std::string(name == "least" ? "arrayMin" : "arrayMax") + "(arrayFilter(x -> x IS NOT NULL, [" + list + "]))", Kind::number};
  }
  if (name == "bin" || name == "datefloor") return {floor_time(number(0), expression.period), Kind::moment};
  if (name == "dateceil") {
    const std::string floor = floor_time(number(0), expression.period);
    return {"CASE WHEN " + floor + " < " + number(0) + " THEN " + next_time(floor, expression.period) + " ELSE " + floor + " END",
            Kind::moment};
  }
  if (name == "frommillis")
    return {dialect_ == Dialect::duckdb ? "CAST(" + number(0) + " AS BIGINT)" : "toInt64(" + number(0) + ")", Kind::moment};
  if (name == "tomillis") return {number(0), Kind::number};
  if (name == "now") return constant(static_cast<double>(input_.now_ms / 1000));
  if (name == "querystarttime") return constant(static_cast<double>(input_.from_ms));
  if (name == "queryendtime") return constant(static_cast<double>(input_.to_ms));
  if (name == "querytimerange") return constant(static_cast<double>(input_.to_ms - input_.from_ms));
  if (name == "histogram")
    return {"CASE WHEN " + number(1) + " > 0 THEN floor(" + number(0) + " / " + number(1) + ") * " + number(1) + " END", Kind::number};
  return text_call(name, expression);
}

Sql SqlExpressions::text_call(const std::string& name, const Expression& expression) const {
  const bool duck = dialect_ == Dialect::duckdb;
  const auto text = [&](std::size_t i) { return as_text(value(expression.parts[i])); };
  const auto number = [&](std::size_t i) { return as_number(value(expression.parts[i])); };
  const std::size_t count = expression.parts.size();
  const auto truth = [](const std::string& condition) { return Sql{"CASE WHEN " + condition + " THEN 1.0 ELSE 0.0 END", Kind::number}; };
  /// 1 or 0, and nothing when the first argument is nothing
  const auto test = [&](const std::string& condition) {
    return Sql{"CASE WHEN " + text(0) + " IS NULL THEN NULL WHEN coalesce(" + condition + ", false) THEN 1.0 ELSE 0.0 END", Kind::number};
  };
  if (name == "strlen") return {(duck ? "CAST(length(" : "toFloat64(lengthUTF8(") + text(0) + (duck ? ") AS DOUBLE)" : "))"), Kind::number};
  if (name == "messagesize")
    return {(duck ? "CAST(octet_length(encode(" : "toFloat64((length(") + text(0) + (duck ? ")) AS DOUBLE)" : ")))"), Kind::number};
  if (name == "tolower") return {(duck ? "lower(" : "lowerUTF8(") + text(0) + ")"};
  if (name == "toupper") return {(duck ? "upper(" : "upperUTF8(") + text(0) + ")"};
  if (name == "concat") {
    std::string list;
    for (std::size_t i = 0; i < count; ++i) list += (i ? " || " : "") + ("coalesce(" + text(i) + ", '')");
    return {"(" + list + ")"};
  }
  if (name == "replace") return {(duck ? "replace(" : "replaceAll(") + text(0) + ", " + text(1) + ", " + text(2) + ")"};
  if (name == "isempty") return truth("coalesce(" + text(0) + ", '') = ''");
  if (name == "isblank") return truth(matches(dialect_, "coalesce(" + text(0) + ", '')", "^[ \\t\\r\\n\\f\\v]*$"));
  if (name == "strcontains" && count == 2)
    return test(duck ? "contains(" + text(0) + ", " + text(1) + ")" : "position(" + text(0) + ", " + text(1) + ") > 0");
  if (name == "startswith") return test((duck ? "starts_with(" : "startsWith(") + text(0) + ", " + text(1) + ")");
  if (name == "endswith") return test((duck ? "ends_with(" : "endsWith(") + text(0) + ", " + text(1) + ")");
  if (name == "substr") {
    const std::string from = (duck ? "CAST(greatest(" : "toInt64(greatest(") + number(1) + ", 0)" + (duck ? " AS BIGINT) + 1" : ") + 1");
    const std::string rest = (duck ? "substring(" : "substringUTF8(") + text(0) + ", " + from;
    if (count == 2) return {rest + ")"};
    return {rest + ", " + (duck ? "CAST(greatest(" : "toInt64(greatest(") + number(2) + ", 0)" + (duck ? " AS BIGINT)" : ")") + ")"};
  }
  if (name == "md5") return {(duck ? "md5(" : "lower(hex(MD5(") + text(0) + (duck ? ")" : ")))")};
  if (name == "sha256") return {(duck ? "sha256(" : "lower(hex(SHA256(") + text(0) + (duck ? ")" : ")))")};
  if (name == "base64encode") return {duck ? "base64(encode(" + text(0) + "))" : "base64Encode(" + text(0) + ")"};
  const bool plain_trim = (name == "trim" || name == "ltrim" || name == "rtrim") && count == 1;
  if (plain_trim) {
    const char* pattern = name == "trim"    ? "^[ \\t\\r\\n\\f\\v]+|[ \\t\\r\\n\\f\\v]+$"
                          : name == "ltrim" ? "^[ \\t\\r\\n\\f\\v]+"
                                            : "[ \\t\\r\\n\\f\\v]+$";
    return {duck ? "regexp_replace(" + text(0) + ", " + regex_literal(dialect_, pattern) + ", '', 'g')"
                 : "replaceRegexpAll(" + text(0) + ", " + regex_literal(dialect_, pattern) + ", '')"};
  }
  if (name == "regexreplace" && expression.regex && expression.parts[2].kind == EKind::constant) {
    std::string to = std::get<std::string>(expression.parts[2].constant);
    for (std::size_t i = 0; i + 1 < to.size(); ++i)
      if (to[i] == '$' && to[i + 1] >= '0' && to[i + 1] <= '9') to[i] = '\\';
    const std::string regex = regex_literal(dialect_, expression.regex->pattern());
    return {duck ? "regexp_replace(" + text(0) + ", " + regex + ", " + quoted(dialect_, to) + ", 'g')"
                 : "replaceRegexpAll(" + text(0) + ", " + regex + ", " + quoted(dialect_, to) + ")"};
  }
  throw LeftOut{"the function " + name};
}

}  // namespace tocsin::opinions
