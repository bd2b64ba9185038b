#include "wire/aws/page_tokens.h"

#include "base/digest.h"
#include "base/encoding.h"

namespace tocsin::wire {
namespace {
constexpr std::size_t mac_bytes = 16;
constexpr std::string_view version = "1";
}  // namespace

std::string PageTokens::mac(std::string_view account, std::string_view operation, std::string_view position, std::string_view query) const {
  std::string bound(version);
  for (const std::string_view part : {account, operation, query, position})
    bound.append(std::to_string(part.size())).append(":").append(part);
  return hmac_sha256(key_, bound).substr(0, mac_bytes);
}

std::string PageTokens::seal(std::string_view account, std::string_view operation, std::string_view position,
                             std::string_view query) const {
  return to_base64(mac(account, operation, position, query) + std::string(position));
}

std::optional<std::string> PageTokens::open(std::string_view account, std::string_view operation, std::string_view token,
                                            std::string_view query) const {
  const auto bytes = from_base64(token);
  if (!bytes || bytes->size() < mac_bytes) return std::nullopt;
  std::string position = bytes->substr(mac_bytes);
  if (!equal_constant_time(std::string_view(*bytes).substr(0, mac_bytes), mac(account, operation, position, query))) return std::nullopt;
  return position;
}

}  // namespace tocsin::wire
