// One connection of an HTTP server: requests one after another (pipelined ones wait), until either side ends it or it becomes a web socket.
#pragma once

#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "wire/http/body_stream.h"
#include "wire/http/http_limits.h"
#include "wire/http/request_parser.h"
#include "wire/http/response_text.h"
#include "wire/http/stream.h"
#include "wire/http/web_socket_session.h"
#include "wire/tls/tls_context.h"

namespace tocsin::wire {

/// What all connections of a server share; outlives them.
struct ConnectionSetting {
  HttpHandler& handler;
  WebSocketHandler* web_sockets;
  std::shared_ptr<const TlsContext> tls;
  HttpLimits limits;
  const Clock& clock;
  BodyStreams* streams = nullptr;
  bool (*keeps_encoding)(const HttpRequest& request) = nullptr;
  std::atomic<std::size_t> open_count = 0;
};

class HttpConnection final : public StreamOwner, public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(ConnectionSetting& setting, std::shared_ptr<Stream> stream);
  ~HttpConnection() override;

  /// On the I/O thread; keeps itself until it is over.
  boost::asio::awaitable<void> run();

  void on_finish() override;
  void on_abort() override { decided_.cancel(); }

 private:
  /// What the handler decided about a request, from whatever thread.
  struct Verdict {
    std::optional<HttpResponse> response;
    WebSocketFactory web_socket;
  };
  class Decision;

  boost::asio::awaitable<bool> choose_transport();
  boost::asio::awaitable<bool> serve_one();
  boost::asio::awaitable<bool> await_first_byte();
  boost::asio::awaitable<bool> receive(RequestParser& parser);
  boost::asio::awaitable<bool> more();
  boost::asio::awaitable<bool> answer(HttpRequest request, ResponseForm form);
  boost::asio::awaitable<bool> become_web_socket(const HttpRequest& request);
  boost::asio::awaitable<void> refuse(int status, std::string_view words);
  boost::asio::awaitable<bool> write_head(const HttpResponse& response, ResponseForm form);
  boost::asio::awaitable<bool> write_response(const HttpResponse& response, ResponseForm form);
  boost::asio::awaitable<bool> write_stream(const HttpResponse& response, std::shared_ptr<BodyStream> body, ResponseForm form);
  boost::asio::awaitable<bool> write_chunk(std::string bytes, ResponseForm form);
  boost::asio::awaitable<void> decision();
  boost::asio::awaitable<void> woken();
  void ask(HttpRequest request, bool upgrade);
  void complete(HttpRequest& request) const;
  void decided(Verdict verdict);

  ConnectionSetting& setting_;
  const std::shared_ptr<Stream> stream_;
  boost::asio::steady_timer decided_;
  std::optional<Verdict> verdict_;
  std::string unread_;  ///< received, not yet parsed
  bool tls_ = false;
  bool idle_ = false;
};

}  // namespace tocsin::wire
