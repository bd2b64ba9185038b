#include "wire/otlp/json_ids.h"
#include "wire/otlp/otlp.h"

#include <boost/json.hpp>

#include "base/encoding.h"

namespace tocsin::wire::otlp {

std::optional<Encoding> encoding_of(std::string_view content_type) {
  const std::string_view media = content_type.substr(0, content_type.find(';'));
  if (media == "application/x-protobuf") return Encoding::protobuf;
  if (media == "application/json") return Encoding::json;
  return std::nullopt;
}

namespace {
bool is_id(std::string_view key) {
  return key == "traceId" || key == "spanId" || key == "parentSpanId" || key == "trace_id" || key == "span_id" || key == "parent_span_id";
}

void hex_member_to_base64(Document& value) {
  if (!value.is_string()) return;
  const auto bytes = from_hex(std::string_view(value.get_string()));
  if (bytes) value = to_base64(*bytes);
}

void walk(Document& value) {
  if (Array* array = value.if_array()) {
    for (Document& element : *array) walk(element);
  } else if (Object* object = value.if_object()) {
    for (auto& member : *object) {
      if (is_id(std::string_view(member.key().data(), member.key().size()))) hex_member_to_base64(member.value());
      else walk(member.value());
    }
  }
}
}  // namespace

Result<std::string> with_base64_ids(std::string_view json) {
  Result<Document> document = parse_json(json, 64);
  if (!document) return std::unexpected(document.error());
  walk(*document);
  return to_json(*document);
}

}  // namespace tocsin::wire::otlp
