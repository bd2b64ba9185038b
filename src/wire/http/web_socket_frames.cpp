#include "wire/http/web_socket_frames.h"

#include <algorithm>
#include <utility>

#include "base/encoding.h"

namespace tocsin::wire {
namespace {

bool is_control(WebSocketOpcode opcode) { return static_cast<int>(opcode) >= 8; }

bool is_known(int opcode) { return opcode <= 2 || (opcode >= 8 && opcode <= 10); }

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return value;
}

void append_big_endian(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
}

}  // namespace

std::optional<WebSocketViolation> WebSocketFrameReader::feed(std::string_view bytes, const OnMessage& on_message) {
  std::optional<WebSocketViolation> violation;
  while (!violation && phase_ != Phase::over) {
    if (phase_ == Phase::head) {
      bytes.remove_prefix(take_head(bytes));
      if (head_.size() < head_size()) return std::nullopt;
      violation = begin_frame();
    } else {
      bytes.remove_prefix(take_payload(bytes));
      if (left_ > 0) return std::nullopt;
      violation = end_frame(on_message);
    }
  }
  if (violation) phase_ = Phase::over;
  return violation;
}

std::size_t WebSocketFrameReader::head_size() const {
  if (head_.size() < 2) return 2;
  const int length = head_[1] & 0x7f;
  return 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + (head_[1] & 0x80 ? 4 : 0);
}

std::size_t WebSocketFrameReader::take_head(std::string_view bytes) {
  std::size_t taken = 0;
  while (taken < bytes.size() && head_.size() < head_size()) head_ += bytes[taken++];
  return taken;
}

std::optional<WebSocketViolation> WebSocketFrameReader::begin_frame() {
  const std::string head = std::exchange(head_, {});
  const int opcode = head[0] & 0x0f;
  final_ = head[0] & 0x80;
  opcode_ = static_cast<WebSocketOpcode>(opcode);
  if (head[0] & 0x70) return WebSocketViolation{1002, "reserved bits are set"};
  if (!is_known(opcode)) return WebSocketViolation{1002, "unknown opcode"};
  const bool masked = head[1] & 0x80;
  if (masked != masked_) return WebSocketViolation{1002, masked ? "a server's frame is masked" : "a client's frame is not masked"};
  const int short_length = head[1] & 0x7f;
  const std::size_t extra = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;
  left_ = extra == 0 ? static_cast<std::uint64_t>(short_length) : big_endian(std::string_view(head).substr(2, extra));
  if (masked) std::copy_n(head.end() - 4, 4, mask_.begin());
  offset_ = 0;
  control_.clear();
  phase_ = Phase::payload;
  if (is_control(opcode_)) {
    if (!final_ || left_ > 125) return WebSocketViolation{1002, "a control frame is fragmented or too long"};
    return std::nullopt;
  }
  if ((opcode_ == WebSocketOpcode::continuation) != message_opcode_.has_value()) return WebSocketViolation{1002, "fragments out of order"};
  if (!message_opcode_) message_opcode_ = opcode_;
  if (left_ > message_bytes_max_ - std::min(message_.size(), message_bytes_max_)) return WebSocketViolation{1009, "message too big"};
  return std::nullopt;
}

std::size_t WebSocketFrameReader::take_payload(std::string_view bytes) {
  const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  std::string& into = is_control(opcode_) ? control_ : message_;
  const std::size_t start = into.size();
  into.append(bytes.substr(0, taken));
  if (masked_)
    for (std::size_t i = 0; i < taken; ++i) into[start + i] ^= mask_[(offset_ + i) & 3];
  offset_ += taken;
  left_ -= taken;
  return taken;
}

std::optional<WebSocketViolation> WebSocketFrameReader::end_frame(const OnMessage& on_message) {
  phase_ = Phase::head;
  if (opcode_ == WebSocketOpcode::close) return end_close(on_message);
  if (is_control(opcode_)) {
    on_message({opcode_, std::exchange(control_, {})});
    return std::nullopt;
  }
  if (!final_) return std::nullopt;
  const WebSocketOpcode opcode = *std::exchange(message_opcode_, std::nullopt);
  if (opcode == WebSocketOpcode::text && !is_utf8(message_)) return WebSocketViolation{1007, "text is not UTF-8"};
  on_message({opcode, std::exchange(message_, {})});
  return std::nullopt;
}

std::optional<WebSocketViolation> WebSocketFrameReader::end_close(const OnMessage& on_message) {
  phase_ = Phase::over;
  WebSocketMessage message{WebSocketOpcode::close, {}, 1005};
  if (control_.size() == 1) return WebSocketViolation{1002, "broken close frame"};
  if (control_.size() >= 2) {
    message.close_code = static_cast<int>(big_endian(std::string_view(control_).substr(0, 2)));
    message.payload = control_.substr(2);
    if (!is_close_code(message.close_code)) return WebSocketViolation{1002, "no such close code"};
    if (!is_utf8(message.payload)) return WebSocketViolation{1007, "close reason is not UTF-8"};
  }
  on_message(std::move(message));
  return std::nullopt;
}

bool is_close_code(int code) {
  return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) || (code >= 3000 && code <= 4999);
}

std::string web_socket_frame(WebSocketOpcode opcode, std::string_view payload, std::optional<std::array<char, 4>> mask) {
  std::string out(1, static_cast<char>(0x80 | static_cast<int>(opcode)));
  const int mask_bit = mask ? 0x80 : 0;
  if (payload.size() < 126) {
    out += static_cast<char>(mask_bit | static_cast<int>(payload.size()));
  } else {
    const bool medium = payload.size() <= 0xffff;
    out += static_cast<char>(mask_bit | (medium ? 126 : 127));
    append_big_endian(out, payload.size(), medium ? 2 : 8);
  }
  if (mask) out.append(mask->data(), mask->size());
  const std::size_t start = out.size();
  out.append(payload);
  if (mask)
    for (std::size_t i = 0; i < payload.size(); ++i) out[start + i] ^= (*mask)[i & 3];
  return out;
}

std::string close_payload(int code, std::string_view reason) {
  std::string out;
  append_big_endian(out, static_cast<std::uint64_t>(code), 2);
  return out.append(reason.substr(0, 123));
}

}  // namespace tocsin::wire
