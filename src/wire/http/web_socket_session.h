// One open WebSocket over a stream, either side: frames in and out, pings, closing.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <memory>

#include "base/random.h"
#include "wire/http/http_limits.h"
#include "wire/http/stream.h"
#include "wire/http/web_socket.h"
#include "wire/http/web_socket_frames.h"

namespace tocsin::wire {

using WebSocketFactory = std::function<WebSocketListener(std::shared_ptr<WebSocket>)>;

/// All calls on the stream's I/O thread; the WebSocket that it hands out may be used from any.
class WebSocketSession final : public IoMember, public std::enable_shared_from_this<WebSocketSession> {
 public:
  /// `masks`: this is the client's side, which masks with bytes of this source; nullptr on the server's side.
  WebSocketSession(std::shared_ptr<Stream> stream, const HttpLimits& limits, Random* masks);
  ~WebSocketSession() override;

  /// Speaks until the connection is over. `received`: bytes that came behind the handshake.
  boost::asio::awaitable<void> run(WebSocketFactory factory, std::string received);
  void send(WebSocketOpcode opcode, std::string payload);
  void close(int code, std::string_view reason);

  void on_tick(std::uint64_t tick) override;
  void finish() override { close(1001, "going away"); }
  void abort() override { stream_->abort(); }

 private:
  boost::asio::awaitable<void> read_all(std::string received);
  boost::asio::awaitable<void> drain();
  boost::asio::awaitable<void> flush();
  bool feed(std::string_view bytes);
  void on_message(WebSocketMessage message);
  void enqueue(WebSocketOpcode opcode, std::string_view payload);

  const std::shared_ptr<Stream> stream_;
  const HttpLimits limits_;
  Random* const masks_;
  WebSocketFrameReader reader_;
  WebSocketListener listener_;
  boost::asio::steady_timer drained_;
  std::deque<std::string> outgoing_;
  std::size_t outgoing_bytes_ = 0;
  std::uint64_t ping_tick_ = 0;
  std::uint64_t close_tick_ = 0;
  bool ping_unanswered_ = false;
  bool draining_ = false;
  bool close_sent_ = false;
  bool over_ = false;
};

}  // namespace tocsin::wire
