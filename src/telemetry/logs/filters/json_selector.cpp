#include "telemetry/logs/filters/json_selector.h"

#include <algorithm>
#include <boost/json.hpp>

namespace tocsin::telemetry::filters {
namespace {
bool is_name_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '@' || (c & 0x80); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
}  // namespace

Result<JsonSelector> JsonSelector::read(PatternReader& in) {
  in.skip_blanks();
  const std::string_view before = in.rest();
  if (!in.accept("$")) return invalid_pattern("a selector must begin with '$'");
  JsonSelector selector;
  while (in.peek() == '.' || in.peek() == '[') {
    auto step = in.take() == '.' ? member(in) : element(in);
    if (!step) return std::unexpected(step.error());
    selector.steps_.push_back(std::move(*step));
  }
  if (selector.steps_.empty()) return invalid_pattern("a selector names no field");
  if (std::count_if(selector.steps_.begin(), selector.steps_.end(), [](const Step& step) { return step.wildcard; }) > 1)
    return invalid_pattern("more than one wildcard in a selector");
  selector.text_ = before.substr(0, before.size() - in.rest().size());
  return selector;
}

Result<JsonSelector::Step> JsonSelector::member(PatternReader& in) {
  if (in.peek() == '[') {
    in.take();
    return element(in);
  }
  if (in.peek() == '*') {
    in.take();
    return Step{.name = {}, .index = {}, .wildcard = true};
  }
  const std::string_view name = in.take_while(is_name_part);
  if (name.empty()) return invalid_pattern("a field's name is missing");
  return Step{.name = std::string(name), .index = {}};
}

// after '['
Result<JsonSelector::Step> JsonSelector::element(PatternReader& in) {
  Step step;
  if (in.accept("'")) {
    step.name = in.take_while([](char c) { return c != '\''; });
    in.take();
  } else if (in.accept("*")) {
    step.wildcard = true;
  } else {
    const std::string_view digits = in.take_while(is_digit);
    if (digits.empty() || digits.size() > 6) return invalid_pattern("an index is missing");
    step.index = static_cast<std::size_t>(*to_number(digits));
  }
  if (!in.accept("]")) return invalid_pattern("']' is missing");
  return step;
}

bool JsonSelector::has_wildcard() const {
  return std::any_of(steps_.begin(), steps_.end(), [](const Step& step) { return step.wildcard; });
}

std::vector<const Document*> JsonSelector::select(const Document& document) const {
  std::vector<const Document*> found;
  select(document, 0, found);
  return found;
}

void JsonSelector::select(const Document& document, std::size_t at, std::vector<const Document*>& found) const {
  if (at == steps_.size()) return found.push_back(&document);
  const Step& step = steps_[at];
  if (document.is_object() && step.wildcard) {
    for (const auto& [key, value] : document.get_object()) select(value, at + 1, found);
  } else if (document.is_object() && !step.index) {
    if (const Document* value = document.get_object().if_contains(step.name)) select(*value, at + 1, found);
  } else if (document.is_array() && step.wildcard) {
    for (const Document& value : document.get_array()) select(value, at + 1, found);
  } else if (document.is_array() && step.index && *step.index < document.get_array().size()) {
    select(document.get_array()[*step.index], at + 1, found);
  }
}

std::optional<std::string> scalar_text(const Document& value) {
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_double()) return number_text(value.get_double());
  if (value.is_number() || value.is_bool()) return to_json(value);
  return std::nullopt;
}

}  // namespace tocsin::telemetry::filters
