#include "delivery/web_push/vapid.h"

#include <boost/json.hpp>

#include "base/document.h"
#include "base/encoding.h"

namespace tocsin::delivery {

Result<std::string> vapid_authorization(std::string_view endpoint, const P256Key& key, std::string_view contact, Instant now) {
  const std::size_t scheme = endpoint.find("://");
  const std::string origin(endpoint.substr(0, scheme == std::string_view::npos ? 0 : endpoint.find('/', scheme + 3)));
  const Object claims{{"aud", origin}, {"exp", to_seconds(now + std::chrono::hours(12))}, {"sub", contact}};
  const std::string token = to_base64url(R"({"typ":"JWT","alg":"ES256"})") + "." + to_base64url(to_json(claims));
  const auto signature = key.sign(token);
  if (!signature) return signature;
  return "vapid t=" + token + "." + to_base64url(*signature) + ", k=" + to_base64url(key.public_point());
}

}  // namespace tocsin::delivery
