#include "wire/otlp/attributes.h"

#include <boost/json.hpp>

#include "base/encoding.h"

namespace tocsin::wire::otlp {
namespace {
constexpr int depth_max = 32;
using Any = opentelemetry::proto::common::v1::AnyValue;

Document to_list(const opentelemetry::proto::common::v1::ArrayValue& list, int depth) {
  Array array;
  for (const Any& element : list.values()) array.push_back(to_document(element, depth + 1));
  return array;
}
}  // namespace

Document to_document(const Any& value, int depth) {
  if (depth > depth_max) return nullptr;
  switch (value.value_case()) {
    case Any::kStringValue: return Document(value.string_value());
    case Any::kBoolValue: return value.bool_value();
    case Any::kIntValue: return value.int_value();
    case Any::kDoubleValue: return value.double_value();
    case Any::kArrayValue: return to_list(value.array_value(), depth);
    case Any::kKvlistValue: return to_object(value.kvlist_value().values(), depth + 1);
    case Any::kBytesValue: return Document(to_base64(value.bytes_value()));
    default: return nullptr;
  }
}

Object to_object(const KeyValues& attributes, int depth) {
  Object object;
  for (const auto& attribute : attributes) object[attribute.key()] = to_document(attribute.value(), depth);
  return object;
}

}  // namespace tocsin::wire::otlp
