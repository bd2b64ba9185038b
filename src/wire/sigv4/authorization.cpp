#include "wire/sigv4/authorization.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "base/encoding.h"
#include "base/letters.h"
#include "base/text_time.h"
#include "wire/sigv4/presigned_v2.h"

namespace tocsin::wire::sigv4 {
namespace {

using Fields = std::map<std::string, std::string, std::less<>>;
constexpr std::int64_t presigned_seconds_max = 7 * 24 * 3600;

std::unexpected<Error> incomplete(std::string message) { return fail(ErrorKind::denied, std::move(message), "IncompleteSignature"); }

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

Fields query_fields(std::string_view query) {
  Fields fields;
  for (const std::string& part : split(query, '&')) {
    const auto equals = part.find('=');
    if (equals == std::string::npos) continue;
    fields.emplace(percent_decode(part.substr(0, equals)), percent_decode(part.substr(equals + 1)));
  }
  return fields;
}

Fields header_fields(std::string_view parameters) {
  Fields fields;
  for (const std::string& part : split(parameters, ',')) {
    const std::string_view field = trim(part);
    const auto equals = field.find('=');
    if (equals == std::string_view::npos) continue;
    fields.emplace(std::string(trim(field.substr(0, equals))), std::string(trim(field.substr(equals + 1))));
  }
  return fields;
}

std::string at(const Fields& fields, std::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : found->second;
}

// KEY/DATE/REGION/SERVICE/aws4_request; the key itself holds no slash
bool read_credential(std::string_view credential, Authorization& out) {
  const std::vector<std::string> parts = split(credential, '/');
  if (parts.size() != 5 || parts[4] != "aws4_request") return false;
  if (std::any_of(parts.begin(), parts.end(), [](const std::string& part) { return part.empty(); })) return false;
  out.access_key_id = parts[0];
  out.scope = {parts[1], parts[2], parts[3]};
  return true;
}

std::vector<std::string> read_signed_headers(std::string_view text) {
  const std::string lower = lower_case(text);
  return lower.empty() ? std::vector<std::string>{} : split(lower, ';');
}

std::string date_of(const HttpRequest& request) {
  const std::string_view amz_date = trim(request.headers.get("x-amz-date"));
  if (!amz_date.empty()) return std::string(amz_date);
  const auto date = parse_http_date(request.headers.get("date"));
  return date ? to_amz_date(*date) : std::string(request.headers.get("date"));
}

std::string missing_parameters(const Fields& fields, const HttpRequest& request) {
  std::string words;
  for (const char* name : {"Credential", "Signature", "SignedHeaders"})
    if (at(fields, name).empty()) words += "Authorization header requires '" + std::string(name) + "' parameter. ";
  if (!request.headers.has("x-amz-date") && !request.headers.has("date"))
    words += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  return words;
}

Result<Authorization> finish(Authorization out, std::string_view credential) {
  if (!read_credential(credential, out))
    return incomplete("Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" +
                      std::string(credential) + "'");
  const auto signed_at = parse_amz_date(out.amz_date);
  if (!signed_at)
    return incomplete("Date must be in ISO-8601 'basic format'. Got '" + out.amz_date + "'. See http://en.wikipedia.org/wiki/ISO_8601");
  out.signed_at = *signed_at;
  if (std::find(out.signed_headers.begin(), out.signed_headers.end(), "host") == out.signed_headers.end())
    return incomplete("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  return out;
}

Result<Authorization> parse_header(const HttpRequest& request) {
  const std::string_view value = trim(request.headers.get("authorization"));
  const auto blank = value.find(' ');
  Authorization out{.form = Form::header, .algorithm = std::string(value.substr(0, blank))};
  if (!out.algorithm.starts_with("AWS4-")) return incomplete("Unsupported AWS 'algorithm': '" + out.algorithm + "'.");
  const Fields fields = header_fields(blank == std::string_view::npos ? std::string_view() : value.substr(blank));
  if (const std::string missing = missing_parameters(fields, request); !missing.empty())
    return incomplete(missing + "Authorization=" + out.algorithm);
  out.signed_headers = read_signed_headers(at(fields, "SignedHeaders"));
  out.signature = at(fields, "Signature");
  out.amz_date = date_of(request);
  out.security_token = std::string(trim(request.headers.get("x-amz-security-token")));
  return finish(std::move(out), at(fields, "Credential"));
}

std::optional<Duration> read_expires(const std::string& text) {
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc() || end != text.data() + text.size() || seconds < 0 || seconds > presigned_seconds_max) return std::nullopt;
  return std::chrono::seconds(seconds);
}

Result<Authorization> parse_query(const HttpRequest& request) {
  const Fields fields = query_fields(request.query);
  std::string missing;
  for (const char* name : {"X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date"})
    if (at(fields, name).empty()) missing += "AWS query-string parameters must include '" + std::string(name) + "'. ";
  if (!missing.empty()) return incomplete(missing + "Re-examine the query-string parameters.");
  Authorization out{.form = Form::query, .algorithm = at(fields, "X-Amz-Algorithm")};
  out.signed_headers = read_signed_headers(at(fields, "X-Amz-SignedHeaders"));
  out.signature = at(fields, "X-Amz-Signature");
  out.amz_date = at(fields, "X-Amz-Date");
  out.security_token = at(fields, "X-Amz-Security-Token");
  const std::string expires = at(fields, "X-Amz-Expires");
  const auto valid_for = expires.empty() ? std::optional<Duration>(std::chrono::minutes(5)) : read_expires(expires);
  if (!valid_for) return incomplete("X-Amz-Expires must be a number of seconds between 0 and 604800.");
  out.valid_for = *valid_for;
  return finish(std::move(out), at(fields, "X-Amz-Credential"));
}

bool has_query_form(const HttpRequest& request) { return request.query.find("X-Amz-Algorithm=") != std::string::npos; }

}  // namespace

bool is_signed(const HttpRequest& request) { return request.headers.get("authorization").starts_with("AWS4-") || has_query_form(request) || is_presigned_v2(request); }

Result<Authorization> parse_authorization(const HttpRequest& request) {
  if (request.headers.has("authorization")) return parse_header(request);
  if (has_query_form(request)) return parse_query(request);
  if (is_presigned_v2(request)) return parse_presigned_v2(request);
  return fail(ErrorKind::denied, "Request is missing Authentication Token", "MissingAuthenticationToken");
}

}  // namespace tocsin::wire::sigv4
