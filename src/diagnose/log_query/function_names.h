// The functions of log queries by name: how many arguments they take and how they are computed.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/letters.h"
#include "diagnose/log_query/query_plan.h"

namespace tocsin::diagnose {

struct Surroundings;

struct FunctionArguments {
  const Expression& call;
  std::vector<Value>& values;
  const Surroundings& around;

  std::size_t size() const { return values.size(); }
  /// Maps and lists are nothing to functions of texts, numbers and times.
  std::string text(std::size_t i) const { return is_structure(values[i]) ? std::string() : text_of(values[i]); }
  std::optional<double> number(std::size_t i) const { return i < values.size() ? number_of(values[i]) : std::nullopt; }
};

struct FunctionForm {
  enum class Special { none, period_alone, period_last, lazy, current_time_bin };
  std::string_view name;  ///< small letters, without '_'
  std::size_t arguments_min, arguments_max;
  Value (*compute)(const FunctionArguments&);
  Special special = Special::none;
  bool takes_null = false;  ///< otherwise a missing first argument gives nothing
};

/// The tables, each beside what it names.
std::span<const FunctionForm> number_functions();
std::span<const FunctionForm> text_functions();
std::span<const FunctionForm> time_functions();
std::span<const FunctionForm> general_functions();
std::span<const FunctionForm> address_functions();
std::span<const FunctionForm> foreign_functions();
std::span<const FunctionForm> foreign_time_functions();

struct StatisticForm {
  std::string_view name;
  Statistic statistic;
};

/// In any case of letters, with or without '_' between words.
const FunctionForm* function_named(std::string_view name);
const StatisticForm* statistic_named(std::string_view name);
std::optional<Unit> unit_named(std::string_view name);

/// What one value may grow to.
inline constexpr std::size_t text_bytes_max = 1u << 20;

}  // namespace tocsin::diagnose
