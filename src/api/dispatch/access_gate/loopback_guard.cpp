#include "api/dispatch/access_gate/loopback_guard.h"

#include <algorithm>
#include <string>

namespace tocsin::api {
namespace {

struct HostPort {
  std::string host;
  std::string_view port;
};

HostPort split_host(std::string_view text) {
  const auto bracket = text.find(']');
  const auto colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  HostPort out{std::string(text.substr(0, colon)), colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1)};
  for (char& c : out.host) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

bool is_127_net(std::string_view host) {
  if (!host.starts_with("127.") || std::count(host.begin(), host.end(), '.') != 3) return false;
  return host.back() != '.' && std::all_of(host.begin(), host.end(), [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

std::string_view default_port(std::string_view port, bool tls) { return port.empty() ? std::string_view(tls ? "443" : "80") : port; }

bool origin_is_ours(std::string_view origin, const wire::HttpRequest& request) {
  const bool secure = origin.starts_with("https://");
  if (!secure && !origin.starts_with("http://")) return false;
  origin.remove_prefix(secure ? 8 : 7);
  if (!is_loopback_host(origin)) return false;
  const HostPort host = split_host(request.headers.get("host")), from = split_host(origin);
  return default_port(from.port, secure) == default_port(host.port, request.tls);
}

}  // namespace

bool is_loopback_host(std::string_view text) {
  std::string host = split_host(text).host;
  // SDKs put a prefix before the host of some operations; no name server gives out such names
  for (const std::string_view prefix : {"stream-", "data-"})
    if (host.starts_with(prefix) && (host.compare(prefix.size(), std::string::npos, "localhost") == 0 || host.compare(prefix.size(), 4, "127.") == 0)) {
      host.erase(0, prefix.size());
      break;
    }
  return host == "localhost" || host.ends_with(".localhost") || host == "[::1]" || is_127_net(host);
}

bool comes_from_this_machine(const wire::HttpRequest& request) {
  if (!is_loopback_host(request.headers.get("host"))) return false;
  return !request.headers.has("origin") || origin_is_ours(request.headers.get("origin"), request);
}

}  // namespace tocsin::api
