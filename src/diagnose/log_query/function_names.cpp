#include "diagnose/log_query/function_names.h"

#include <algorithm>
#include <array>

namespace tocsin::diagnose {
namespace {

constexpr std::array statistics = {
    StatisticForm{"count", Statistic::count},
    StatisticForm{"countdistinct", Statistic::count_distinct},
    StatisticForm{"sum", Statistic::sum},
    StatisticForm{"avg", Statistic::avg},
    StatisticForm{"min", Statistic::min},
    StatisticForm{"max", Statistic::max},
    StatisticForm{"pct", Statistic::pct},
    StatisticForm{"percentile", Statistic::pct},
    StatisticForm{"stddev", Statistic::stddev},
    StatisticForm{"variance", Statistic::variance},
    StatisticForm{"earliest", Statistic::earliest},
    StatisticForm{"latest", Statistic::latest},
    StatisticForm{"sortsfirst", Statistic::sorts_first},
    StatisticForm{"sortslast", Statistic::sorts_last},
    StatisticForm{"values", Statistic::values},
    StatisticForm{"collectvalues", Statistic::values},
    StatisticForm{"topk", Statistic::topk},
    StatisticForm{"rate", Statistic::rate},
    StatisticForm{"countovertime", Statistic::count},
    StatisticForm{"sumovertime", Statistic::sum},
    StatisticForm{"histogram", Statistic::histogram},
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
  std::string lower = lower_case(name);
  std::erase(lower, '_');
  const auto at = std::find_if(table.begin(), table.end(), [&](const auto& each) { return each.name == lower; });
  return at == table.end() ? nullptr : &*at;
}

}  // namespace

const FunctionForm* function_named(std::string_view name) {
  for (const auto table : {general_functions(), text_functions(), number_functions(), time_functions(), address_functions(),
                           foreign_functions(), foreign_time_functions()})
    if (const FunctionForm* form = found(table, name)) return form;
  return nullptr;
}
const StatisticForm* statistic_named(std::string_view name) { return found(statistics, name); }

std::optional<Unit> unit_named(std::string_view name) {
  const UnitName* unit = found(units, name);
  if (!unit && name.size() > 2 && name.ends_with('s')) unit = found(units, name.substr(0, name.size() - 1));
  if (!unit) return std::nullopt;
  return unit->unit;
}

}  // namespace tocsin::diagnose
