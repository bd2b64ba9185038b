#include "wire/sigv4/verify.h"

#include <algorithm>

#include "base/digest.h"
#include "base/letters.h"
#include "base/text_time.h"
#include "wire/sigv4/aws_chunked.h"
#include "wire/sigv4/presigned_v2.h"

namespace tocsin::wire::sigv4 {
namespace {

constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";
constexpr std::string_view mismatch =
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. "
    "Consult the service documentation for details.";

std::unexpected<Error> refuse(std::string message) { return fail(ErrorKind::denied, std::move(message), "SignatureDoesNotMatch"); }

std::unexpected<Error> expired(const Authorization& authorization, Instant now, Instant limit, std::string_view allowance) {
  return refuse("Signature expired: " + authorization.amz_date + " is now earlier than " + to_amz_date(limit) + " (" + to_amz_date(now) +
                " - " + std::string(allowance) + ".)");
}

Result<void> check_date(const Authorization& authorization) {
  if (authorization.scope.date == authorization.amz_date.substr(0, 8)) return {};
  return refuse("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" + authorization.scope.date + "' != '" +
                authorization.amz_date.substr(0, 8) + "', from '" + authorization.amz_date + "'.");
}

Result<std::string> checked_payload(const HttpRequest& request, const Authorization& authorization) {
  const std::string_view declared = request.headers.get("x-amz-content-sha256");
  if (declared.starts_with("STREAMING-AWS4-HMAC-SHA256-PAYLOAD") || declared == "STREAMING-UNSIGNED-PAYLOAD-TRAILER") return std::string(declared);
  if (declared.starts_with("STREAMING-"))
    return fail(ErrorKind::unsupported, "Payloads signed in chunks as " + std::string(declared) + " are not offered.", "NotImplemented");
  if (declared.empty() && authorization.form == Form::query && authorization.scope.service == "s3") return std::string(unsigned_payload);
  if (declared.empty()) return body_hash(request);
  if (declared != unsigned_payload && declared != body_hash(request))
    return refuse("The provided 'x-amz-content-sha256' header does not match what was computed.");
  return std::string(declared);
}

/// S3 takes no x-amz- header that is not signed: it could make another operation of the request.
bool has_unsigned_amz_header(const HttpRequest& request, const Authorization& authorization) {
  for (const auto& [name, value] : request.headers.fields()) {
    const std::string known = lower_case(name);
    // the payload's hash is part of what is signed anyway
    if (!known.starts_with("x-amz-") || known == "x-amz-content-sha256") continue;
    if (std::ranges::find(authorization.signed_headers, known) == authorization.signed_headers.end()) return true;
  }
  return false;
}

bool matches(const HttpRequest& request, const Authorization& authorization, std::string_view key, PathForm form,
             const std::string& payload) {
  const std::string canonical = canonical_request(request, authorization.signed_headers, form, payload);
  const std::string to_sign = string_to_sign(authorization.algorithm, authorization.amz_date, authorization.scope, canonical);
  return equal_constant_time(signature_with_key(key, to_sign), authorization.signature);
}

}  // namespace

Result<void> check_time(const Authorization& authorization, Instant now) {
  const bool is_s3 = authorization.scope.service == "s3";
  const Instant ends = authorization.form == Form::query ? authorization.signed_at + authorization.valid_for : authorization.signed_at;
  if (is_s3 && authorization.form != Form::header && ends < now) return fail(ErrorKind::denied, "Request has expired", "AccessDenied");
  if (authorization.form == Form::presigned_v2) return {};
  if (is_s3 && authorization.form == Form::header && (authorization.signed_at > now + s3_skew_max || authorization.signed_at < now - s3_skew_max))
    return fail(ErrorKind::denied, "The difference between the request time and the current time is too large.", "RequestTimeTooSkewed");
  if (is_s3 && authorization.form == Form::header) return check_date(authorization);
  if (auto dated = check_date(authorization); !dated) return dated;
  if (authorization.signed_at > now + skew_max)
    return refuse("Signature not yet current: " + authorization.amz_date + " is still later than " + to_amz_date(now + skew_max) + " (" +
                  to_amz_date(now) + " + 5 min.)");
  if (authorization.form == Form::header && authorization.signed_at < now - skew_max)
    return expired(authorization, now, now - skew_max, "5 min");
  if (authorization.form == Form::query && authorization.signed_at + authorization.valid_for < now)
    return expired(authorization, now, now - authorization.valid_for,
                   std::to_string(std::chrono::duration_cast<std::chrono::seconds>(authorization.valid_for).count()) + " sec");
  return {};
}

Result<void> verify(const HttpRequest& request, const Authorization& authorization, std::string_view secret) {
  if (authorization.form == Form::presigned_v2) return verify_presigned_v2(request, authorization, secret);
  return verify_with_key(request, authorization, signing_key(secret, authorization.scope));
}

Result<void> verify_with_key(const HttpRequest& request, const Authorization& authorization, std::string_view key) {
  if (authorization.algorithm != hmac_algorithm)
    return fail(ErrorKind::denied, "Unsupported AWS 'algorithm': '" + authorization.algorithm + "'.", "IncompleteSignature");
  if (authorization.scope.service == "s3" && has_unsigned_amz_header(request, authorization))
    return fail(ErrorKind::denied, "There were headers present in the request which were not signed", "AccessDenied");
  const auto payload = checked_payload(request, authorization);
  if (!payload) return std::unexpected(payload.error());
  const PathForm usual = authorization.scope.service == "s3" ? PathForm::as_sent : PathForm::normalized;
  if (matches(request, authorization, key, usual, *payload)) return is_aws_chunked(request) ? verify_chunks(request, authorization, key) : Result<void>{};
  // some SDKs encode again but do not normalize
  if (usual == PathForm::normalized && matches(request, authorization, key, PathForm::encoded, *payload)) return {};
  return refuse(std::string(mismatch));
}

std::string signed_text(const HttpRequest& request, const Authorization& authorization) {
  const std::string canonical = canonical_request(request, authorization.signed_headers, PathForm::normalized, payload_hash(request));
  return string_to_sign(authorization.algorithm, authorization.amz_date, authorization.scope, canonical);
}

}  // namespace tocsin::wire::sigv4
