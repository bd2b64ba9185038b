#include "wire/http/web_socket_url.h"

#include <charconv>

namespace tocsin::wire {
namespace {

std::unexpected<Error> malformed(std::string_view url) {
  return fail(ErrorKind::invalid, "'" + std::string(url) + "' is no URL of a web socket; expected ws://HOST:PORT/PATH or wss://…");
}

}  // namespace

Result<WebSocketUrl> parse_web_socket_url(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return malformed(url);
  const std::string_view scheme = url.substr(0, scheme_end);
  WebSocketUrl parsed{.tls = scheme == "wss" || scheme == "https"};
  if (!parsed.tls && scheme != "ws" && scheme != "http") return malformed(url);
  const std::string_view rest = url.substr(scheme_end + 3);
  const std::size_t authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  parsed.authority = rest.substr(0, authority_end);
  parsed.target = rest.substr(authority_end, rest.find('#') - authority_end);
  if (!parsed.target.starts_with('/')) parsed.target.insert(0, "/");
  std::string_view host = parsed.authority;
  parsed.port = parsed.tls ? 443 : 80;
  if (const std::size_t colon = host.rfind(':'); colon != std::string_view::npos && !host.ends_with(']')) {
    const std::string_view port = host.substr(colon + 1);
    const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), parsed.port);
    if (failed != std::errc{} || end != port.data() + port.size() || parsed.port == 0) return malformed(url);
    host = host.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || url.find_first_of("@ \r\n\t") != std::string_view::npos) return malformed(url);
  parsed.host = host;
  return parsed;
}

}  // namespace tocsin::wire
