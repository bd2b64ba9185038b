// Whether a signed request is what the holder of a secret sent, and not long ago. Pure.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "wire/sigv4/authorization.h"

namespace tocsin::wire::sigv4 {

/// How far a caller's clock may be from ours.
inline constexpr Duration skew_max = std::chrono::minutes(5);
inline constexpr Duration s3_skew_max = std::chrono::minutes(15);

/// The header form: signed within five minutes of `now`. The query form: not yet expired, and not from the future. `denied`, reason
/// SignatureDoesNotMatch, in the services' words ("Signature expired: …"); for S3 RequestTimeTooSkewed and AccessDenied ("Request has expired").
Result<void> check_time(const Authorization& authorization, Instant now);

/// Signature and payload hash (of the body as it was sent: see HttpRequest::sent_body_sha256). `denied`, reason SignatureDoesNotMatch.
Result<void> verify(const HttpRequest& request, const Authorization& authorization, std::string_view secret);

/// The same with the secret's signing_key for the authorization's scope, for callers that remember it.
Result<void> verify_with_key(const HttpRequest& request, const Authorization& authorization, std::string_view key);

/// What was signed, in the form that most services use; for signatures of another kind (hosts sign with RSA).
std::string signed_text(const HttpRequest& request, const Authorization& authorization);

}  // namespace tocsin::wire::sigv4
