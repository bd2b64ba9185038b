// Functions of numbers. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <numbers>

#include "diagnose/log_query/function_names.h"
#include "diagnose/log_query/numeric_results.h"

namespace tocsin::diagnose {
namespace {

using Arguments = const FunctionArguments&;
constexpr std::size_t many = 50;

template <bool greatest>
Value extreme(Arguments a) {
  std::optional<double> found;
  for (const Value& value : a.values) {
    const auto number = number_of(value);
    if (number && (!found || (greatest ? *number > *found : *number < *found))) found = number;
  }
  return found ? Value(*found) : Value();
}

Value rounded(Arguments a) {
  const auto number = a.number(0);
  if (!number) return {};
  if (a.size() < 2) return std::round(*number);
  const double factor = std::pow(10, std::clamp(a.number(1).value_or(0), -15.0, 15.0));
  return finite(std::round(*number * factor) / factor);
}

Value whole(Arguments a, double min, double max) {
  const auto number = a.number(0);
  if (!number) return {};
  const double cut = std::trunc(*number);
  return cut >= min && cut <= max ? Value(cut) : Value();
}
Value to_int(Arguments a) { return whole(a, -2147483648.0, 2147483647.0); }
Value to_long(Arguments a) { return whole(a, -9223372036854775808.0, 9223372036854774784.0); }
Value to_number(Arguments a) {
  const auto number = number_in(std::string_view(a.text(0)));
  return number ? Value(*number) : is_structure(a.values[0]) ? Value() : a.number(0) ? Value(*a.number(0)) : Value();
}

/// Kilometres on a sphere of the earth's mean radius.
Value haversine(Arguments a) {
  constexpr double radius_km = 6371.0;
  const auto radians = [&](std::size_t i) { return a.number(i).value_or(std::nan("")) * std::numbers::pi / 180; };
  const double lat1 = radians(0), lon1 = radians(1), lat2 = radians(2), lon2 = radians(3);
  const double lat = std::sin((lat2 - lat1) / 2), lon = std::sin((lon2 - lon1) / 2);
  return finite(2 * radius_km * std::asin(std::sqrt(lat * lat + std::cos(lat1) * std::cos(lat2) * lon * lon)));
}

Value hex_to_dec(Arguments a) {
  std::string text = lower_case(a.text(0));
  const bool negative = text.starts_with('-');
  std::string_view digits = std::string_view(text).substr(negative ? 1 : 0);
  if (digits.starts_with("0x")) digits.remove_prefix(2);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size()) return {};
  return negative ? -static_cast<double>(number) : static_cast<double>(number);
}

Value dec_to_hex(Arguments a) {
  const auto number = a.number(0);
  if (!number || std::abs(*number) >= 9.2e18) return {};
  std::array<char, 20> digits{};
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), static_cast<std::uint64_t>(std::trunc(std::abs(*number))), 16).ptr;
  return (*number <= -1 ? "-0x" : "0x") + std::string(digits.data(), end);
}

Value histogram_bucket(Arguments a) {
  const auto number = a.number(0), width = a.number(1);
  return number && width && *width > 0 ? finite(std::floor(*number / *width) * *width) : Value();
}

double absolute(double x) { return std::abs(x); }
double ceiling(double x) { return std::ceil(x); }
double floored(double x) { return std::floor(x); }
double root(double x) { return std::sqrt(x); }
double natural_log(double x) { return std::log(x); }

constexpr std::array forms = {
    FunctionForm{"abs", 1, 1, numeric<absolute>},
    FunctionForm{"ceil", 1, 1, numeric<ceiling>},
    FunctionForm{"floor", 1, 1, numeric<floored>},
    FunctionForm{"sqrt", 1, 1, numeric<root>},
    FunctionForm{"log", 1, 1, numeric<natural_log>},
    FunctionForm{.name = "greatest", .arguments_min = 1, .arguments_max = many, .compute = extreme<true>, .takes_null = true},
    FunctionForm{.name = "least", .arguments_min = 1, .arguments_max = many, .compute = extreme<false>, .takes_null = true},
    FunctionForm{"round", 1, 2, rounded},
    FunctionForm{"tonumber", 1, 1, to_number},
    FunctionForm{"toint", 1, 1, to_int},
    FunctionForm{"tolong", 1, 1, to_long},
    FunctionForm{"todouble", 1, 1, to_number},
    FunctionForm{"haversine", 4, 4, haversine},
    FunctionForm{"hextodec", 1, 1, hex_to_dec},
    FunctionForm{"dectohex", 1, 1, dec_to_hex},
    FunctionForm{"histogram", 2, 2, histogram_bucket}};

}  // namespace

std::span<const FunctionForm> number_functions() { return forms; }

}  // namespace tocsin::diagnose
