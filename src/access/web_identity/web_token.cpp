#include "access/web_identity/web_token.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/encoding.h"

namespace tocsin::access {
namespace {

constexpr Duration skew_max = std::chrono::minutes(5);
constexpr std::string_view not_valid = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";

std::unexpected<Error> invalid(std::string words) { return fail(ErrorKind::invalid, std::move(words), "InvalidIdentityToken"); }

std::optional<std::string> decoded(std::string_view part) {
  std::string text(part);
  for (char& c : text) {
    if (c == '+' || c == '/' || c == '=') return std::nullopt;
    c = c == '-' ? '+' : c == '_' ? '/' : c;
  }
  while (text.size() % 4 != 0) text += '=';
  return from_base64(text);
}

std::optional<Document> decoded_object(std::string_view part) {
  const auto text = decoded(part);
  if (!text) return std::nullopt;
  auto document = parse_json(*text);
  if (!document || !document->is_object()) return std::nullopt;
  return std::move(*document);
}

std::vector<std::string> audiences_of(const Document& claims) {
  std::vector<std::string> out;
  if (const auto one = text_at(claims, "aud")) out.emplace_back(*one);
  for (const Document& each : array_at(claims, "aud"))
    if (each.is_string()) out.emplace_back(each.get_string());
  return out;
}

std::optional<double> seconds_at(const Document& claims, std::string_view name) {
  const Document* value = find(claims, name);
  if (!value || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

}  // namespace

Result<WebToken> parse_web_token(std::string_view text) {
  const auto first = text.find('.');
  const auto second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos) return invalid(std::string(not_valid));
  const auto head = decoded_object(text.substr(0, first));
  auto claims = decoded_object(text.substr(first + 1, second - first - 1));
  auto signature = decoded(text.substr(second + 1));
  if (!head || !claims || !signature) return invalid(std::string(not_valid));
  WebToken token{.algorithm = text_or(*head, "alg"),
                 .key_id = text_or(*head, "kid"),
                 .issuer = text_or(*claims, "iss"),
                 .subject = text_or(*claims, "sub")};
  token.audiences = audiences_of(*claims);
  token.claims = std::move(*claims);
  token.signed_text = text.substr(0, second);
  token.signature = std::move(*signature);
  for (const char* needed : {"iss", "sub", "aud", "exp", "iat"})
    if (!find(token.claims, needed)) return invalid("Missing a required claim: " + std::string(needed));
  if (!token.issuer.starts_with("https://")) return invalid("Issuer must be a valid URL");
  return token;
}

Result<void> verify_web_token(const WebToken& token, const KeySet& keys) {
  bool known = false;
  for (const PublicKey& key : keys.keys) {
    if (!token.key_id.empty() && key.id != token.key_id) continue;
    known = true;
    if (signature_holds(key, token.algorithm, token.signed_text, token.signature)) return {};
  }
  if (!known)
    return fail(ErrorKind::denied,
                "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation "
                "for requirements",
                "InvalidIdentityToken");
  return fail(ErrorKind::denied, "Provided Token is not valid: its signature does not hold.", "InvalidIdentityToken");
}

Result<void> check_web_token_times(const WebToken& token, Instant now) {
  const double now_s = static_cast<double>(to_seconds(now));
  const double skew_s = std::chrono::duration<double>(skew_max).count();
  const auto ends = seconds_at(token.claims, "exp"), issued = seconds_at(token.claims, "iat"), begins = seconds_at(token.claims, "nbf");
  if (!ends || !issued) return invalid("exp and iat must be numbers");
  if (*ends <= now_s)
    return fail(ErrorKind::denied,
                "Token expired: current date/time " + std::to_string(to_seconds(now)) + " must be before the expiration date/time " +
                    std::to_string(static_cast<std::int64_t>(std::clamp(*ends, -1e15, 1e15))),
                "ExpiredTokenException");
  if (*issued > now_s + skew_s || (begins && *begins > now_s + skew_s)) return invalid("Token is not yet valid");
  return {};
}

std::string without_scheme(const std::string& url) {
  const auto at = url.find("://");
  std::string out = at == std::string::npos ? url : url.substr(at + 3);
  while (out.ends_with('/')) out.pop_back();
  return out;
}

}  // namespace tocsin::access
