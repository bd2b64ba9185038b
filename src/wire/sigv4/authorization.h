// What a request says of its own signature: the Authorization header, or the X-Amz-… members of a presigned query (or S3's older one: presigned_v2.h).
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "wire/http/http_message.h"
#include "wire/sigv4/canonical.h"

namespace tocsin::wire::sigv4 {

inline constexpr std::string_view hmac_algorithm = "AWS4-HMAC-SHA256";

enum class Form { header, query, presigned_v2 };

struct Authorization {
  Form form = Form::header;
  std::string algorithm;  ///< AWS4-HMAC-SHA256; hosts that sign with RSA may name another of AWS4-…
  std::string access_key_id;
  CredentialScope scope;
  std::vector<std::string> signed_headers;  ///< lower case, as signed
  std::string signature;                    ///< as sent
  std::string amz_date;                     ///< yyyymmddThhmmssZ
  Instant signed_at{};
  Duration valid_for{};        ///< of a presigned query
  std::string security_token;  ///< of temporary credentials, else empty
};

/// Whether the request claims to be signed at all, in either form.
bool is_signed(const HttpRequest& request);

/// Errors are `denied` with the service's code as reason: MissingAuthenticationToken, IncompleteSignature, and the service's words.
Result<Authorization> parse_authorization(const HttpRequest& request);

}  // namespace tocsin::wire::sigv4
