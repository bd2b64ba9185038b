// What the two engines spell differently, and the language's own rules as functions of each.
#include "sql_dialects.h"

namespace tocsin::opinions {

std::string quoted(Dialect dialect, const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    if (c == '\\' && dialect == Dialect::clickhouse) out += '\\';
    out += c;
  }
  return out + "'";
}

std::string regex_literal(Dialect dialect, const std::string& pattern) {
  // there a dot matches the end of a line unless told otherwise
  return quoted(dialect, dialect == Dialect::clickhouse ? "(?-s)" + pattern : pattern);
}

std::string null_text(Dialect dialect) { return dialect == Dialect::duckdb ? "CAST(NULL AS VARCHAR)" : "CAST(NULL AS Nullable(String))"; }
std::string null_number(Dialect dialect) { return dialect == Dialect::duckdb ? "CAST(NULL AS DOUBLE)" : "CAST(NULL AS Nullable(Float64))"; }

std::string matches(Dialect dialect, const std::string& text, const std::string& pattern) {
  return (dialect == Dialect::duckdb ? "regexp_matches(" : "match(") + text + ", " + regex_literal(dialect, pattern) + ")";
}

std::string group_of_match(Dialect dialect, const std::string& text, const std::string& pattern, std::size_t group) {
  const std::string regex = regex_literal(dialect, pattern), number = std::to_string(group);
  if (dialect == Dialect::duckdb)
    return "CASE WHEN regexp_matches(" + text + ", " + regex + ") THEN regexp_extract(" + text + ", " + regex + ", " + number + ") END";
  return "if(match(ifNull(" + text + ", ''), " + regex + ") AND " + text + " IS NOT NULL, extractGroups(ifNull(" + text + ", ''), " +
         regex + ")[" + number + "], NULL)";
}

std::string extreme_by(Dialect dialect, bool least, const std::string& value, const std::string& by, const std::string& when) {
  if (dialect == Dialect::duckdb) return std::string(least ? "arg_min(" : "arg_max(") + value + ", " + by + ") FILTER (WHERE " + when + ")";
  return std::string(least ? "argMinOrNullIf(" : "argMaxOrNullIf(") + value + ", " + by + ", " + when + ")";
}

std::string sorted_numbers(Dialect dialect, const std::string& number) {
  if (dialect == Dialect::duckdb) return "list_sort(list(" + number + ") FILTER (WHERE " + number + " IS NOT NULL))";
  return "arraySort(groupArray(" + number + "))";
}

std::vector<std::string> prelude(Dialect dialect) {
  if (dialect == Dialect::duckdb)
    return {
        R"(CREATE OR REPLACE MACRO i_finite(x) AS CASE WHEN isfinite(x) THEN x END)",
        R"(CREATE OR REPLACE MACRO i_num(s) AS CASE WHEN octet_length(encode(s)) <= 400 AND regexp_full_match(s, '-?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?') THEN i_finite(TRY_CAST(s AS DOUBLE)) END)",
        R"(CREATE OR REPLACE MACRO i_shown(x) AS CASE WHEN x IS NULL THEN NULL WHEN x = floor(x) AND abs(x) < 1e15 THEN CAST(CAST(x AS BIGINT) AS VARCHAR) WHEN abs(x) < 0.1 THEN format('{:.4g}', x) ELSE regexp_replace(format('{:.4f}', x), '\.?0+$', '') END)",
        R"(CREATE OR REPLACE MACRO i_time(ms) AS strftime(make_timestamp(CAST(ms AS BIGINT) * 1000), '%Y-%m-%d %H:%M:%S.%g'))",
        R"(CREATE OR REPLACE MACRO i_natural(s) AS array_to_string(list_transform(regexp_extract_all(s, '(?s)[0-9]+|[^0-9]+'), lambda x: CASE WHEN x[1] BETWEEN '0' AND '9' THEN lpad(CAST(length(x) AS VARCHAR), 6, '0') || x ELSE x END), ''))",
        R"(CREATE OR REPLACE MACRO i_long(s) AS regexp_full_match(s, '-?[0-9]{16,}'))",
        R"(CREATE OR REPLACE MACRO i_truth(s, x) AS (s = 'true' AND x = 1) OR (s = 'false' AND x = 0))",
        R"(CREATE OR REPLACE MACRO i_same(a, b) AS coalesce(CASE WHEN a = b THEN true WHEN i_long(a) OR i_long(b) THEN false WHEN i_num(a) IS NOT NULL AND i_num(b) IS NOT NULL THEN i_num(a) = i_num(b) WHEN i_num(a) IS NOT NULL THEN i_truth(b, i_num(a)) WHEN i_num(b) IS NOT NULL THEN i_truth(a, i_num(b)) ELSE false END, false))",
        R"(CREATE OR REPLACE MACRO i_before(a, b) AS coalesce(CASE WHEN i_num(a) IS NOT NULL AND i_num(b) IS NOT NULL THEN i_num(a) < i_num(b) WHEN i_num(a) IS NOT NULL OR i_num(b) IS NOT NULL THEN false ELSE a < b END, false))",
        R"(CREATE OR REPLACE MACRO i_upto(a, b) AS coalesce(CASE WHEN i_num(a) IS NOT NULL AND i_num(b) IS NOT NULL THEN i_num(a) <= i_num(b) WHEN i_num(a) IS NOT NULL OR i_num(b) IS NOT NULL THEN false ELSE a <= b END, false))",
        R"(CREATE OR REPLACE MACRO i_round(x) AS CASE WHEN x < 0 THEN -floor(-x + 0.5) ELSE floor(x + 0.5) END)",
        R"(CREATE OR REPLACE MACRO i_month(ms) AS year(make_timestamp(CAST(ms AS BIGINT) * 1000)) * 12 + month(make_timestamp(CAST(ms AS BIGINT) * 1000)) - 1)",
        R"(CREATE OR REPLACE MACRO i_of_month(m) AS epoch_ms(CAST(make_date(CAST(m // 12 AS INTEGER), CAST(m % 12 + 1 AS INTEGER), 1) AS TIMESTAMP)))"};
  return {
      R"(CREATE FUNCTION i_finite AS (x) -> if(isFinite(x), x, NULL))",
      R"(CREATE FUNCTION i_num AS (s) -> if(length(s) <= 400 AND match(s, '^-?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?$'), i_finite(toFloat64OrNull(s)), NULL))",
      R"(CREATE FUNCTION i_shown AS (x) -> multiIf(x IS NULL, NULL, x = floor(x) AND abs(x) < 1e15, toString(toInt64(x)), abs(x) < 0.1, printf('%.4g', x), replaceRegexpOne(printf('%.4f', x), '\\.?0+$', '')))",
      R"(CREATE FUNCTION i_time AS (ms) -> concat(formatDateTime(fromUnixTimestamp64Milli(toInt64(ms), 'UTC'), '%Y-%m-%d %H:%i:%S'), '.', leftPad(toString(positiveModulo(toInt64(ms), 1000)), 3, '0')))",
      R"(CREATE FUNCTION i_natural AS (s) -> arrayStringConcat(arrayMap(x -> if(match(x, '^[0-9]'), concat(leftPad(toString(length(x)), 6, '0'), x), x), extractAll(ifNull(s, ''), '[0-9]+|[^0-9]+')), ''))",
      R"(CREATE FUNCTION i_long AS (s) -> match(s, '^-?[0-9]{16,}$'))",
      R"(CREATE FUNCTION i_truth AS (s, x) -> (s = 'true' AND x = 1) OR (s = 'false' AND x = 0))",
      R"(CREATE FUNCTION i_same AS (a, b) -> coalesce(multiIf(a = b, true, i_long(a) OR i_long(b), false, i_num(a) IS NOT NULL AND i_num(b) IS NOT NULL, i_num(a) = i_num(b), i_num(a) IS NOT NULL, i_truth(b, i_num(a)), i_num(b) IS NOT NULL, i_truth(a, i_num(b)), false), false))",
      R"(CREATE FUNCTION i_before AS (a, b) -> coalesce(multiIf(i_num(a) IS NOT NULL AND i_num(b) IS NOT NULL, i_num(a) < i_num(b), i_num(a) IS NOT NULL OR i_num(b) IS NOT NULL, false, a < b), false))",
      R"(CREATE FUNCTION i_upto AS (a, b) -> coalesce(multiIf(i_num(a) IS NOT NULL AND i_num(b) IS NOT NULL, i_num(a) <= i_num(b), i_num(a) IS NOT NULL OR i_num(b) IS NOT NULL, false, a <= b), false))",
      R"(CREATE FUNCTION i_round AS (x) -> if(x < 0, -floor(-x + 0.5), floor(x + 0.5)))",
      R"(CREATE FUNCTION i_month AS (ms) -> toInt64(toYear(fromUnixTimestamp64Milli(toInt64(ms), 'UTC'))) * 12 + toInt64(toMonth(fromUnixTimestamp64Milli(toInt64(ms), 'UTC'))) - 1)",
      R"(CREATE FUNCTION i_of_month AS (m) -> toInt64(toUnixTimestamp(toDateTime(makeDate32(toInt32(intDiv(m, 12)), toInt32(m % 12 + 1), 1), 'UTC'))) * 1000)"};
}

}  // namespace tocsin::opinions
