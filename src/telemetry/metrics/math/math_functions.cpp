#include "telemetry/metrics/math/math_functions.h"

#include <algorithm>
#include <array>

#include "telemetry/metrics/math/math_operators.h"
#include "telemetry/metrics/math/math_reductions.h"

namespace tocsin::telemetry {
namespace {

constexpr std::string_view wrong_words = "Unsupported operand type(s)";

MathFunction reduced(Reduction reduction) {
  return [reduction](const MathArguments& arguments, const MathSpan&) -> Result<MathValue> {
    if (arguments.size() != 1) return wrong_arguments();
    return reduce(reduction, arguments[0]);
  };
}

Result<MathValue> if_function(const MathArguments& arguments, const MathSpan&) {
  if (arguments.size() < 2 || arguments.size() > 3) return wrong_arguments();
  return choose(arguments[0], arguments[1], arguments.size() == 3 ? std::optional(arguments[2]) : std::nullopt);
}

MathFunctions all_functions() {
  MathFunctions all = {{"SUM", reduced(Reduction::sum)},          {"AVG", reduced(Reduction::average)},
                       {"MIN", reduced(Reduction::minimum)},      {"MAX", reduced(Reduction::maximum)},
                       {"STDDEV", reduced(Reduction::deviation)}, {"IF", if_function}};
  for (MathFunctions family : {point_functions(), array_functions(), span_functions(), calendar_functions()}) all.merge(family);
  return all;
}

const MathFunctions& functions() {
  static const MathFunctions table = all_functions();
  return table;
}

}  // namespace

std::unexpected<Error> wrong_arguments() { return fail(ErrorKind::invalid, std::string(wrong_words)); }

const SeriesValue* series_of(const MathArguments& arguments, std::size_t place) {
  return place < arguments.size() ? std::get_if<SeriesValue>(&arguments[place]) : nullptr;
}
const double* number_of(const MathArguments& arguments, std::size_t place) {
  return place < arguments.size() ? std::get_if<double>(&arguments[place]) : nullptr;
}
const SeriesArray* array_of(const MathArguments& arguments, std::size_t place) {
  return place < arguments.size() ? std::get_if<SeriesArray>(&arguments[place]) : nullptr;
}

Result<MathValue> each_series(const MathArguments& arguments, const std::function<SeriesValue(const SeriesValue&)>& function) {
  if (const SeriesValue* series = series_of(arguments, 0)) return function(*series);
  const SeriesArray* array = array_of(arguments, 0);
  if (!array) return wrong_arguments();
  SeriesArray results;
  for (const SeriesValue& series : *array) results.push_back(function(series));
  return results;
}

bool is_math_function(std::string_view name) { return functions().contains(name); }

bool is_math_word(std::string_view function, std::string_view word) {
  constexpr std::array<std::string_view, 2> of_fill{"REPEAT", "LINEAR"};
  constexpr std::array<std::string_view, 6> of_sort{"AVG", "MIN", "MAX", "SUM", "ASC", "DESC"};
  if (function == "FILL") return std::find(of_fill.begin(), of_fill.end(), word) != of_fill.end();
  return function == "SORT" && std::find(of_sort.begin(), of_sort.end(), word) != of_sort.end();
}

Result<MathValue> apply_function(std::string_view name, const MathArguments& arguments, const MathSpan& span) {
  const auto found = functions().find(name);
  if (found == functions().end()) return fail(ErrorKind::invalid, "Function '" + std::string(name) + "' not found");
  auto result = found->second(arguments, span);
  if (!result && result.error().message == wrong_words)
    return fail(ErrorKind::invalid, std::string(wrong_words) + " for " + std::string(name));
  return result;
}

}  // namespace tocsin::telemetry
