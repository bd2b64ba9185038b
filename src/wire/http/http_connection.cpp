#include "wire/http/http_connection.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <cstdio>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/log.h"
#include "wire/http/gzip.h"
#include "wire/http/web_socket_handshake.h"

namespace tocsin::wire {
namespace asio = boost::asio;
using asio::awaitable;

namespace {

constexpr unsigned char tls_client_hello = 0x16;
constexpr std::size_t write_together_max = 32 * 1024;

std::string host_of(const asio::ip::tcp::endpoint& endpoint) {
  const auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  return address.to_string();
}

HttpResponse plain_response(int status, std::string_view words) {
  HttpResponse response{.status = status, .body = std::string(words) + "\n"};
  response.headers.add("Content-Type", "text/plain; charset=utf-8");
  return response;
}

/// What the handler says of the length of a body that it has not made; -1: nothing.
std::int64_t told_length(const HttpResponse& response) {
  const std::string_view text = response.headers.get("Content-Length");
  std::int64_t length = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  return error == std::errc{} && end == text.data() + text.size() ? length : -1;
}

std::string_view words_of(int status) {
  switch (status) {
    case 408:
      return "the request did not arrive in time";
    case 413:
      return "the body is larger than this server takes";
    case 431:
      return "the request line and header fields are larger than this server takes";
    case 505:
      return "this server speaks HTTP/1.1";
    default:
      return "this is no well-formed HTTP/1.1 request";
  }
}

}  // namespace

// Answers once: the first of response and web socket counts; one that is dropped undecided becomes a 500, so that no caller waits for ever.
class HttpConnection::Decision {
 public:
  explicit Decision(HttpConnection& connection) : connection_(connection.weak_from_this()), post_(connection.stream_->thread().post()) {}
  ~Decision() {
    if (!made_.exchange(true)) send({plain_response(500, "the request was dropped"), {}});
  }
  void make(Verdict verdict) {
    if (!made_.exchange(true)) send(std::move(verdict));
  }

 private:
  void send(Verdict verdict) {
    (*post_)([connection = connection_, verdict = std::move(verdict)]() mutable {
      if (const auto open = connection.lock()) open->decided(std::move(verdict));
    });
  }

  std::weak_ptr<HttpConnection> connection_;
  std::shared_ptr<IoPost> post_;
  std::atomic<bool> made_ = false;
};

HttpConnection::HttpConnection(ConnectionSetting& setting, std::shared_ptr<Stream> stream)
    : setting_(setting), stream_(std::move(stream)), decided_(stream_->thread().context()) {
  ++setting_.open_count;
  stream_->set_owner(this);
}

HttpConnection::~HttpConnection() {
  stream_->set_owner(nullptr);
  --setting_.open_count;
}

awaitable<void> HttpConnection::run() {
  const auto self = shared_from_this();
  bool more_to_come = co_await choose_transport();
  while (more_to_come) more_to_come = co_await serve_one();
  co_await stream_->close_gently(setting_.limits.linger_timeout);
}

awaitable<bool> HttpConnection::choose_transport() {
  stream_->expire_after(setting_.limits.head_timeout);
  const auto first = co_await stream_->peek();
  if (!first) co_return false;
  if (*first != tls_client_hello) co_return true;
  if (!setting_.tls) {
    stream_->abort();
    co_return false;
  }
  tls_ = true;
  co_return co_await stream_->start(make_tls_server_transport(stream_->native_handle(), setting_.tls->native_handle()));
}

awaitable<bool> HttpConnection::serve_one() {
  if (!co_await await_first_byte()) co_return false;
  RequestParser parser(setting_.limits.header_bytes_max, setting_.limits.body_bytes_max);
  if (!co_await receive(parser)) co_return false;
  if (unread_.empty()) unread_ = {};
  ResponseForm form{.keep_alive = parser.keep_alive() && !stream_->thread().finishing(), .http_1_0 = parser.http_1_0()};
  HttpRequest request = parser.take();
  complete(request);
  if (request.headers.get("Content-Encoding") == "gzip" && !(setting_.keeps_encoding && setting_.keeps_encoding(request))) {
    auto inflated = gunzip(request.body, setting_.limits.body_bytes_max);
    if (!inflated) {
      co_await refuse(inflated.error().kind == ErrorKind::limit_exceeded ? 413 : 400, inflated.error().message);
      co_return false;
    }
    request.sent_body_sha256 = to_hex(sha256(request.body));
    request.body = std::move(*inflated);
  }
  co_return co_await answer(std::move(request), form);
}

awaitable<bool> HttpConnection::await_first_byte() {
  for (;;) {
    // RFC 9112 §2.2: an empty line before the request line is to be ignored
    while (unread_.starts_with("\r\n")) unread_.erase(0, 2);
    if (!unread_.empty() && unread_ != "\r") co_return true;
    if (stream_->thread().finishing()) co_return false;
    idle_ = true;
    stream_->expire_after(setting_.limits.idle_timeout);
    const bool came = co_await more();
    idle_ = false;
    if (!came) co_return false;
  }
}

awaitable<bool> HttpConnection::more() {
  const auto scratch = stream_->thread().scratch();
  const std::size_t got = co_await stream_->read_some(scratch);
  unread_.append(scratch.data(), got);
  co_return got > 0;
}

awaitable<bool> HttpConnection::receive(RequestParser& parser) {
  stream_->expire_after(setting_.limits.head_timeout);
  bool head_seen = false;
  for (;;) {
    unread_.erase(0, parser.feed(unread_));
    if (parser.refusal() != 0) break;
    if (parser.whole()) co_return true;
    if (parser.head_done() && !std::exchange(head_seen, true)) {
      stream_->expire_after(setting_.limits.body_timeout);
      if (!unread_.empty()) continue;
      if (parser.expects_continue() && !co_await stream_->write("HTTP/1.1 100 Continue\r\n\r\n")) co_return false;
    }
    if (!co_await more()) break;
  }
  if (parser.refusal() != 0) co_await refuse(parser.refusal(), words_of(parser.refusal()));
  if (stream_->expired()) co_await refuse(408, words_of(408));
  co_return false;
}

void HttpConnection::complete(HttpRequest& request) const {
  boost::system::error_code failed;
  const auto remote = stream_->socket().remote_endpoint(failed);
  if (!failed) request.peer_address = host_of(remote);
  const auto local = stream_->socket().local_endpoint(failed);
  if (!failed)
    request.local_address = (local.address().is_v6() ? "[" + host_of(local) + "]" : host_of(local)) + ":" + std::to_string(local.port());
  request.tls = tls_;
}

awaitable<bool> HttpConnection::answer(HttpRequest request, ResponseForm form) {
  const bool upgrade = setting_.web_sockets && asks_for_web_socket(request);
  if (const std::string fault = upgrade ? web_socket_request_fault(request) : ""; !fault.empty()) {
    co_await refuse(400, fault);
    co_return false;
  }
  const bool is_head = request.method == "HEAD";
  HttpRequest handshake;
  if (upgrade) handshake.headers = request.headers;
  stream_->never_expire();
  verdict_.reset();
  ask(std::move(request), upgrade);
  co_await decision();
  if (!verdict_) co_return false;
  if (!verdict_->response) co_return co_await become_web_socket(handshake);
  if (stream_->thread().finishing()) form.keep_alive = false;
  HttpResponse response = std::move(*verdict_->response);
  verdict_.reset();
  if (setting_.streams && response.headers.has(body_stream_field))
    if (auto body = setting_.streams->take(response.headers.get(body_stream_field)))
      co_return co_await write_stream(response, std::move(body), form);
  if (is_head) co_return co_await write_head(response, form);
  co_return co_await write_response(response, form);
}

void HttpConnection::ask(HttpRequest request, bool upgrade) {
  const auto decision = std::make_shared<Decision>(*this);
  const auto respond = [decision](HttpResponse response) { decision->make({std::move(response), {}}); };
  try {
    if (!upgrade) return setting_.handler.handle(std::move(request), respond);
    const auto accept = [decision](WebSocketFactory factory) { decision->make({std::nullopt, std::move(factory)}); };
    setting_.web_sockets->upgrade(std::move(request), accept, respond);
  } catch (const std::exception& error) {
    log::error("wire/http", "a handler failed", {{"error", error.what()}});
    decision->make({plain_response(500, "internal error"), {}});
  }
}

void HttpConnection::decided(Verdict verdict) {
  verdict_ = std::move(verdict);
  decided_.cancel();
}

awaitable<void> HttpConnection::decision() {
  while (!verdict_ && !stream_->aborted()) co_await woken();
}

awaitable<void> HttpConnection::woken() {
  boost::system::error_code ignored;
  decided_.expires_at(asio::steady_timer::time_point::max());
  co_await decided_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

awaitable<bool> HttpConnection::become_web_socket(const HttpRequest& request) {
  WebSocketFactory factory = std::move(verdict_->web_socket);
  verdict_.reset();
  stream_->expire_after(setting_.limits.write_timeout);
  if (!co_await stream_->write(switching_head(web_socket_answer(request)))) co_return false;
  const auto session = std::make_shared<WebSocketSession>(stream_, setting_.limits, nullptr);
  co_await session->run(std::move(factory), std::exchange(unread_, {}));
  co_return false;
}

awaitable<void> HttpConnection::refuse(int status, std::string_view words) {
  const HttpResponse response = plain_response(status, words);
  co_await write_response(response, {.keep_alive = false});
}

// the length is told, the body is not sent; who has not made it says how long it would be
awaitable<bool> HttpConnection::write_head(const HttpResponse& response, ResponseForm form) {
  if (response.body.empty()) form.told_length = told_length(response);
  const std::string head = response_head(response, form, setting_.clock.now());
  stream_->expire_after(setting_.limits.write_timeout);
  const bool sent = co_await stream_->write(head);
  co_return sent&& form.keep_alive;
}

awaitable<bool> HttpConnection::write_response(const HttpResponse& response, ResponseForm form) {
  std::string bytes = response_head(response, form, setting_.clock.now());
  stream_->expire_after(setting_.limits.write_timeout);
  const bool together = response.body.size() <= write_together_max;
  if (together) bytes += response.body;
  if (!co_await stream_->write(bytes)) co_return false;
  if (!together && !co_await stream_->write(response.body)) co_return false;
  co_return form.keep_alive;
}

// The body as it is written, until its producer ends it or the receiver leaves, which a write finds out.
awaitable<bool> HttpConnection::write_stream(const HttpResponse& response, std::shared_ptr<BodyStream> body, ResponseForm form) {
  form.chunked = true;
  form.keep_alive = form.keep_alive && !form.http_1_0;
  body->attach([connection = weak_from_this(), post = stream_->thread().post()] {
    (*post)([connection] {
      if (const auto open = connection.lock()) open->decided_.cancel();
    });
  });
  stream_->expire_after(setting_.limits.write_timeout);
  bool sent = co_await stream_->write(response_head(response, form, setting_.clock.now()));
  stream_->never_expire();
  idle_ = true;
  bool ended = false;
  while (sent && !ended && !stream_->aborted()) {
    auto bytes = body->take();
    ended = !bytes;
    if (bytes && bytes->empty()) co_await woken();
    if (bytes && !bytes->empty()) sent = co_await write_chunk(std::move(*bytes), form);
  }
  idle_ = false;
  if (!ended) body->close();
  if (sent && ended && !form.http_1_0) sent = co_await stream_->write("0\r\n\r\n");
  co_return sent&& ended&& form.keep_alive;
}

awaitable<bool> HttpConnection::write_chunk(std::string bytes, ResponseForm form) {
  stream_->expire_after(setting_.limits.write_timeout);
  std::string chunk = std::move(bytes);
  if (!form.http_1_0) {
    char size[32];
    const int digits = std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
    chunk.insert(0, size, static_cast<std::size_t>(digits));
    chunk += "\r\n";
  }
  const bool sent = co_await stream_->write(chunk);
  stream_->never_expire();
  co_return sent;
}

void HttpConnection::on_finish() {
  if (idle_) stream_->abort();
}

}  // namespace tocsin::wire
