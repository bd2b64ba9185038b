// Functions of times. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
#include <array>
#include <cmath>

#include "diagnose/log_query/evaluate.h"
#include "diagnose/log_query/function_names.h"
#include "diagnose/log_query/time_format.h"

namespace tocsin::diagnose {
namespace {

using Arguments = const FunctionArguments&;
constexpr double time_ms_max = 9e12;

std::optional<std::int64_t> time_of(Arguments a, std::size_t i) {
  const auto number = a.number(i);
  if (!number || std::abs(*number) > time_ms_max) return std::nullopt;
  return static_cast<std::int64_t>(std::floor(*number));
}

Value date_floor(Arguments a) {
  const auto time_ms = time_of(a, 0);
  return time_ms ? Value(Moment{floor_to_period(*time_ms, a.call.period)}) : Value();
}

Value date_ceil(Arguments a) {
  const auto time_ms = time_of(a, 0);
  if (!time_ms) return {};
  const std::int64_t floor_ms = floor_to_period(*time_ms, a.call.period);
  return Moment{floor_ms < *time_ms ? next_period(floor_ms, a.call.period) : floor_ms};
}

Value from_millis(Arguments a) {
  const auto number = a.number(0);
  return number && std::abs(*number) < 9e15 ? Value(Moment{static_cast<std::int64_t>(*number)}) : Value();
}
Value to_millis(Arguments a) {
  const auto number = a.number(0);
  return number ? Value(*number) : Value();
}
Value now(Arguments a) { return std::floor(static_cast<double>(a.around.now_ms) / 1000); }

Value parse_date(Arguments a) {
  const auto time_ms = parse_moment(a.text(0), a.text(1), a.size() > 2 ? a.text(2) : "UTC");
  return time_ms ? Value(static_cast<double>(*time_ms)) : Value();
}
Value format_date(Arguments a) {
  const auto time_ms = time_of(a, 0);
  auto text = time_ms ? format_moment(*time_ms, a.text(1), a.size() > 2 ? a.text(2) : "UTC") : std::nullopt;
  return text ? Value(std::move(*text)) : Value();
}

using Special = FunctionForm::Special;
constexpr std::array forms = {FunctionForm{"bin", 0, 0, date_floor, Special::period_alone},
                              FunctionForm{"datefloor", 1, 1, date_floor, Special::period_last},
                              FunctionForm{"dateceil", 1, 1, date_ceil, Special::period_last},
                              FunctionForm{"frommillis", 1, 1, from_millis},
                              FunctionForm{"tomillis", 1, 1, to_millis},
                              FunctionForm{"now", 0, 0, now},
                              FunctionForm{"parsedate", 2, 3, parse_date},
                              FunctionForm{"formatdate", 2, 3, format_date},
                              FunctionForm{"strftime", 2, 3, format_date}};

}  // namespace

std::span<const FunctionForm> time_functions() { return forms; }

}  // namespace tocsin::diagnose
