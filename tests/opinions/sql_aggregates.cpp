#include "sql_aggregates.h"

#include <fmt/format.h>

#include "sql_dialects.h"

namespace tocsin::opinions {

using namespace diagnose;

namespace {

std::string number_and_text(Dialect dialect, const std::string& x) {
  if (dialect == Dialect::duckdb) return "struct_pack(n := i_num(" + x + "), s := " + x + ")";
  return "tuple(i_num(" + x + "), " + x + ")";
}

Sql extreme(Dialect dialect, const SqlExpressions& say, const Sql& value, bool least) {
  const std::string x = value.text;
  if (value.kind != Kind::text) return {std::string(least ? "min(" : "max(") + say.as_number(value) + ")", Kind::number};
  const std::string text = extreme_by(dialect, least, x, "i_natural(" + x + ")", x + " IS NOT NULL AND i_num(" + x + ") IS NULL");
  const std::string number = extreme_by(dialect, least, x, number_and_text(dialect, x), "i_num(" + x + ") IS NOT NULL");
  return {"coalesce(" + (least ? text + ", " + number : number + ", " + text) + ")", Kind::text};
}

}  // namespace

Sql aggregate(Dialect dialect, const SqlExpressions& say, const Aggregate& each) {
  if (each.statistic == Statistic::count)
    return {dialect == Dialect::duckdb ? "CAST(count(*) AS DOUBLE)" : "toFloat64(count())", Kind::number};
  const Sql value = say.value(each.expression);
  const std::string number = say.as_number(value), text = say.as_text(value);
  const auto counted = [&](const std::string& what) {
    return Sql{dialect == Dialect::duckdb ? "CAST(count(" + what + ") AS DOUBLE)" : "toFloat64(count(" + what + "))", Kind::number};
  };
  const auto present = [&](const std::string& aggregate) {
    return Sql{"CASE WHEN count(" + number + ") > 0 THEN " + aggregate + " END", Kind::number};
  };
  switch (each.statistic) {
    case Statistic::count_of:
      return counted(value.text);
    case Statistic::count_distinct:
      return counted("DISTINCT " + value.text);
    case Statistic::sum:
      return present("sum(" + number + ")");
    case Statistic::avg:
      return present("avg(" + number + ")");
    case Statistic::stddev:
      return present((dialect == Dialect::duckdb ? "stddev_pop(" : "stddevPopStable(") + number + ")");
    case Statistic::variance:
      return present((dialect == Dialect::duckdb ? "var_pop(" : "varPopStable(") + number + ")");
    case Statistic::pct:
      return present(fmt::format("{}[greatest(1, {}(ceil({} * count({}) / 100.0){})]", sorted_numbers(dialect, number),
                                 dialect == Dialect::duckdb ? "CAST" : "toInt64", each.parameter, number,
                                 dialect == Dialect::duckdb ? " AS BIGINT)" : ")"));
    case Statistic::min:
    case Statistic::max:
    case Statistic::sorts_first:
    case Statistic::sorts_last:
      return extreme(dialect, say, value, each.statistic == Statistic::min || each.statistic == Statistic::sorts_first);
    case Statistic::earliest:
    case Statistic::latest: {
      if (!say.events) throw LeftOut{"earliest and latest of rows that are no events"};
      const bool least = each.statistic == Statistic::earliest;
      const std::string by = least ? "t * 1000000 + o" : "t * 1000000 - o";
      const Sql plain = value.kind == Kind::moment ? Sql{number, Kind::number} : value;
      return {extreme_by(dialect, least, plain.text, by, value.text + " IS NOT NULL"), plain.kind};
    }
    case Statistic::rate: {
      if (!say.events) throw LeftOut{"rate of rows that are no events"};
      const std::string there = number + " IS NOT NULL";
      return {"((" + extreme_by(dialect, false, number, "t * 1000000 - o", there) + ") - (" +
                  extreme_by(dialect, true, number, "t * 1000000 + o", there) + fmt::format(")) / {}", each.parameter),
              Kind::number};
    }
    default:
      throw LeftOut{"values, topk and histogram, which give lists and maps"};
  }
}

}  // namespace tocsin::opinions
