#include "diagnose/query_languages/sql_functions.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "diagnose/log_query/function_names.h"
#include "diagnose/log_query/value.h"

namespace tocsin::diagnose {
namespace {

struct Renamed {
  std::string_view name;
  std::string_view insights;
  std::size_t arguments_min, arguments_max;
};

constexpr Renamed calls[] = {
    {"abs", "abs", 1, 1},
    {"ceil", "ceil", 1, 1},
    {"ceiling", "ceil", 1, 1},
    {"floor", "floor", 1, 1},
    {"round", "round", 1, 2},
    {"sqrt", "sqrt", 1, 1},
    {"ln", "log", 1, 1},
    {"log", "log", 1, 1},
    {"greatest", "greatest", 1, 20},
    {"least", "least", 1, 20},
    {"upper", "toupper", 1, 1},
    {"ucase", "toupper", 1, 1},
    {"lower", "tolower", 1, 1},
    {"lcase", "tolower", 1, 1},
    {"length", "strlen", 1, 1},
    {"len", "strlen", 1, 1},
    {"char_length", "strlen", 1, 1},
    {"character_length", "strlen", 1, 1},
    {"trim", "trim", 1, 2},
    {"btrim", "trim", 1, 2},
    {"ltrim", "ltrim", 1, 2},
    {"rtrim", "rtrim", 1, 2},
    {"replace", "replace", 3, 3},
    {"regexp_replace", "regexReplace", 3, 3},
    {"concat", "concat", 1, 50},
    {"coalesce", "coalesce", 1, 50},
    {"nvl", "coalesce", 2, 2},
    {"ifnull", "coalesce", 2, 2},
    {"if", "if", 3, 3},
    {"startswith", "startsWith", 2, 2},
    {"endswith", "endsWith", 2, 2},
    {"contains", "strcontains", 2, 2},
    {"isnotnull", "ispresent", 1, 1},
    {"ispresent", "ispresent", 1, 1},
    {"isempty", "isempty", 1, 1},
    {"isblank", "isblank", 1, 1},
    {"cidrmatch", "isIpInSubnet", 2, 2},
    {"md5", "md5", 1, 1},
    {"sha256", "sha256", 1, 1},
    {"url_encode", "urlEncode", 1, 1},
    {"url_decode", "urlDecode", 1, 1},
    {"base64", "base64Encode", 1, 1},
    {"unbase64", "base64Decode", 1, 1},
    {"split", "split", 2, 2},
    {"json_extract_all", "jsonParse", 1, 1},
    {"from_json", "jsonParse", 1, 1},
    {"to_json", "jsonStringify", 1, 1},
    {"json_array_length", "jsonArraySize", 1, 1},
    {"to_json_string", "jsonStringify", 1, 1},
    {"json", "jsonParse", 1, 1},
    {"acos", "sql.acos", 1, 1},
    {"asin", "sql.asin", 1, 1},
    {"atan", "sql.atan", 1, 1},
    {"atan2", "sql.atan2", 2, 2},
    {"cos", "sql.cos", 1, 1},
    {"sin", "sql.sin", 1, 1},
    {"tan", "sql.tan", 1, 1},
    {"cot", "sql.cot", 1, 1},
    {"degrees", "sql.degrees", 1, 1},
    {"radians", "sql.radians", 1, 1},
    {"exp", "sql.exp", 1, 1},
    {"log2", "sql.log2", 1, 1},
    {"log10", "sql.log10", 1, 1},
    {"cbrt", "sql.cbrt", 1, 1},
    {"sign", "sql.sign", 1, 1},
    {"signum", "sql.sign", 1, 1},
    {"pi", "sql.pi", 0, 0},
    {"e", "sql.e", 0, 0},
    {"crc32", "sql.crc32", 1, 1},
    {"conv", "sql.conv", 3, 3},
    {"reverse", "sql.reverse", 1, 1},
    {"right", "sql.right", 2, 2},
    {"position", "sql.position", 2, 2},
    {"locate", "sql.position", 2, 2},
    {"lpad", "sql.lpad", 2, 3},
    {"rpad", "sql.rpad", 2, 3},
    {"repeat", "sql.repeat", 2, 2},
    {"concat_ws", "sql.concatws", 2, 50},
    {"nullif", "sql.nullif", 2, 2},
    {"json_extract", "sql.jsonextract", 2, 2},
    {"get_json_object", "sql.jsonextract", 2, 2},
    {"json_valid", "sql.jsonvalid", 1, 1},
    {"json_keys", "sql.jsonkeys", 1, 1},
    {"json_object_keys", "sql.jsonkeys", 1, 1},
    {"json_array", "sql.jsonarray", 0, 50},
    {"array", "sql.jsonarray", 0, 50},
    {"json_object", "sql.jsonobject", 0, 50},
    {"array_length", "jsonArraySize", 1, 1},
    {"array_size", "jsonArraySize", 1, 1},
    {"size", "sql.size", 1, 1},
    {"cardinality", "sql.size", 1, 1},
    {"array_contains", "jsonArrayContains", 2, 2},
    {"sha", "sql.sha1", 1, 1},
    {"sha1", "sql.sha1", 1, 1},
    {"now", "sql.now", 0, 0},
    {"sysdate", "sql.now", 0, 0},
    {"localtime", "sql.now", 0, 0},
    {"localtimestamp", "sql.now", 0, 0},
    {"utc_timestamp", "sql.now", 0, 0},
    {"current_timestamp", "sql.now", 0, 0},
    {"current_date", "sql.currentdate", 0, 0},
    {"curdate", "sql.currentdate", 0, 0},
    {"current_timezone", "sql.timezone", 0, 0},
    {"day", "sql.day", 1, 1},
    {"dayofmonth", "sql.day", 1, 1},
    {"day_of_month", "sql.day", 1, 1},
    {"dayofweek", "sql.dayofweek", 1, 1},
    {"day_of_week", "sql.dayofweek", 1, 1},
    {"dayofyear", "sql.dayofyear", 1, 1},
    {"day_of_year", "sql.dayofyear", 1, 1},
    {"weekday", "sql.weekday", 1, 1},
    {"dayname", "sql.dayname", 1, 1},
    {"monthname", "sql.monthname", 1, 1},
    {"month", "sql.month", 1, 1},
    {"month_of_year", "sql.month", 1, 1},
    {"quarter", "sql.quarter", 1, 1},
    {"year", "sql.year", 1, 1},
    {"week", "sql.week", 1, 1},
    {"week_of_year", "sql.week", 1, 1},
    {"weekofyear", "sql.week", 1, 1},
    {"hour", "sql.hour", 1, 1},
    {"hour_of_day", "sql.hour", 1, 1},
    {"minute", "sql.minute", 1, 1},
    {"minute_of_hour", "sql.minute", 1, 1},
    {"second", "sql.second", 1, 1},
    {"second_of_minute", "sql.second", 1, 1},
    {"last_day", "sql.lastday", 1, 1},
    {"date", "sql.date", 1, 1},
    {"to_date", "sql.date", 1, 1},
    {"timestamp", "sql.timestamp", 1, 1},
    {"to_timestamp", "sql.timestamp", 1, 1},
    {"from_unixtime", "sql.fromunixtime", 1, 2},
    {"unix_timestamp", "sql.unixtimestamp", 0, 1},
    {"to_unix_timestamp", "sql.unixtimestamp", 0, 1},
    {"make_date", "sql.makedate", 3, 3},
    {"makedate", "sql.makedate", 3, 3},
    {"datediff", "sql.datediff", 2, 2},
    {"date_add", "sql.dateadd", 2, 2},
    {"adddate", "sql.dateadd", 2, 2},
    {"date_sub", "sql.datesub", 2, 2},
    {"subdate", "sql.datesub", 2, 2},
    {"date_format", "sql.dateformat", 2, 2},
    {"to_number", "toNumber", 1, 1},
};

constexpr Renamed statistics[] = {
    {"sum", "sum", 1, 1},       {"avg", "avg", 1, 1},           {"mean", "avg", 1, 1},         {"min", "min", 1, 1},
    {"max", "max", 1, 1},       {"stddev_pop", "stddev", 1, 1}, {"var_pop", "variance", 1, 1}, {"earliest", "earliest", 1, 1},
    {"latest", "latest", 1, 1}, {"first", "earliest", 1, 1},    {"last", "latest", 1, 1},      {"collect_set", "values", 1, 1},
    {"values", "values", 1, 1},
};
constexpr std::string_view other_statistics[] = {"count",
                                                 "dc",
                                                 "distinct_count",
                                                 "count_distinct",
                                                 "approx_count_distinct",
                                                 "percentile",
                                                 "percentile_approx",
                                                 "approx_percentile",
                                                 "median",
                                                 "stddev",
                                                 "stddev_samp",
                                                 "std",
                                                 "variance",
                                                 "var_samp"};

std::string call_of(std::string_view name, const std::vector<std::string>& arguments) {
  std::string text(name);
  text += '(';
  for (std::size_t i = 0; i < arguments.size(); ++i) text += (i ? ", " : "") + arguments[i];
  return text + ')';
}

std::string unquoted(const std::string& text) { return text.size() >= 2 && text[0] == '"' ? text.substr(1, text.size() - 2) : text; }

const Renamed* renamed_in(auto& table, std::string_view name, std::size_t arguments) {
  const auto found = std::find_if(std::begin(table), std::end(table), [&](const Renamed& each) { return each.name == name; });
  return found != std::end(table) && arguments >= found->arguments_min && arguments <= found->arguments_max ? &*found : nullptr;
}

bool is_reserved(const std::string& name) {
  static constexpr std::array words = {"and",  "or",     "not",    "in",        "like",  "as",   "by",    "asc",
                                       "desc", "source", "output", "outputnew", "multi", "into", "offset"};
  const std::string lower = lower_case(name);
  return std::find(words.begin(), words.end(), lower) != words.end();
}

/// 'hour' or "hour" as the period of datefloor.
std::optional<std::string> period_of(const std::string& unit) {
  const std::string lower = lower_case(unquoted(unit));
  static constexpr std::pair<std::string_view, std::string_view> units[] = {{"second", "1s"},  {"minute", "1m"}, {"hour", "1h"},
                                                                            {"day", "1d"},     {"week", "1w"},   {"month", "1mo"},
                                                                            {"quarter", "1q"}, {"year", "1y"}};
  for (const auto& [name, period] : units)
    if (lower == name) return std::string(period);
  return std::nullopt;
}

}  // namespace

std::string quoted_field(const std::string& name) {
  const bool plain = !name.empty() && !(name[0] >= '0' && name[0] <= '9') && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '@' || c == '.' || c == '_';
  });
  if (plain && !is_reserved(name)) return name;
  std::string quoted = "`";
  for (const char c : name) {
    if (c == '`' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '`';
}

std::string quoted_text(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

std::string slashes_escaped(const std::string& regex) {
  std::string out;
  for (std::size_t i = 0; i < regex.size(); ++i) {
    if (regex[i] == '\\' && i + 1 < regex.size()) {
      out += regex[i++];
      out += regex[i];
    } else {
      out += regex[i] == '/' ? "\\/" : std::string(1, regex[i]);
    }
  }
  return out;
}

std::string like_test(const std::string& field, const std::string& pattern, bool any_case) {
  const std::string inner =
      pattern.size() >= 2 && pattern.front() == '%' && pattern.back() == '%' ? pattern.substr(1, pattern.size() - 2) : "";
  if (!inner.empty() && !any_case && inner.find_first_of("%_\\") == std::string::npos) return field + " like " + quoted_text(inner);
  std::string regex = any_case ? "(?is)^" : "(?s)^";
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    std::string piece;
    if (pattern[i] == '%') {
      piece = ".*";
    } else if (pattern[i] == '_') {
      piece = ".";
    } else {
      if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
      piece = re2::RE2::QuoteMeta(re2::StringPiece(&pattern[i], 1));
      if (pattern[i] == '/') piece = "\\/";
      if (static_cast<unsigned char>(pattern[i]) >= 128) piece = pattern[i];
    }
    regex += piece;
  }
  return field + " like /" + regex + "$/";
}

std::optional<std::string> translated_call(std::string_view written, const std::vector<std::string>& arguments) {
  const std::string name = lower_case(written);
  const std::size_t count = arguments.size();
  if (const Renamed* call = renamed_in(calls, name, count)) return call_of(call->insights, arguments);
  if ((name == "power" || name == "pow") && count == 2) return "((" + arguments[0] + ") ^ (" + arguments[1] + "))";
  if (name == "mod" && count == 2) return "((" + arguments[0] + ") % (" + arguments[1] + "))";
  if (name == "isnull" && count == 1) return "(not ispresent(" + arguments[0] + "))";
  if ((name == "substring" || name == "substr" || name == "mid") && (count == 2 || count == 3)) {
    // there places count from 1
    std::vector<std::string> moved = arguments;
    moved[1] = "((" + moved[1] + ") - 1)";
    return call_of("substr", moved);
  }
  if ((name == "left") && count == 2) return "substr(" + arguments[0] + ", 0, " + arguments[1] + ")";
  if ((name == "date_trunc" || name == "trunc") && count == 2)
    if (const auto period = period_of(arguments[0])) return "datefloor(" + arguments[1] + ", " + *period + ")";
  if (name == "sha2" && count == 2 && (arguments[1] == "256" || arguments[1] == "0")) return call_of("sha256", {arguments[0]});
  if (name == "timestampadd" && count == 3)
    return call_of("sql.addtime", {quoted_text(unquoted(arguments[0])), arguments[1], arguments[2]});
  if (name == "timestampdiff" && count == 3)
    return call_of("sql.timediff", {quoted_text(unquoted(arguments[0])), arguments[1], arguments[2]});
  if (name == "instr" && count == 2) return call_of("sql.position", {arguments[1], arguments[0]});
  if (name == "add_months" && count == 2) return call_of("sql.date", {call_of("sql.addtime", {"\"month\"", arguments[1], arguments[0]})});
  if ((name == "regexp_like" || name == "regexp") && count == 2)
    return "(" + arguments[0] + " like " + (arguments[1].starts_with('"') ? arguments[1] : quoted_text(arguments[1])) + ")";
  return std::nullopt;
}

bool is_statistic(std::string_view written) {
  const std::string name = lower_case(written);
  return std::any_of(std::begin(statistics), std::end(statistics), [&](const Renamed& each) { return each.name == name; }) ||
         std::find(std::begin(other_statistics), std::end(other_statistics), name) != std::end(other_statistics);
}

std::optional<std::string> translated_statistic(std::string_view written, const std::vector<std::string>& arguments, bool distinct,
                                                bool fractions) {
  const std::string name = lower_case(written);
  const std::size_t count = arguments.size();
  const bool distinct_name = name == "dc" || name == "distinct_count" || name == "count_distinct" || name == "approx_count_distinct";
  if (count == 1 && (distinct_name || (name == "count" && distinct))) return "count_distinct(" + arguments[0] + ")";
  if (distinct) return std::nullopt;
  if (name == "count" && (count == 0 || (count == 1 && (arguments[0] == "*" || arguments[0] == "1")))) return "count(*)";
  if (name == "count" && count == 1) return "count(" + arguments[0] + ")";
  // those of a sample
  if (count == 1 && (name == "variance" || name == "var_samp" || name == "stddev" || name == "stddev_samp" || name == "std")) {
    const std::string rows = "count(toNumber(" + arguments[0] + "))";
    const std::string variance = "(variance(" + arguments[0] + ") * " + rows + " / (" + rows + " - 1))";
    return name.starts_with("var") ? variance : "sqrt(" + variance + ")";
  }
  if (name == "median" && count == 1) return "pct(" + arguments[0] + ", 50)";
  if ((name == "percentile" || name == "percentile_approx" || name == "approx_percentile") && count == 2) {
    const auto number = number_in(arguments[1]);
    if (!number) return std::nullopt;
    return "pct(" + arguments[0] + ", " + text_of(fractions ? *number * 100 : *number) + ")";
  }
  if (const Renamed* call = renamed_in(statistics, name, count)) return call_of(call->insights, arguments);
  return std::nullopt;
}

}  // namespace tocsin::diagnose
