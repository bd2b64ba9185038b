// The functions of log queries by name, with how many arguments they take.
#pragma once

#include <optional>
#include <string_view>

#include "diagnose/log_query/query_plan.h"

namespace tocsin::diagnose {

struct FunctionForm {
  std::string_view name;  ///< lower case
  Function function;
  std::size_t arguments_min, arguments_max;  ///< of bin, datefloor, dateceil without the period
  bool period = false;
};
struct StatisticForm {
  std::string_view name;
  Statistic statistic;
};

/// In any case of letters.
const FunctionForm* function_named(std::string_view name);
const StatisticForm* statistic_named(std::string_view name);
std::optional<Unit> unit_named(std::string_view name);
std::string lower_case(std::string_view text);

}  // namespace tocsin::diagnose
