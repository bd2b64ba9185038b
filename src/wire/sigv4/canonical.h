// What a SigV4 signature covers, as text, and the signature of that text.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wire/http/http_message.h"

namespace tocsin::wire::sigv4 {

/// DATE/REGION/SERVICE/aws4_request; the date is yyyymmdd.
struct CredentialScope {
  std::string date;
  std::string region;
  std::string service;

  bool operator==(const CredentialScope&) const = default;
  std::string text() const { return date + '/' + region + '/' + service + "/aws4_request"; }
};

/// How the path as sent becomes the canonical one. S3 takes it as it is; all others encode it a second time, most after removing "//", "."
/// and "..".
enum class PathForm { as_sent, encoded, normalized };

std::string canonical_path(std::string_view raw_path, PathForm form);
/// Pairs sorted by name and value, each encoded exactly once, without X-Amz-Signature.
std::string canonical_query(std::string_view raw_query);
/// "name:value\n" of each signed header: values trimmed, inner blanks one, several fields of one name joined by commas.
std::string canonical_headers(const Headers& headers, const std::vector<std::string>& signed_names);

/// The hash of the body as it was sent, which may have been compressed.
std::string body_hash(const HttpRequest& request);
/// The payload's place in the canonical request: what X-Amz-Content-Sha256 says, else the hash of the body.
std::string payload_hash(const HttpRequest& request);

/// `signed_names` are lower case, in the order in which the client signed them.
std::string canonical_request(const HttpRequest& request, const std::vector<std::string>& signed_names, PathForm form,
                              std::string_view payload);

/// `amz_date` is yyyymmddThhmmssZ.
std::string string_to_sign(std::string_view algorithm, std::string_view amz_date, const CredentialScope& scope, std::string_view canonical);
/// What a secret signs with on a day, in a region and for a service.
std::string signing_key(std::string_view secret, const CredentialScope& scope);
/// Lower-case hex.
std::string signature(std::string_view secret, const CredentialScope& scope, std::string_view to_sign);
std::string signature_with_key(std::string_view key, std::string_view to_sign);

}  // namespace tocsin::wire::sigv4
