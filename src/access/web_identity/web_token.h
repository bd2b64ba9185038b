// JSON Web Tokens, as OpenID Connect providers sign them. Pure. https://www.rfc-editor.org/rfc/rfc7519
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/web_identity/key_set.h"
#include "base/clock.h"
#include "base/document.h"
#include "base/result.h"

namespace tocsin::access {

struct WebToken {
  std::string algorithm;  ///< RS256 …
  std::string key_id;     ///< may be empty
  std::string issuer;     ///< an https URL
  std::string subject;
  std::vector<std::string> audiences;
  Document claims;
  std::string signed_text;  ///< what the signature covers
  std::string signature;    ///< bytes
};

/// Reads it, without believing it. `invalid`, reason InvalidIdentityToken.
Result<WebToken> parse_web_token(std::string_view text);

/// Whether one of the keys signed it. `denied`, reason InvalidIdentityToken.
Result<void> verify_web_token(const WebToken& token, const KeySet& keys);

/// exp, nbf, iat; up to five minutes of difference between clocks are let pass for the latter two. Reasons ExpiredTokenException,
/// InvalidIdentityToken.
Result<void> check_web_token_times(const WebToken& token, Instant now);

/// The issuer as ARNs and condition keys have it: without the scheme.
std::string without_scheme(const std::string& url);

}  // namespace tocsin::access
