#include "wire/aws/packed_lists.h"

#include <boost/json.hpp>

namespace tocsin::wire {

bool is_packed(const Document& value, const Shape& shape) {
  if (!value.is_string() || shape.type != ShapeType::list) return false;
  const ShapeType element = shape.element.shape->type;
  return element == ShapeType::timestamp || element == ShapeType::float_double;
}

Array unpacked(const Document& value, const Shape& shape) {
  const PackedNumbers numbers{std::string_view(value.get_string())};
  const bool whole = shape.element.shape->type == ShapeType::timestamp;
  Array list;
  list.reserve(numbers.size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (whole)
      list.emplace_back(numbers.integer(i));
    else
      list.emplace_back(numbers.real(i));
  }
  return list;
}

void unpack_lists(Document& document, const Shape& shape) {
  if (is_packed(document, shape)) {
    document = unpacked(document, shape);
  } else if (shape.type == ShapeType::structure && document.is_object()) {
    for (const Member& member : shape.members)
      if (Document* value = document.get_object().if_contains(member.name)) unpack_lists(*value, *member.shape);
  } else if (shape.type == ShapeType::list && document.is_array()) {
    for (Document& element : document.get_array()) unpack_lists(element, *shape.element.shape);
  } else if (shape.type == ShapeType::map && document.is_object()) {
    for (auto& [key, value] : document.get_object()) unpack_lists(value, *shape.value.shape);
  }
}

}  // namespace tocsin::wire
