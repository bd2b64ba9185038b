#include "delivery/gateways/gateway_address.h"

#include "base/encoding.h"

namespace tocsin::delivery {

std::string GatewayAddress::option(const std::string& name, std::string_view otherwise) const {
  const auto found = options.find(name);
  return found == options.end() ? std::string(otherwise) : found->second;
}

std::string GatewayAddress::base_url(std::string_view protocol) const {
  return std::string(protocol) + "://" + host + (port.empty() ? "" : ":" + port);
}

Result<GatewayAddress> parse_gateway_address(std::string_view text) {
  const auto bad = [] { return fail(ErrorKind::invalid, "not of the form SCHEME://[USER:SECRET@]HOST[:PORT][?KEY=VALUE&…]"); };
  GatewayAddress out;
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos || colon == 0) return bad();
  out.scheme = text.substr(0, colon);
  text.remove_prefix(colon + 3);
  if (const std::size_t question = text.find('?'); question != std::string_view::npos) {
    out.options = read_form(text.substr(question + 1));
    text = text.substr(0, question);
  }
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    out.path = text.substr(slash);
    text = text.substr(0, slash);
  }
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    const std::string_view who = text.substr(0, at);
    const std::size_t split = who.find(':');
    out.user = percent_decode(who.substr(0, split));
    if (split != std::string_view::npos) out.secret = percent_decode(who.substr(split + 1));
    text.remove_prefix(at + 1);
  }
  if (const std::size_t port = text.rfind(':'); port != std::string_view::npos && !text.ends_with(']')) {
    out.port = text.substr(port + 1);
    text = text.substr(0, port);
    if (out.port.empty() || out.port.size() > 5 || out.port.find_first_not_of("0123456789") != std::string::npos) return bad();
  }
  out.host = text;
  if (out.host.empty() || out.host.find_first_of(" \t\r\n") != std::string::npos) return bad();
  return out;
}

std::string form_body(const std::map<std::string, std::string>& fields) {
  std::string out;
  for (const auto& [name, value] : fields) out += (out.empty() ? "" : "&") + percent_encode(name) + "=" + percent_encode(value);
  return out;
}

std::map<std::string, std::string> read_form(std::string_view body) {
  std::map<std::string, std::string> out;
  while (!body.empty()) {
    const std::size_t end = body.find('&');
    const std::string_view pair = body.substr(0, end);
    const std::size_t equals = pair.find('=');
    if (!pair.empty())
      out[percent_decode(pair.substr(0, equals), true)] =
          equals == std::string_view::npos ? "" : percent_decode(pair.substr(equals + 1), true);
    body = end == std::string_view::npos ? std::string_view() : body.substr(end + 1);
  }
  return out;
}

}  // namespace tocsin::delivery
