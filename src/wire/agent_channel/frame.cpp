#include "wire/agent_channel/frame.h"

#include "base/digest.h"
#include "base/encoding.h"

namespace tocsin::wire {
namespace {

constexpr std::size_t header_bytes = 116;
constexpr std::size_t payload_at = 120;
constexpr std::size_t type_bytes = 32;

void put(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 255);
}

std::uint64_t get(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

std::string uuid_bytes(const std::string& uuid) {
  std::string digits;
  for (const char c : uuid)
    if (c != '-') digits += c;
  std::string bytes = from_hex(digits).value_or("");
  bytes.resize(16);
  return bytes;
}

std::string uuid_text(std::string_view bytes) {
  std::string text = to_hex(bytes);
  for (const std::size_t at : {20u, 16u, 12u, 8u}) text.insert(at, 1, '-');
  return text;
}

}  // namespace

std::string encode_frame(const AgentFrame& frame) {
  std::string out;
  out.reserve(payload_at + frame.payload.size());
  put(out, header_bytes, 4);
  std::string type = frame.message_type;
  type.resize(type_bytes, ' ');
  out += type;
  put(out, 1, 4);
  put(out, static_cast<std::uint64_t>(frame.created_ms), 8);
  put(out, static_cast<std::uint64_t>(frame.sequence), 8);
  put(out, frame.flags, 8);
  const std::string id = uuid_bytes(frame.message_id);
  out += id.substr(8) + id.substr(0, 8);
  out += sha256(frame.payload);
  put(out, frame.payload_type, 4);
  put(out, frame.payload.size(), 4);
  return out + frame.payload;
}

Result<AgentFrame> decode_frame(std::string_view bytes) {
  if (bytes.size() < payload_at || get(bytes, 0, 4) != header_bytes) return fail(ErrorKind::invalid, "not a message of the agent channel");
  const std::size_t length = get(bytes, 116, 4);
  if (bytes.size() - payload_at < length) return fail(ErrorKind::invalid, "the message's payload is cut short");
  AgentFrame frame;
  const std::string_view type = bytes.substr(4, type_bytes);
  const auto last = type.find_last_not_of(std::string_view(" \0", 2));
  frame.message_type = std::string(type.substr(0, last == std::string_view::npos ? 0 : last + 1));
  frame.created_ms = static_cast<std::int64_t>(get(bytes, 40, 8));
  frame.sequence = static_cast<std::int64_t>(get(bytes, 48, 8));
  frame.flags = get(bytes, 56, 8);
  frame.message_id = uuid_text(std::string(bytes.substr(72, 8)) + std::string(bytes.substr(64, 8)));
  frame.payload_type = static_cast<std::uint32_t>(get(bytes, 112, 4));
  frame.payload = std::string(bytes.substr(payload_at, length));
  const std::string_view digest = bytes.substr(80, 32);
  if (digest.find_first_not_of('\0') != std::string_view::npos && digest != sha256(frame.payload))
    return fail(ErrorKind::invalid, "the message's payload does not have its digest");
  return frame;
}

}  // namespace tocsin::wire
