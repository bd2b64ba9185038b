#include "remediate/automation/step_outputs.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "remediate/automation/selector.h"

namespace tocsin::remediate {
namespace {

std::optional<std::int64_t> to_integer(const Document& value) {
  if (value.is_string()) {
    const std::string_view text(value.get_string());
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return !text.empty() && error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
  }
  boost::json::error_code error;
  const auto number = value.to_number<std::int64_t>(error);
  if (!error) return number;
  if (value.is_double() && std::abs(value.get_double()) < 9e15) return static_cast<std::int64_t>(value.get_double());
  return std::nullopt;
}

std::optional<Document> to_type(const Document& value, std::string_view type) {
  if (type == "String") {
    // a filter always gives a list; of one element, the element is meant
    const Array* list = value.if_array();
    if (list && list->empty()) return Document("");
    return Document(to_plain_text(list && list->size() == 1 ? list->front() : value));
  }
  if (type == "Integer") {
    const auto number = to_integer(value);
    return number ? std::optional<Document>(*number) : std::nullopt;
  }
  if (type == "Boolean") {
    if (value.is_bool()) return value;
    const std::string text = to_plain_text(value);
    if (text == "true" || text == "True") return Document(true);
    return text == "false" || text == "False" ? std::optional<Document>(false) : std::nullopt;
  }
  if (type == "StringMap") return value.is_object() ? std::optional(value) : std::nullopt;
  if (type == "MapList") return value.is_array() ? std::optional(value) : std::optional<Document>(Array{value});
  return Document(to_list(value));
}

std::optional<Document> when_absent(std::string_view type) {
  if (type == "String") return Document("");
  if (type == "StringMap") return Document(Object{});
  if (type == "StringList" || type == "MapList") return Document(Array{});
  return std::nullopt;
}

std::string property_text(const Document& value) {
  if (value.is_bool()) return value.get_bool() ? "True" : "False";
  return to_plain_text(value);
}

bool is_desired(const Document& value, const Array& desired) {
  return std::ranges::any_of(desired, [&](const Document& wanted) {
    if (property_text(value) == property_text(wanted)) return true;
    return value.is_bool() && wanted.is_string() && to_plain_text(value) == std::string_view(wanted.get_string());
  });
}

}  // namespace

Object select_outputs(const std::vector<OutputDefinition>& definitions, const Document& answer) {
  Object outputs;
  for (const OutputDefinition& definition : definitions) {
    const auto selector = Selector::parse(definition.selector);
    const auto found = selector ? selector->select(answer) : std::nullopt;
    auto typed = found && !found->is_null() ? to_type(*found, definition.type) : when_absent(definition.type);
    if (typed) outputs[definition.name] = std::move(*typed);
  }
  return outputs;
}

Result<bool> has_desired_property(const Document& answer, const std::string& selector_text, const Document& desired_values,
                                  std::string& found_text) {
  const auto selector = Selector::parse(selector_text);
  if (!selector) return std::unexpected(selector.error());
  const auto found = selector->select(answer);
  found_text = found ? property_text(*found) : "nothing";
  if (!found) return false;
  const Array desired = to_list(desired_values);
  if (!found->is_array()) return is_desired(*found, desired);
  const Array& values = found->get_array();
  return !values.empty() && std::ranges::all_of(values, [&](const Document& value) { return is_desired(value, desired); });
}

Array to_list(const Document& value) {
  if (value.is_null()) return {};
  Array list;
  for (std::string& text : to_texts(value)) list.emplace_back(std::move(text));
  return list;
}

Object to_lists(const Document& map) {
  Object lists;
  if (const Object* members = map.if_object())
    for (const auto& [key, value] : *members) lists[key] = to_list(value);
  return lists;
}

std::string to_operation_name(std::string_view api) {
  std::string name;
  bool is_start = true;
  for (const char c : api) {
    if (c == '-' || c == '_') {
      is_start = true;
      continue;
    }
    name += is_start ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : c;
    is_start = false;
  }
  return name;
}

}  // namespace tocsin::remediate
