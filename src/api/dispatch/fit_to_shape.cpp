#include "api/dispatch/fit_to_shape.h"

#include <boost/json.hpp>
#include <charconv>

namespace tocsin::api {
namespace {

using wire::Shape;
using wire::ShapeType;

template <typename Number>
Document number_or_text(const Document& text) {
  const std::string_view digits(text.get_string());
  Number number{};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.empty() || error != std::errc{} || end != digits.data() + digits.size()) return text;
  return number;
}

Document fit_scalar(const Document& value, const Shape& shape) {
  if (shape.type == ShapeType::string && (value.is_number() || value.is_bool())) return Document(to_json(value));
  if (!value.is_string()) return value;
  if (shape.type == ShapeType::boolean) {
    if (value.get_string() == "true" || value.get_string() == "True") return true;
    if (value.get_string() == "false" || value.get_string() == "False") return false;
  }
  if (shape.type == ShapeType::integer || shape.type == ShapeType::long_integer) return number_or_text<std::int64_t>(value);
  if (shape.type == ShapeType::float_single || shape.type == ShapeType::float_double) return number_or_text<double>(value);
  return value;
}

}  // namespace

Document fit_to_shape(const Document& value, const Shape& shape) {
  if (shape.type == ShapeType::structure && value.is_object()) {
    Object out;
    for (const auto& [name, member] : value.get_object()) {
      const wire::Member* model = shape.member(std::string_view(name));
      out[name] = model ? fit_to_shape(member, *model->shape) : member;
    }
    return out;
  }
  if (shape.type == ShapeType::map && value.is_object()) {
    Object out;
    for (const auto& [name, member] : value.get_object()) out[name] = fit_to_shape(member, *shape.value.shape);
    return out;
  }
  if (shape.type == ShapeType::list && value.is_array()) {
    Array out;
    for (const Document& element : value.get_array()) out.push_back(fit_to_shape(element, *shape.element.shape));
    return out;
  }
  if (shape.type == ShapeType::list && (value.is_string() || value.is_number())) {
    Array out;
    out.push_back(fit_to_shape(value, *shape.element.shape));
    return out;
  }
  return fit_scalar(value, shape);
}

}  // namespace tocsin::api
