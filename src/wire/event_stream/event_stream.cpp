#include "wire/event_stream/event_stream.h"

#include <zlib.h>

#include <cstdint>

namespace tocsin::wire {
namespace {

constexpr std::size_t prelude_bytes = 12, crc_bytes = 4;
constexpr std::size_t message_bytes_max = 24u << 20;
constexpr std::uint8_t type_true = 0, type_false = 1, type_byte = 2, type_short = 3, type_integer = 4, type_long = 5, type_bytes = 6,
                       type_text = 7, type_timestamp = 8, type_uuid = 9;

void put32(std::string& out, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
}
void put16(std::string& out, std::size_t value) {
  out += static_cast<char>(value >> 8);
  out += static_cast<char>(value);
}
std::uint32_t get32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}
std::size_t get16(std::string_view bytes, std::size_t at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at])) << 8 | static_cast<unsigned char>(bytes[at + 1]);
}
std::uint32_t checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

/// Bytes of a value of fixed size; nullopt for texts and blobs, whose length stands before them, and for unknown types.
std::optional<std::size_t> fixed_size(std::uint8_t type) {
  switch (type) {
    case type_true:
    case type_false:
      return 0;
    case type_byte:
      return 1;
    case type_short:
      return 2;
    case type_integer:
      return 4;
    case type_long:
    case type_timestamp:
      return 8;
    case type_uuid:
      return 16;
    default:
      return std::nullopt;
  }
}

std::unexpected<Error> damaged(const char* what) { return fail(ErrorKind::invalid, std::string("The event stream is damaged: ") + what); }

Result<void> read_headers(std::string_view bytes, EventStreamMessage& message) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t name_size = static_cast<unsigned char>(bytes[at]);
    if (at + 2 + name_size > bytes.size()) return damaged("a header's name");
    const std::string_view name = bytes.substr(at + 1, name_size);
    const auto type = static_cast<std::uint8_t>(bytes[at + 1 + name_size]);
    at += 2 + name_size;
    std::size_t size = 0;
    if (const auto fixed = fixed_size(type)) {
      size = *fixed;
    } else {
      if ((type != type_text && type != type_bytes) || at + 2 > bytes.size()) return damaged("a header's type");
      size = get16(bytes, at);
      at += 2;
    }
    if (at + size > bytes.size()) return damaged("a header's value");
    if (type == type_text) message.headers.emplace_back(name, bytes.substr(at, size));
    at += size;
  }
  return {};
}

}  // namespace

std::string_view EventStreamMessage::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

std::string encode(const EventStreamMessage& message) {
  std::string headers;
  for (const auto& [name, value] : message.headers) {
    headers += static_cast<char>(name.size());
    headers += name;
    headers += static_cast<char>(type_text);
    put16(headers, value.size());
    headers += value;
  }
  std::string out;
  put32(out, static_cast<std::uint32_t>(prelude_bytes + headers.size() + message.payload.size() + crc_bytes));
  put32(out, static_cast<std::uint32_t>(headers.size()));
  put32(out, checksum(out));
  out += headers;
  out += message.payload;
  put32(out, checksum(out));
  return out;
}

std::string encode_event(std::string_view event_type, std::string_view json) {
  return encode(
      {{{":message-type", "event"}, {":event-type", std::string(event_type)}, {":content-type", "application/json"}}, std::string(json)});
}

std::string encode_exception(std::string_view exception_type, std::string_view json) {
  return encode({{{":message-type", "exception"}, {":exception-type", std::string(exception_type)}, {":content-type", "application/json"}},
                 std::string(json)});
}

Result<std::optional<std::pair<EventStreamMessage, std::size_t>>> decode(std::string_view bytes) {
  if (bytes.size() < prelude_bytes) return std::nullopt;
  const std::size_t size = get32(bytes, 0), headers_size = get32(bytes, 4);
  if (get32(bytes, 8) != checksum(bytes.substr(0, 8))) return damaged("the prelude's checksum");
  if (size > message_bytes_max || size < prelude_bytes + crc_bytes || headers_size > size - prelude_bytes - crc_bytes)
    return damaged("the lengths");
  if (bytes.size() < size) return std::nullopt;
  if (get32(bytes, size - crc_bytes) != checksum(bytes.substr(0, size - crc_bytes))) return damaged("the message's checksum");
  EventStreamMessage message;
  if (auto read = read_headers(bytes.substr(prelude_bytes, headers_size), message); !read) return std::unexpected(read.error());
  message.payload = bytes.substr(prelude_bytes + headers_size, size - prelude_bytes - headers_size - crc_bytes);
  return std::make_pair(std::move(message), size);
}

}  // namespace tocsin::wire
