#include "delivery/queues/message.h"

#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"

namespace tocsin::delivery {
namespace {

void append_sized(std::string& out, std::string_view bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(size >> shift & 0xFF);
  out += bytes;
}

}  // namespace

std::string attributes_digest(const MessageAttributes& attributes) {
  std::string bytes;
  for (const auto& [name, attribute] : attributes) {
    append_sized(bytes, name);
    append_sized(bytes, attribute.type);
    bytes += attribute.type.starts_with("Binary") ? '\x02' : '\x01';
    append_sized(bytes, attribute.value);
  }
  return to_hex(md5(bytes));
}

Object to_document(const MessageAttributes& attributes) {
  Object out;
  for (const auto& [name, attribute] : attributes) {
    const bool binary = attribute.type.starts_with("Binary");
    out[name] = Array{attribute.type, binary ? to_base64(attribute.value) : attribute.value};
  }
  return out;
}

MessageAttributes attributes_from(const Document& document) {
  MessageAttributes out;
  for (const auto& [name, pair] : document.as_object()) {
    MessageAttribute attribute{std::string(pair.at(0).as_string()), std::string(pair.at(1).as_string())};
    if (attribute.type.starts_with("Binary")) attribute.value = from_base64(attribute.value).value_or("");
    out.emplace(name, std::move(attribute));
  }
  return out;
}

}  // namespace tocsin::delivery
