#include "wire/sigv4/signer.h"

#include <set>

#include "base/encoding.h"
#include "base/letters.h"
#include "base/text_time.h"
#include "wire/sigv4/authorization.h"
#include "wire/sigv4/canonical.h"

namespace tocsin::wire::sigv4 {
namespace {

std::vector<std::string> names_to_sign(const Headers& headers) {
  std::set<std::string> names;
  for (const auto& [name, value] : headers.fields()) {
    const std::string candidate = lower_case(name);
    if (candidate == "host" || candidate == "content-type" || candidate.starts_with("x-amz-")) names.insert(candidate);
  }
  return {names.begin(), names.end()};
}

std::string join(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out.append(out.empty() ? "" : ";").append(name);
  return out;
}

std::string sign_request(const HttpRequest& request, const Credentials& credentials, const CredentialScope& scope,
                         std::string_view amz_date, const std::vector<std::string>& names, std::string_view payload) {
  const PathForm form = scope.service == "s3" ? PathForm::as_sent : PathForm::normalized;
  const std::string canonical = canonical_request(request, names, form, payload);
  return signature(credentials.secret_access_key, scope, string_to_sign(hmac_algorithm, amz_date, scope, canonical));
}

void add_query(HttpRequest& request, std::string_view name, std::string_view value) {
  if (!request.query.empty()) request.query += '&';
  request.query.append(name).append("=").append(percent_encode(value));
}

}  // namespace

void sign(HttpRequest& request, const Credentials& credentials, std::string_view region, std::string_view service, Instant now) {
  const std::string amz_date = to_amz_date(now);
  const CredentialScope scope{amz_date.substr(0, 8), std::string(region), std::string(service)};
  request.headers.set("X-Amz-Date", amz_date);
  if (!credentials.session_token.empty()) request.headers.set("X-Amz-Security-Token", credentials.session_token);
  const std::vector<std::string> names = names_to_sign(request.headers);
  const std::string made = sign_request(request, credentials, scope, amz_date, names, payload_hash(request));
  request.headers.set("Authorization", std::string(hmac_algorithm) + " Credential=" + credentials.access_key_id + '/' + scope.text() +
                                           ", SignedHeaders=" + join(names) + ", Signature=" + made);
}

void presign(HttpRequest& request, const Credentials& credentials, std::string_view region, std::string_view service, Instant now,
             Duration expires) {
  const std::string amz_date = to_amz_date(now);
  const CredentialScope scope{amz_date.substr(0, 8), std::string(region), std::string(service)};
  add_query(request, "X-Amz-Algorithm", hmac_algorithm);
  add_query(request, "X-Amz-Credential", credentials.access_key_id + '/' + scope.text());
  add_query(request, "X-Amz-Date", amz_date);
  add_query(request, "X-Amz-Expires", std::to_string(std::chrono::duration_cast<std::chrono::seconds>(expires).count()));
  add_query(request, "X-Amz-SignedHeaders", "host");
  if (!credentials.session_token.empty()) add_query(request, "X-Amz-Security-Token", credentials.session_token);
  const std::string payload = service == "s3" ? "UNSIGNED-PAYLOAD" : payload_hash(request);
  add_query(request, "X-Amz-Signature", sign_request(request, credentials, scope, amz_date, {"host"}, payload));
  request.target = request.path + '?' + request.query;
}

}  // namespace tocsin::wire::sigv4
