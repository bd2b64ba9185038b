#include "wire/sigv4/canonical.h"

#include <algorithm>

#include "base/digest.h"
#include "base/encoding.h"

namespace tocsin::wire::sigv4 {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string collapse_blanks(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (!is_blank(c))
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  const bool ends_in_slash = path.empty() || path.back() == '/';
  while (!path.empty()) {
    const auto slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (segment.empty() || segment == ".") continue;
    if (segment != "..")
      kept.push_back(segment);
    else if (!kept.empty())
      kept.pop_back();
  }
  std::string out;
  for (const std::string_view segment : kept) out.append("/").append(segment);
  if (out.empty() || ends_in_slash) out += '/';
  return out;
}

std::string canonical_value(const Headers& headers, std::string_view name) {
  std::string joined;
  bool first = true;
  for (const auto& [field, value] : headers.fields()) {
    if (!same_name(field, name)) continue;
    if (!first) joined += ',';
    joined += collapse_blanks(value);
    first = false;
  }
  return joined;
}

}  // namespace

std::string canonical_path(std::string_view raw_path, PathForm form) {
  if (raw_path.empty()) return "/";
  if (form == PathForm::as_sent) return std::string(raw_path);
  return percent_encode(form == PathForm::normalized ? without_dot_segments(raw_path) : std::string(raw_path), true);
}

std::string canonical_query(std::string_view raw_query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  while (!raw_query.empty()) {
    const auto end = raw_query.find('&');
    const std::string_view part = raw_query.substr(0, end);
    raw_query.remove_prefix(end == std::string_view::npos ? raw_query.size() : end + 1);
    if (part.empty()) continue;
    const auto equals = part.find('=');
    const std::string name = percent_decode(part.substr(0, equals));
    if (name == "X-Amz-Signature") continue;
    const std::string value = equals == std::string_view::npos ? "" : percent_decode(part.substr(equals + 1));
    pairs.emplace_back(percent_encode(name), percent_encode(value));
  }
  std::sort(pairs.begin(), pairs.end());
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

std::string canonical_headers(const Headers& headers, const std::vector<std::string>& signed_names) {
  std::string out;
  for (const std::string& name : signed_names) out.append(name).append(":").append(canonical_value(headers, name)).append("\n");
  return out;
}

std::string body_hash(const HttpRequest& request) {
  return request.sent_body_sha256.empty() ? to_hex(sha256(request.body)) : request.sent_body_sha256;
}

std::string payload_hash(const HttpRequest& request) {
  if (request.headers.has("x-amz-content-sha256")) return std::string(request.headers.get("x-amz-content-sha256"));
  return body_hash(request);
}

std::string canonical_request(const HttpRequest& request, const std::vector<std::string>& signed_names, PathForm form,
                              std::string_view payload) {
  std::string names;
  for (const std::string& name : signed_names) names.append(names.empty() ? "" : ";").append(name);
  std::string out = request.method;
  out.append("\n").append(canonical_path(request.path, form));
  out.append("\n").append(canonical_query(request.query));
  out.append("\n").append(canonical_headers(request.headers, signed_names));
  out.append("\n").append(names);
  out.append("\n").append(payload);
  return out;
}

std::string string_to_sign(std::string_view algorithm, std::string_view amz_date, const CredentialScope& scope,
                           std::string_view canonical) {
  std::string out(algorithm);
  out.append("\n").append(amz_date).append("\n").append(scope.text()).append("\n").append(to_hex(sha256(canonical)));
  return out;
}

std::string signing_key(std::string_view secret, const CredentialScope& scope) {
  const std::string of_date = hmac_sha256("AWS4" + std::string(secret), scope.date);
  const std::string of_region = hmac_sha256(of_date, scope.region);
  const std::string of_service = hmac_sha256(of_region, scope.service);
  return hmac_sha256(of_service, "aws4_request");
}

std::string signature_with_key(std::string_view key, std::string_view to_sign) { return to_hex(hmac_sha256(key, to_sign)); }

std::string signature(std::string_view secret, const CredentialScope& scope, std::string_view to_sign) {
  return signature_with_key(signing_key(secret, scope), to_sign);
}

}  // namespace tocsin::wire::sigv4
