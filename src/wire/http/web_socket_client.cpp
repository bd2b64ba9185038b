#include "wire/http/web_socket_client.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>

#include "base/encoding.h"
#include "wire/http/web_socket_handshake.h"
#include "wire/http/web_socket_session.h"
#include "wire/http/web_socket_url.h"
#include "wire/tls/tls_context.h"

namespace tocsin::wire {
namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;

namespace {

constexpr std::size_t answer_bytes_max = 64 * 1024;

struct Wanted {
  WebSocketUrl url;
  Headers headers;
  WebSocketClient::OnOpen on_open;
  WebSocketClient::OnFailed on_failed;
};

std::string upgrade_request(const Wanted& wanted, std::string_view key) {
  std::string out =
      "GET " + wanted.url.target + " HTTP/1.1\r\nHost: " + wanted.url.authority + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
  out += "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + std::string(key) + "\r\n";
  for (const auto& [name, value] : wanted.headers.fields()) out += name + ": " + value + "\r\n";
  return out + "\r\n";
}

bool is_plain(const Headers& headers) {
  for (const auto& [name, value] : headers.fields())
    if ((name + value).find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) return false;
  return true;
}

// Whether the head of the answer takes us; else why not.
Result<void> judge(std::string_view head, std::string_view key) {
  int status = 0;
  if (head.starts_with("HTTP/1.1 ")) std::from_chars(head.data() + 9, head.data() + head.size(), status);
  if (status != 101) {
    const ErrorKind kind = status == 401 || status == 403 ? ErrorKind::denied
                           : status == 404                ? ErrorKind::not_found
                                                          : ErrorKind::unavailable;
    return fail(kind, "the server answered " + std::string(head.substr(0, head.find("\r\n"))));
  }
  std::string accept = "sec-websocket-accept: " + web_socket_accept(key) + "\r\n";
  const std::size_t value_at = accept.find(' ') + 1;
  for (std::size_t at = head.find("\r\n") + 2; at < head.size();) {
    const std::size_t end = std::min(head.find("\r\n", at), head.size());
    const std::string_view line = head.substr(at, end - at);
    const std::size_t colon = line.find(':');
    if (colon == 20 && strncasecmp(line.data(), accept.data(), colon) == 0 && line.ends_with(std::string_view(accept).substr(value_at, 28)))
      return {};
    at = end + 2;
  }
  return fail(ErrorKind::unavailable, "the server's answer is no handshake of a web socket");
}

}  // namespace

struct WebSocketClient::Parts {
  WebSocketClientOptions options;
  Random& masks;
  std::shared_ptr<const TlsContext> tls;
  IoThread thread{options.limits.tick, "ws-client"};

  awaitable<void> open(std::shared_ptr<Wanted> wanted);
  awaitable<std::shared_ptr<Stream>> reach(const WebSocketUrl& url, std::string& fault);
  awaitable<bool> connect(Stream& stream, tcp::endpoint endpoint, const WebSocketUrl& url, std::string& fault);
  awaitable<void> speak(std::shared_ptr<Stream> stream, std::shared_ptr<Wanted> wanted);
};

WebSocketClient::WebSocketClient(WebSocketClientOptions options, Random& masks) : parts_(new Parts{std::move(options), masks}) {}

WebSocketClient::~WebSocketClient() { parts_->thread.stop(Duration{0}); }

void WebSocketClient::connect(std::string url, Headers headers, OnOpen on_open, OnFailed on_failed) {
  (*parts_->thread.post())([parts = parts_.get(), url = std::move(url), headers = std::move(headers), on_open = std::move(on_open),
                            on_failed = std::move(on_failed)]() mutable {
    auto parsed = parse_web_socket_url(url);
    if (parsed && !is_plain(headers)) parsed = fail(ErrorKind::invalid, "a header field holds a line end");
    if (parsed && parsed->tls && !parts->tls) {
      auto loaded = load_client_tls(parts->options.ca_file);
      if (!loaded) parsed = std::unexpected(loaded.error());
      if (loaded) parts->tls = *loaded;
    }
    if (!parsed) return on_failed(parsed.error());
    auto wanted = std::make_shared<Wanted>(std::move(*parsed), std::move(headers), std::move(on_open), std::move(on_failed));
    asio::co_spawn(parts->thread.context(), parts->open(std::move(wanted)), asio::detached);
  });
}

awaitable<void> WebSocketClient::Parts::open(std::shared_ptr<Wanted> wanted) {
  std::string fault;
  const auto stream = co_await reach(wanted->url, fault);
  if (!stream) co_return wanted->on_failed({ErrorKind::unavailable, "cannot reach " + wanted->url.authority + ": " + fault, {}});
  co_await speak(stream, std::move(wanted));
  stream->abort();
}

awaitable<std::shared_ptr<Stream>> WebSocketClient::Parts::reach(const WebSocketUrl& url, std::string& fault) {
  tcp::resolver resolver(thread.context());
  boost::system::error_code failed;
  const auto found = co_await resolver.async_resolve(url.host, std::to_string(url.port), asio::redirect_error(asio::use_awaitable, failed));
  if (failed) fault = failed.message();
  for (const auto& entry : found) {
    tcp::socket socket(thread.context());
    socket.open(entry.endpoint().protocol(), failed);
    if (failed) {
      fault = failed.message();
      continue;
    }
    auto stream = std::make_shared<Stream>(thread, std::move(socket));
    const bool reached = co_await connect(*stream, entry.endpoint(), url, fault);
    if (reached) co_return stream;
    stream->abort();
  }
  co_return nullptr;
}

awaitable<bool> WebSocketClient::Parts::connect(Stream& stream, tcp::endpoint endpoint, const WebSocketUrl& url, std::string& fault) {
  boost::system::error_code failed;
  stream.expire_after(options.connect_timeout);
  co_await stream.socket().async_connect(endpoint, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) {
    fault = stream.expired() ? "it did not answer in time" : failed.message();
    co_return false;
  }
  if (!url.tls) co_return true;
  const bool shaken = co_await stream.start(make_tls_client_transport(stream.native_handle(), tls->native_handle(), url.host));
  if (!shaken) fault = stream.expired() ? "it did not answer in time" : "no TLS, or a certificate that is not trusted";
  co_return shaken;
}

awaitable<void> WebSocketClient::Parts::speak(std::shared_ptr<Stream> stream, std::shared_ptr<Wanted> wanted) {
  std::string nonce(16, '\0');
  masks.fill(std::as_writable_bytes(std::span(nonce)));
  const std::string key = to_base64(nonce);
  std::string received;
  std::size_t head_end = std::string::npos;
  bool alive = co_await stream->write(upgrade_request(*wanted, key));
  while (alive && head_end == std::string::npos && received.size() < answer_bytes_max) {
    const auto scratch = stream->thread().scratch();
    const std::size_t got = co_await stream->read_some(scratch);
    received.append(scratch.data(), got);
    head_end = received.find("\r\n\r\n");
    alive = got > 0;
  }
  if (head_end == std::string::npos)
    co_return wanted->on_failed(
        {ErrorKind::unavailable, stream->expired() ? "the server did not answer in time" : "the server closed the connection", {}});
  const auto verdict = judge(std::string_view(received).substr(0, head_end + 2), key);
  if (!verdict) co_return wanted->on_failed(verdict.error());
  const auto session = std::make_shared<WebSocketSession>(stream, options.limits, &masks);
  auto on_open = std::move(wanted->on_open);
  wanted.reset();
  co_await session->run(std::move(on_open), received.substr(head_end + 4));
}

}  // namespace tocsin::wire
