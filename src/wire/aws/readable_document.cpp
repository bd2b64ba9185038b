#include "wire/aws/readable_document.h"

#include <boost/json.hpp>

#include "base/encoding.h"
#include "base/text_time.h"

namespace tocsin::wire {
namespace {

Document readable_structure(const Document& typed, const Shape& shape) {
  Object out;
  if (shape.is_document) return typed;
  for (const Member& member : shape.members)
    if (const Document* value = find(typed, member.name)) out[member.name] = readable_document(*value, *member.shape);
  return out;
}

Document readable_list(const Document& typed, const Shape& shape) {
  Array out;
  if (typed.is_array())
    for (const Document& element : typed.get_array()) out.push_back(readable_document(element, *shape.element.shape));
  return out;
}

Document readable_map(const Document& typed, const Shape& shape) {
  Object out;
  if (typed.is_object())
    for (const auto& [key, value] : typed.get_object()) out[key] = readable_document(value, *shape.value.shape);
  return out;
}

}  // namespace

Document readable_document(const Document& typed, const Shape& shape) {
  switch (shape.type) {
    case ShapeType::structure: return readable_structure(typed, shape);
    case ShapeType::list: return readable_list(typed, shape);
    case ShapeType::map: return readable_map(typed, shape);
    case ShapeType::timestamp: return typed.is_int64() ? Document(to_rfc3339_ms(instant_from_ns(typed.get_int64()))) : typed;
    case ShapeType::blob: return typed.is_string() ? Document(to_base64(std::string_view(typed.get_string()))) : typed;
    default: return typed;
  }
}

}  // namespace tocsin::wire
