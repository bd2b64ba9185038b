#include "diagnose/log_query/function_names.h"

#include <algorithm>
#include <array>

namespace tocsin::diagnose {
namespace {

constexpr std::size_t many = 50;
constexpr std::array functions = {
    FunctionForm{"abs", Function::abs, 1, 1},
    FunctionForm{"ceil", Function::ceil, 1, 1},
    FunctionForm{"floor", Function::floor, 1, 1},
    FunctionForm{"sqrt", Function::sqrt, 1, 1},
    FunctionForm{"log", Function::log, 1, 1},
    FunctionForm{"greatest", Function::greatest, 1, many},
    FunctionForm{"least", Function::least, 1, many},
    FunctionForm{"ispresent", Function::ispresent, 1, 1},
    FunctionForm{"coalesce", Function::coalesce, 1, many},
    FunctionForm{"isempty", Function::isempty, 1, 1},
    FunctionForm{"isblank", Function::isblank, 1, 1},
    FunctionForm{"isnumeric", Function::isnumeric, 1, 1},
    FunctionForm{"concat", Function::concat, 1, many},
    FunctionForm{"strlen", Function::strlen, 1, 1},
    FunctionForm{"tolower", Function::tolower, 1, 1},
    FunctionForm{"toupper", Function::toupper, 1, 1},
    FunctionForm{"trim", Function::trim, 1, 2},
    FunctionForm{"ltrim", Function::ltrim, 1, 2},
    FunctionForm{"rtrim", Function::rtrim, 1, 2},
    FunctionForm{"substr", Function::substr, 2, 3},
    FunctionForm{"replace", Function::replace, 3, 3},
    FunctionForm{"strcontains", Function::strcontains, 2, 2},
    FunctionForm{"startswith", Function::startswith, 2, 2},
    FunctionForm{"endswith", Function::endswith, 2, 2},
    FunctionForm{"bin", Function::bin, 0, 0, true},
    FunctionForm{"datefloor", Function::datefloor, 1, 1, true},
    FunctionForm{"dateceil", Function::dateceil, 1, 1, true},
    FunctionForm{"frommillis", Function::from_millis, 1, 1},
    FunctionForm{"tomillis", Function::to_millis, 1, 1},
    FunctionForm{"now", Function::now, 0, 0},
};
constexpr std::array statistics = {
    StatisticForm{"count", Statistic::count},
    StatisticForm{"count_distinct", Statistic::count_distinct},
    StatisticForm{"countdistinct", Statistic::count_distinct},
    StatisticForm{"sum", Statistic::sum},
    StatisticForm{"avg", Statistic::avg},
    StatisticForm{"min", Statistic::min},
    StatisticForm{"max", Statistic::max},
    StatisticForm{"pct", Statistic::pct},
    StatisticForm{"percentile", Statistic::pct},
    StatisticForm{"stddev", Statistic::stddev},
    StatisticForm{"earliest", Statistic::earliest},
    StatisticForm{"latest", Statistic::latest},
};
struct UnitName {
  std::string_view name;
  Unit unit;
};
constexpr std::array units = {
    UnitName{"ms", Unit::ms},     UnitName{"msec", Unit::ms}, UnitName{"millisecond", Unit::ms},
    UnitName{"s", Unit::s},       UnitName{"sec", Unit::s},   UnitName{"second", Unit::s},
    UnitName{"m", Unit::m},       UnitName{"min", Unit::m},   UnitName{"minute", Unit::m},
    UnitName{"h", Unit::h},       UnitName{"hr", Unit::h},    UnitName{"hour", Unit::h},
    UnitName{"d", Unit::d},       UnitName{"day", Unit::d},   UnitName{"w", Unit::w},
    UnitName{"week", Unit::w},    UnitName{"mo", Unit::mo},   UnitName{"mon", Unit::mo},
    UnitName{"month", Unit::mo},  UnitName{"q", Unit::q},     UnitName{"qtr", Unit::q},
    UnitName{"quarter", Unit::q}, UnitName{"y", Unit::y},     UnitName{"yr", Unit::y},
    UnitName{"year", Unit::y},
};

const auto* found(const auto& table, std::string_view name) {
  const std::string lower = lower_case(name);
  const auto at = std::find_if(table.begin(), table.end(), [&](const auto& each) { return each.name == lower; });
  return at == table.end() ? nullptr : &*at;
}

}  // namespace

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c += 32;
  return lower;
}

const FunctionForm* function_named(std::string_view name) { return found(functions, name); }
const StatisticForm* statistic_named(std::string_view name) { return found(statistics, name); }

std::optional<Unit> unit_named(std::string_view name) {
  const UnitName* unit = found(units, name);
  if (!unit && name.size() > 2 && name.ends_with('s')) unit = found(units, name.substr(0, name.size() - 1));
  if (!unit) return std::nullopt;
  return unit->unit;
}

}  // namespace tocsin::diagnose
