// WebSocket frames (RFC 6455 §5): bytes into messages, messages into bytes. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin::wire {

enum class WebSocketOpcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

struct WebSocketMessage {
  WebSocketOpcode opcode;
  std::string payload;
  int close_code = 0;  ///< of a close: the peer's, 1005 when it gave none
};

/// Why the connection must be closed, with RFC 6455 §7.4's code.
struct WebSocketViolation {
  int code;
  std::string reason;
};

/// Joins fragments, checks what the RFC asks to be checked, holds at most one message of `message_bytes_max`.
class WebSocketFrameReader {
 public:
  using OnMessage = std::function<void(WebSocketMessage)>;

  /// `masked`: whether frames must be masked (a client's) or must not (a server's).
  WebSocketFrameReader(bool masked, std::size_t message_bytes_max) : masked_(masked), message_bytes_max_(message_bytes_max) {}

  /// Takes all bytes. After a violation, or a close message, further bytes are ignored.
  std::optional<WebSocketViolation> feed(std::string_view bytes, const OnMessage& on_message);

 private:
  enum class Phase { head, payload, over };

  std::size_t take_head(std::string_view bytes);
  std::optional<WebSocketViolation> begin_frame();
  std::size_t take_payload(std::string_view bytes);
  std::optional<WebSocketViolation> end_frame(const OnMessage& on_message);
  std::optional<WebSocketViolation> end_close(const OnMessage& on_message);
  std::size_t head_size() const;

  const bool masked_;
  const std::size_t message_bytes_max_;
  Phase phase_ = Phase::head;
  std::string head_;
  WebSocketOpcode opcode_{};
  bool final_ = false;
  std::array<char, 4> mask_{};
  std::uint64_t left_ = 0;
  std::uint64_t offset_ = 0;
  std::string control_;
  std::string message_;
  std::optional<WebSocketOpcode> message_opcode_;
};

/// One whole unfragmented frame; with a mask, a client's.
std::string web_socket_frame(WebSocketOpcode opcode, std::string_view payload, std::optional<std::array<char, 4>> mask = {});
/// The payload of a close frame.
std::string close_payload(int code, std::string_view reason);
/// Whether a peer may send that close code.
bool is_close_code(int code);

}  // namespace tocsin::wire
