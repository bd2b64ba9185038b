#include "wire/aws/validation.h"

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

#include "wire/aws/constraint_pattern.h"
#include "wire/aws/scalars.h"
#include "wire/aws/validation_words.h"

namespace tocsin::wire {
namespace {

constexpr std::size_t violations_max = 20;
constexpr int depth_max = 100;

std::string to_text(double bound) {
  const auto whole = static_cast<std::int64_t>(bound);
  return static_cast<double>(whole) == bound ? std::to_string(whole) : format_double(bound);
}

std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  for (const char byte : text) count += (static_cast<unsigned char>(byte) & 0xC0) != 0x80;
  return count;
}

std::string join(const std::vector<std::string>& parts) {
  std::string joined;
  for (const std::string& part : parts) joined += (joined.empty() ? "" : ", ") + part;
  return joined;
}

/// The size that min and max bound: a length, or a number's value.
std::optional<double> measure(const Document& value, const Shape& shape) {
  switch (shape.type) {
    case ShapeType::string:
      return value.is_string() ? std::optional<double>(characters(std::string_view(value.get_string()))) : std::nullopt;
    case ShapeType::blob:
      return value.is_string() ? std::optional<double>(value.get_string().size()) : std::nullopt;
    case ShapeType::list:
      return value.is_array() ? std::optional<double>(value.get_array().size()) : std::nullopt;
    case ShapeType::map:
      return value.is_object() ? std::optional<double>(value.get_object().size()) : std::nullopt;
    default:
      return shape.is_number() ? as_number(value) : std::nullopt;
  }
}

std::string bound_words(const Shape& shape, std::string_view side, double bound) {
  return std::string("Member must have ") + (shape.is_number() ? "value " : "length ") + std::string(side) + " than or equal to " +
         to_text(bound);
}
std::string pattern_words(const Shape& shape) { return "Member must satisfy regular expression pattern: " + shape.pattern; }
std::string enum_words(const Shape& shape) { return "Member must satisfy enum value set: [" + join(shape.enum_values) + "]"; }

/// What the value breaks of its own shape's constraints, one line each.
std::vector<std::string> broken_constraints(const Document& value, const Shape& shape, const ValidationWords& words) {
  std::vector<std::string> broken;
  const std::optional<double> size = measure(value, shape);
  if (size && shape.max && *size > *shape.max) broken.push_back(bound_words(shape, "less", *shape.max));
  if (size && shape.min && *size < *shape.min) broken.push_back(bound_words(shape, "greater", *shape.min));
  if (shape.type != ShapeType::string || !value.is_string()) return broken;
  const std::string_view text = value.get_string();
  if (shape.compiled_pattern && !shape.compiled_pattern->matches(text)) broken.push_back(pattern_words(shape));
  const bool listed = std::ranges::any_of(shape.enum_values, [&](const std::string& allowed) { return allowed == text; });
  if (words.checks_enums && !shape.enum_values.empty() && !listed) broken.push_back(enum_words(shape));
  return broken;
}

/// All that the shape asks, for the message about a list's or map's elements.
std::string all_constraints(const Shape& shape) {
  std::vector<std::string> all;
  if (shape.max) all.push_back(bound_words(shape, "less", *shape.max));
  if (shape.min) all.push_back(bound_words(shape, "greater", *shape.min));
  if (!shape.pattern.empty()) all.push_back(pattern_words(shape));
  if (!shape.enum_values.empty()) all.push_back(enum_words(shape));
  return "[" + join(all) + "]";
}

/// As the services print a value: [a, b], {k=v}.
std::string show_value(const Document& value, int depth = 0) {
  if (value.is_string()) return std::string(std::string_view(value.get_string()).substr(0, 2000));
  if (value.is_array()) {
    std::vector<std::string> parts;
    for (const Document& element : value.get_array()) parts.push_back(depth > 2 ? "…" : show_value(element, depth + 1));
    return "[" + join(parts) + "]";
  }
  if (value.is_object()) {
    std::vector<std::string> parts;
    for (const auto& [key, element] : value.get_object())
      parts.push_back(std::string(key) + "=" + (depth > 2 ? "…" : show_value(element, depth + 1)));
    return "{" + join(parts) + "}";
  }
  if (value.is_double()) return format_double(value.get_double());
  return to_json(value);
}

class Walker {
 public:
  explicit Walker(const ValidationWords& words) : words_(words) {}

  void structure(const Document& document, const Shape& shape, const Step& place, int depth) {
    if (shape.is_document || depth > depth_max) return;
    std::size_t present = 0;
    for (const Member& member : shape.members) {
      const Document* value = find(document, member.name);
      const Step at{&place, Step::Kind::member, member.name};
      if (!value || value->is_null()) {
        if (member.required) add({place_of(at), std::nullopt, "Member must not be null", member.name, true});
        continue;
      }
      ++present;
      any(*value, *member.shape, at, member.name, depth + 1);
    }
    if (shape.is_union && present != 1)
      add({place_of(place), std::nullopt, "Exactly one member of the union must be set", shape.name, false});
  }

  std::vector<Violation> take() { return std::move(violations_); }

 private:
  void add(Violation violation) {
    if (violations_.size() < violations_max) violations_.push_back(std::move(violation));
  }

  void any(const Document& value, const Shape& shape, const Step& place, std::string_view member, int depth) {
    if (!words_.checks_constraints && !shape.is_aggregate()) return;
    if (words_.checks_constraints)
      for (std::string& broken : broken_constraints(value, shape, words_))
        add({place_of(place), shown(value, shape), std::move(broken), std::string(member), false});
    if (shape.type == ShapeType::structure) structure(value, shape, place, depth);
    if (shape.type == ShapeType::list && value.is_array()) list(value, shape, place, member, depth);
    if (shape.type == ShapeType::map && value.is_object()) map(value, shape, place, member, depth);
  }

  void list(const Document& value, const Shape& shape, const Step& place, std::string_view member, int depth) {
    const Shape& element = *shape.element.shape;
    std::size_t index = 0;
    for (const Document& item : value.get_array()) {
      const Step at{&place, Step::Kind::element, {}, ++index};
      if (item.is_null())
        add({place_of(at), std::nullopt, "Member must not be null", std::string(member), true});
      else if (element.is_aggregate())
        any(item, element, at, member, depth + 1);
      else if (words_.checks_constraints && !broken_constraints(item, element, words_).empty())
        return add({place_of(place), shown(value, element), "Member must satisfy constraint: " + all_constraints(element),
                    std::string(member), false});
    }
  }

  void map(const Document& value, const Shape& shape, const Step& place, std::string_view member, int depth) {
    if (words_.checks_constraints && breaks_key(value, shape))
      add({place_of(place), shown(value, shape), "Map keys must satisfy constraint: " + all_constraints(*shape.key.shape),
           std::string(member), false});
    const Shape& element = *shape.value.shape;
    for (const auto& [key, item] : value.get_object()) {
      if (element.is_aggregate())
        any(item, element, Step{&place, Step::Kind::entry, std::string_view(key)}, member, depth + 1);
      else if (words_.checks_constraints && !broken_constraints(item, element, words_).empty())
        return add({place_of(place), shown(value, element), "Map value must satisfy constraint: " + all_constraints(element),
                    std::string(member), false});
    }
  }

  bool breaks_key(const Document& value, const Shape& shape) const {
    for (const auto& [key, item] : value.get_object())
      if (!broken_constraints(Document(boost::json::string(key)), *shape.key.shape, words_).empty()) return true;
    return false;
  }

  static std::optional<std::string> shown(const Document& value, const Shape& shape) {
    if (shape.is_sensitive) return std::nullopt;
    return shape.type == ShapeType::blob ? "java.nio.HeapByteBuffer" : show_value(value);
  }

  const ValidationWords& words_;
  std::vector<Violation> violations_;
};

}  // namespace

std::optional<WireError> validate(const ServiceModel& service, const OperationModel& operation, const Document& input) {
  if (!operation.input) return std::nullopt;
  const ValidationWords& words = validation_words(service.name);
  Walker walker(words);
  walker.structure(input, *operation.input, Step{}, 0);
  const std::vector<Violation> violations = walker.take();
  if (violations.empty()) return std::nullopt;
  return word(violations, words);
}

}  // namespace tocsin::wire
