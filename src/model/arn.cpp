#include "model/arn.h"

#include <array>

namespace tocsin {

std::string Arn::text() const { return "arn:" + partition + ':' + service + ':' + region + ':' + account + ':' + resource; }

std::optional<Arn> parse_arn(std::string_view text) {
  std::array<std::string_view, 5> parts;
  for (std::string_view& part : parts) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  if (parts[0] != "arn" || parts[1].empty() || parts[2].empty() || text.empty()) return std::nullopt;
  return Arn{std::string(parts[2]), std::string(parts[3]), std::string(parts[4]), std::string(text), std::string(parts[1])};
}

std::string make_arn(std::string_view service, const Scope& scope, std::string_view resource) {
  return Arn{std::string(service), scope.region, scope.account, std::string(resource)}.text();
}

}  // namespace tocsin
