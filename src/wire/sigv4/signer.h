// Signs requests as a client does: tocsin-agent, the server's calls to others, and tests.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "wire/http/http_message.h"

namespace tocsin::wire::sigv4 {

struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token;  ///< of temporary credentials, else empty
};

/// Sets X-Amz-Date, X-Amz-Security-Token and Authorization over all of host, content-type and x-amz-*. The Host header must be set; body
/// and path final.
void sign(HttpRequest& request, const Credentials& credentials, std::string_view region, std::string_view service, Instant now);

/// Puts the signature into the query (and target); only the Host header is signed. `expires` at most seven days.
void presign(HttpRequest& request, const Credentials& credentials, std::string_view region, std::string_view service, Instant now,
             Duration expires);

}  // namespace tocsin::wire::sigv4
