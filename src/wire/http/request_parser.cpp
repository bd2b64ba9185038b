#include "wire/http/request_parser.h"

#include <strings.h>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace tocsin::wire {
namespace http = boost::beast::http;

namespace {

int status_of(const boost::system::error_code& failed) {
  if (failed == http::error::header_limit || failed == http::error::buffer_overflow) return 431;
  if (failed == http::error::body_limit) return 413;
  return 400;
}

// Beast takes 1.0 and 1.1, and calls all else bad; another version is no malformed request.
bool names_another_version(std::string_view head) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  const std::size_t at = line.rfind(" HTTP/");
  return at != std::string_view::npos && line.size() == at + 9 && line[at + 7] == '.' && line[at + 6] >= '0' && line[at + 6] <= '9';
}

// RFC 9112 §3.2.2: a request through a proxy names the whole URL
std::string_view origin_form(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const std::size_t slash = target.find_first_of("/?", scheme.size());
    return slash == std::string_view::npos ? "/" : target.substr(slash);
  }
  return target;
}

}  // namespace

struct RequestParser::Parts {
  http::request_parser<http::string_body> parser;
};

RequestParser::RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max) : parts_(std::make_unique<Parts>()) {
  parts_->parser.header_limit(static_cast<std::uint32_t>(header_bytes_max));
  parts_->parser.body_limit(body_bytes_max);
}

RequestParser::~RequestParser() = default;

std::size_t RequestParser::feed(std::string_view bytes) {
  auto& parser = parts_->parser;
  const std::size_t size_before = bytes.size();
  while (refusal_ == 0 && !parser.is_done()) {
    boost::system::error_code failed;
    const bool in_body = parser.is_header_done();
    parser.eager(in_body);
    const std::size_t used = parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), failed);
    bytes.remove_prefix(used);
    if (failed == http::error::need_more) break;
    if (failed) refusal_ = failed == http::error::bad_version && names_another_version(bytes) ? 505 : status_of(failed);
    if (!head_checked_ && parser.is_header_done()) check_head();
    if (!in_body || used == 0) break;
  }
  return size_before - bytes.size();
}

void RequestParser::check_head() {
  head_checked_ = true;
  const auto& head = parts_->parser.get();
  if (refusal_ != 0) return;
  // RFC 9112 §3.2: exactly one Host, in 1.1; §6.3: never both a length and chunks
  const auto hosts = head.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && head.version() >= 11)) refusal_ = 400;
  if (refusal_ == 0 && head.count(http::field::transfer_encoding) > 0 &&
      (head.count(http::field::content_length) > 0 || !parts_->parser.chunked()))
    refusal_ = 400;
}

bool RequestParser::head_done() const { return parts_->parser.is_header_done(); }
bool RequestParser::whole() const { return parts_->parser.is_done(); }

bool RequestParser::expects_continue() const {
  const auto value = parts_->parser.get()[http::field::expect];
  return value.size() == 12 && strncasecmp(value.data(), "100-continue", 12) == 0 && !http_1_0();
}

bool RequestParser::keep_alive() const { return parts_->parser.get().keep_alive(); }
bool RequestParser::is_head() const { return parts_->parser.get().method() == http::verb::head; }
bool RequestParser::http_1_0() const { return parts_->parser.get().version() < 11; }

HttpRequest RequestParser::take() {
  auto message = parts_->parser.release();
  HttpRequest request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  const std::string_view target = origin_form(request.target);
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
  if (request.path.empty()) request.path = "/";
  for (const auto& field : message) request.headers.add(std::string(field.name_string()), std::string(field.value()));
  request.body = std::move(message.body());
  return request;
}

}  // namespace tocsin::wire
