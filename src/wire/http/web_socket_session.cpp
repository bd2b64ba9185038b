#include "wire/http/web_socket_session.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"

namespace tocsin::wire {
namespace asio = boost::asio;
using asio::awaitable;

namespace {

// What the owner holds; the session itself belongs to its coroutine.
class Handle final : public WebSocket {
 public:
  Handle(std::weak_ptr<WebSocketSession> session, std::shared_ptr<IoPost> post) : session_(std::move(session)), post_(std::move(post)) {}
  ~Handle() override { close(1000, {}); }

  void send_text(std::string payload) override { send(WebSocketOpcode::text, std::move(payload)); }
  void send_binary(std::string payload) override { send(WebSocketOpcode::binary, std::move(payload)); }
  void close(int code, std::string reason) override {
    (*post_)([session = session_, code, reason = std::move(reason)] {
      if (const auto open = session.lock()) open->close(code, reason);
    });
  }

 private:
  void send(WebSocketOpcode opcode, std::string payload) {
    (*post_)([session = session_, opcode, payload = std::move(payload)]() mutable {
      if (const auto open = session.lock()) open->send(opcode, std::move(payload));
    });
  }

  std::weak_ptr<WebSocketSession> session_;
  std::shared_ptr<IoPost> post_;
};

}  // namespace

WebSocketSession::WebSocketSession(std::shared_ptr<Stream> stream, const HttpLimits& limits, Random* masks)
    : stream_(std::move(stream)),
      limits_(limits),
      masks_(masks),
      reader_(masks == nullptr, limits.web_socket_message_bytes_max),
      drained_(stream_->thread().context()) {
  stream_->thread().add(*this);
  if (limits_.web_socket_ping_interval > Duration{0}) ping_tick_ = stream_->thread().tick_after(limits_.web_socket_ping_interval);
}

WebSocketSession::~WebSocketSession() { stream_->thread().remove(*this); }

awaitable<void> WebSocketSession::run(WebSocketFactory factory, std::string received) {
  const auto self = shared_from_this();
  stream_->never_expire();
  try {
    listener_ = factory(std::make_shared<Handle>(weak_from_this(), stream_->thread().post()));
  } catch (const std::exception& error) {
    log::error("wire/http", "a web socket was not taken", {{"error", error.what()}});
    close(1011, "internal error");
  }
  factory = nullptr;
  co_await read_all(std::move(received));
  co_await flush();
  over_ = true;
  if (listener_.on_close) listener_.on_close();
  // its functions may hold the last reference to the handle, and that of the handle's owner
  listener_ = {};
  if (masks_ == nullptr) co_await stream_->close_gently(std::chrono::seconds(1));
  stream_->abort();
}

awaitable<void> WebSocketSession::read_all(std::string received) {
  if (!received.empty() && !feed(received)) co_return;
  for (;;) {
    const auto scratch = stream_->thread().scratch();
    const std::size_t got = co_await stream_->read_some(scratch);
    if (got == 0) co_return stream_->abort();
    ping_unanswered_ = false;
    if (!feed({scratch.data(), got})) co_return;
  }
}

bool WebSocketSession::feed(std::string_view bytes) {
  bool closed = false;
  std::optional<WebSocketViolation> violation;
  try {
    violation = reader_.feed(bytes, [&](WebSocketMessage message) {
      closed |= message.opcode == WebSocketOpcode::close;
      on_message(std::move(message));
    });
  } catch (const std::exception& error) {
    log::error("wire/http", "a web socket's message failed", {{"error", error.what()}});
    violation = WebSocketViolation{1011, "internal error"};
  }
  if (violation) close(violation->code, violation->reason);
  return !violation && !closed;
}

void WebSocketSession::on_message(WebSocketMessage message) {
  switch (message.opcode) {
    case WebSocketOpcode::text:
      if (listener_.on_text) listener_.on_text(std::move(message.payload));
      return;
    case WebSocketOpcode::binary:
      if (listener_.on_binary) listener_.on_binary(std::move(message.payload));
      return;
    case WebSocketOpcode::ping:
      return send(WebSocketOpcode::pong, std::move(message.payload));
    case WebSocketOpcode::close:
      return close(message.close_code == 1005 ? 1000 : message.close_code, {});
    case WebSocketOpcode::pong:
    case WebSocketOpcode::continuation:
      return;
  }
}

void WebSocketSession::send(WebSocketOpcode opcode, std::string payload) {
  if (!close_sent_ && !over_) enqueue(opcode, payload);
}

void WebSocketSession::close(int code, std::string_view reason) {
  if (close_sent_ || over_) return;
  enqueue(WebSocketOpcode::close, close_payload(code, reason));
  close_sent_ = true;
  close_tick_ = stream_->thread().tick_after(limits_.web_socket_close_timeout);
}

void WebSocketSession::enqueue(WebSocketOpcode opcode, std::string_view payload) {
  std::optional<std::array<char, 4>> mask;
  if (masks_) masks_->fill(std::as_writable_bytes(std::span(mask.emplace())));
  outgoing_.push_back(web_socket_frame(opcode, payload, mask));
  outgoing_bytes_ += outgoing_.back().size();
  if (outgoing_bytes_ > limits_.web_socket_queue_bytes_max) return stream_->abort();
  if (std::exchange(draining_, true)) return;
  asio::co_spawn(stream_->thread().context(), drain(), asio::detached);
}

awaitable<void> WebSocketSession::drain() {
  const auto self = shared_from_this();
  while (!outgoing_.empty()) {
    const std::string frame = std::move(outgoing_.front());
    outgoing_.pop_front();
    if (!co_await stream_->write(frame)) stream_->abort();
    outgoing_bytes_ -= frame.size();
  }
  draining_ = false;
  drained_.cancel();
}

awaitable<void> WebSocketSession::flush() {
  while (draining_) {
    boost::system::error_code ignored;
    drained_.expires_at(asio::steady_timer::time_point::max());
    co_await drained_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
  }
}

void WebSocketSession::on_tick(std::uint64_t tick) {
  if (close_tick_ != 0 && tick >= close_tick_) return stream_->abort();
  if (ping_tick_ == 0 || tick < ping_tick_ || close_sent_) return;
  if (ping_unanswered_) return stream_->abort();
  ping_unanswered_ = true;
  ping_tick_ = stream_->thread().tick_after(limits_.web_socket_ping_interval);
  send(WebSocketOpcode::ping, {});
}

}  // namespace tocsin::wire
