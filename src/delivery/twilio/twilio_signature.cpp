#include "delivery/twilio/twilio_signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/encoding.h"

namespace tocsin::delivery {

std::string twilio_signature(std::string_view token, std::string_view url, const std::map<std::string, std::string>& fields) {
  std::string text(url);
  for (const auto& [name, value] : fields) text += name + value;
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  HMAC(EVP_sha1(), token.data(), static_cast<int>(token.size()), reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest,
       &size);
  return to_base64({reinterpret_cast<const char*>(digest), size});
}

}  // namespace tocsin::delivery
