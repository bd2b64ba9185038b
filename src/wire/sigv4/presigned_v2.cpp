#include "wire/sigv4/presigned_v2.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/letters.h"
#include "base/text_time.h"

namespace tocsin::wire::sigv4 {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

// what of the query is part of the resource
constexpr std::array<std::string_view, 30> subresources = {"accelerate",
                                                           "acl",
                                                           "analytics",
                                                           "cors",
                                                           "defaultObjectAcl",
                                                           "delete",
                                                           "inventory",
                                                           "lifecycle",
                                                           "location",
                                                           "logging",
                                                           "metrics",
                                                           "notification",
                                                           "partNumber",
                                                           "policy",
                                                           "replication",
                                                           "requestPayment",
                                                           "response-cache-control",
                                                           "response-content-disposition",
                                                           "response-content-encoding",
                                                           "response-content-language",
                                                           "response-content-type",
                                                           "response-expires",
                                                           "restore",
                                                           "tagging",
                                                           "torrent",
                                                           "uploadId",
                                                           "uploads",
                                                           "versionId",
                                                           "versioning",
                                                           "website"};

Fields query_of(const HttpRequest& request) {
  Fields out;
  for (std::string_view rest = request.query; !rest.empty();) {
    const std::size_t end = rest.find('&');
    const std::string_view field = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    const std::size_t equals = field.find('=');
    out.emplace_back(percent_decode(field.substr(0, equals)),
                     equals == std::string_view::npos ? "" : percent_decode(field.substr(equals + 1)));
  }
  return out;
}

std::string at(const Fields& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &Fields::value_type::first);
  return found == fields.end() ? "" : found->second;
}

/// Presigning tools move headers that were to be signed into the query.
std::string header_or_parameter(const HttpRequest& request, const Fields& query, const std::string& name) {
  const std::string_view header = request.headers.get(name);
  return header.empty() ? at(query, name) : std::string(header);
}

std::string hmac_sha1(std::string_view key, std::string_view text) {
  constexpr std::size_t block = 64;
  std::string padded = key.size() > block ? sha1(key) : std::string(key);
  padded.resize(block, '\0');
  std::string inner = padded, outer = padded;
  for (char& c : inner) c ^= 0x36;
  for (char& c : outer) c ^= 0x5C;
  return sha1(outer + sha1(inner + std::string(text)));
}

std::string bucket_in_host(std::string_view host) {
  host = host.substr(0, host.find(':'));
  for (const std::string_view after : {".s3.", ".s3-", ".localhost"})
    if (const std::size_t found = host.find(after); found != std::string_view::npos && found > 0) return std::string(host.substr(0, found));
  return {};
}

}  // namespace

bool is_presigned_v2(const HttpRequest& request) {
  return request.query.find("AWSAccessKeyId=") != std::string::npos && request.query.find("Signature=") != std::string::npos &&
         !request.headers.has("authorization") && request.query.find("X-Amz-Algorithm=") == std::string::npos;
}

Result<Authorization> parse_presigned_v2(const HttpRequest& request) {
  const Fields query = query_of(request);
  Authorization out{.form = Form::presigned_v2, .algorithm = "AWS", .access_key_id = at(query, "AWSAccessKeyId")};
  out.signature = at(query, "Signature");
  out.security_token = at(query, "x-amz-security-token");
  const std::string expires = at(query, "Expires");
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(expires.data(), expires.data() + expires.size(), seconds);
  if (out.access_key_id.empty() || out.signature.empty() || expires.empty())
    return fail(ErrorKind::denied, "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
                "AccessDenied");
  if (error != std::errc{} || end != expires.data() + expires.size() || seconds < 0 || seconds > 9'000'000'000)
    return fail(ErrorKind::denied, "Invalid date (should be seconds since epoch): " + expires, "AccessDenied");
  out.signed_at = instant_from_ns(seconds * 1'000'000'000);
  out.amz_date = to_amz_date(out.signed_at);
  out.scope = {out.amz_date.substr(0, 8), "us-east-1", "s3"};
  return out;
}

std::string presigned_v2_text(const HttpRequest& request, std::string_view bucket) {
  const Fields query = query_of(request);
  std::string text = request.method + "\n" + header_or_parameter(request, query, "content-md5") + "\n" +
                     header_or_parameter(request, query, "content-type") + "\n" + at(query, "Expires") + "\n";
  std::map<std::string, std::string> amz;
  for (const Fields* fields : {&request.headers.fields(), &query})
    for (const auto& [name, value] : *fields)
      if (const std::string known = lower_case(name); known.starts_with("x-amz-")) amz[known] += (amz[known].empty() ? "" : ",") + value;
  for (const auto& [name, value] : amz) text += name + ":" + value + "\n";
  text += (bucket.empty() ? "" : "/" + std::string(bucket)) + request.path;
  std::map<std::string, std::string> named;
  for (const auto& [name, value] : query)
    if (std::ranges::find(subresources, name) != subresources.end()) named[name] = value;
  char separator = '?';
  for (const auto& [name, value] : named) text += std::exchange(separator, '&') + name + (value.empty() ? "" : "=" + value);
  return text;
}

Result<void> verify_presigned_v2(const HttpRequest& request, const Authorization& authorization, std::string_view secret) {
  const std::string text = presigned_v2_text(request, bucket_in_host(request.headers.get("Host")));
  if (equal_constant_time(to_base64(hmac_sha1(secret, text)), authorization.signature)) return {};
  return fail(ErrorKind::denied,
              "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
              "SignatureDoesNotMatch");
}

}  // namespace tocsin::wire::sigv4
