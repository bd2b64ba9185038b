// General functions and those of JSON. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "diagnose/log_query/evaluate.h"
#include "diagnose/log_query/function_names.h"

namespace tocsin::diagnose {
namespace {

using Arguments = const FunctionArguments&;
constexpr std::size_t many = 50;
// ten branches and what else it is
constexpr std::size_t case_arguments_max = 21;

Value is_present(Arguments a) { return truth_value(!is_null(a.values[0])); }
Value is_numeric(Arguments a) { return truth_value(a.number(0).has_value()); }

Value coalesce(Arguments a) {
  const auto found = std::find_if(a.values.begin(), a.values.end(), [](const Value& value) { return !is_null(value); });
  return found == a.values.end() ? Value() : std::move(*found);
}

Value message_size(Arguments a) { return static_cast<double>(a.text(0).size()); }
Value query_start(Arguments a) { return static_cast<double>(a.around.from_ms); }
Value query_end(Arguments a) { return static_cast<double>(a.around.to_ms); }
Value query_range(Arguments a) { return static_cast<double>(a.around.to_ms - a.around.from_ms); }

Value json_parse(Arguments a) {
  if (is_structure(a.values[0])) return a.values[0];
  auto document = parse_json(a.text(0));
  if (!document || (!document->is_object() && !document->is_array())) return {};
  return std::make_shared<const Document>(std::move(*document));
}
Value json_stringify(Arguments a) { return is_structure(a.values[0]) ? Value(text_of(a.values[0])) : Value(); }

/// The list that the value is or, as a text, holds.
Structure list_of(const Value& value) {
  if (const auto* structure = std::get_if<Structure>(&value)) return (*structure)->is_array() ? *structure : nullptr;
  const auto* text = std::get_if<std::string>(&value);
  auto document = text ? parse_json(*text) : Result<Document>(Document());
  return document && document->is_array() ? std::make_shared<const Document>(std::move(*document)) : nullptr;
}

Value json_array_size(Arguments a) {
  const Structure list = list_of(a.values[0]);
  return list ? Value(static_cast<double>(list->get_array().size())) : Value();
}

Value json_array_contains(Arguments a) {
  const Structure list = list_of(a.values[0]);
  if (!list) return truth_value(false);
  const auto& array = list->get_array();
  return truth_value(
      std::any_of(array.begin(), array.end(), [&](const Document& each) { return equal_values(value_of(each), a.values[1]); }));
}

constexpr auto lazy = FunctionForm::Special::lazy;
constexpr std::array forms = {
    FunctionForm{.name = "ispresent", .arguments_min = 1, .arguments_max = 1, .compute = is_present, .takes_null = true},
    FunctionForm{.name = "isnumeric", .arguments_min = 1, .arguments_max = 1, .compute = is_numeric, .takes_null = true},
    FunctionForm{.name = "coalesce", .arguments_min = 1, .arguments_max = many, .compute = coalesce, .takes_null = true},
    FunctionForm{"if", 3, 3, nullptr, lazy},
    FunctionForm{"case", 2, case_arguments_max, nullptr, lazy},
    FunctionForm{"messagesize", 1, 1, message_size},
    FunctionForm{"querystarttime", 0, 0, query_start},
    FunctionForm{"queryendtime", 0, 0, query_end},
    FunctionForm{"querytimerange", 0, 0, query_range},
    FunctionForm{"jsonparse", 1, 1, json_parse},
    FunctionForm{"jsonstringify", 1, 1, json_stringify},
    FunctionForm{.name = "jsonarraysize", .arguments_min = 1, .arguments_max = 1, .compute = json_array_size, .takes_null = true},
    FunctionForm{.name = "jsonarraycontains", .arguments_min = 2, .arguments_max = 2, .compute = json_array_contains, .takes_null = true}};

}  // namespace

std::span<const FunctionForm> general_functions() { return forms; }

}  // namespace tocsin::diagnose
