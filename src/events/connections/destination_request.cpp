#include "events/connections/destination_request.h"

#include <boost/json.hpp>

#include "base/encoding.h"
#include "base/plain_json.h"

namespace tocsin::events {
namespace {

const Document* at(const Document& document, std::initializer_list<std::string_view> path) {
  const Document* found = &document;
  for (const std::string_view name : path) found = find(found, name);
  return found;
}

/// The entries of a list of Key and Value.
const Array& entries(const Document* list) {
  static const Array none;
  return list && list->is_array() ? list->get_array() : none;
}

std::string joined_query(const std::string& url, const std::vector<std::pair<std::string, std::string>>& query) {
  std::string out = url;
  for (const auto& [key, value] : query)
    out += (out.find('?') == std::string::npos ? '?' : '&') + percent_encode(key) + '=' + percent_encode(value);
  return out;
}

std::string filled_path(const std::string& endpoint, const Document* values) {
  std::string out;
  std::size_t next = 0;
  for (const char c : endpoint) {
    if (c == '*' && values && values->is_array() && next < values->get_array().size())
      out += percent_encode(std::string_view(values->get_array()[next].as_string().data(), values->get_array()[next].as_string().size())),
          ++next;
    else
      out += c;
  }
  return out;
}

std::string form_of(const Object& fields) {
  std::string out;
  for (const auto& [key, value] : fields)
    out += (out.empty() ? "" : "&") + percent_encode(std::string_view(key.data(), key.size())) + '=' +
           percent_encode(std::string(value.as_string()));
  return out;
}

/// The body's members and the connection's; a body that is no object stays as it is.
std::string with_body_parameters(const std::string& body, const Document* parameters) {
  if (entries(parameters).empty()) return body;
  auto document = parse_json(body.empty() ? "{}" : body);
  if (!document || !document->is_object()) return body;
  for (const Document& entry : entries(parameters)) document->as_object()[text_or(entry, "Key")] = text_or(entry, "Value");
  return to_plain_json(*document);
}

void authorize(Object& headers, const DestinationCall& call) {
  if (const Document* basic = find(call.auth, "BasicAuthParameters"))
    headers["Authorization"] = "Basic " + to_base64(text_or(*basic, "Username") + ":" + text_or(*basic, "Password"));
  if (const Document* key = find(call.auth, "ApiKeyAuthParameters")) headers[text_or(*key, "ApiKeyName")] = text_or(*key, "ApiKeyValue");
  if (!call.access_token.empty()) headers["Authorization"] = "Bearer " + call.access_token;
}

Array shown_list(const Document& list) {
  Array out;
  for (const Document& entry : entries(&list)) {
    Object one = entry.as_object();
    if (truth_or(entry, "IsValueSecret", false)) one.erase("Value");
    one["IsValueSecret"] = truth_or(entry, "IsValueSecret", false);
    out.emplace_back(std::move(one));
  }
  return out;
}

}  // namespace

Document destination_request(const DestinationCall& call) {
  Object headers{{"Content-Type", "application/json; charset=utf-8"},
                 {"Range", "bytes=0-1048575"},
                 {"User-Agent", "Amazon/EventBridge/ApiDestinations"}};
  std::vector<std::pair<std::string, std::string>> query;
  if (const Document* given = find(call.target, "HeaderParameters"); given && given->is_object())
    for (const auto& [key, value] : given->get_object()) headers[key] = value;
  if (const Document* given = find(call.target, "QueryStringParameters"); given && given->is_object())
    for (const auto& [key, value] : given->get_object()) query.emplace_back(std::string(key), std::string(value.as_string()));
  for (const Document& entry : entries(at(call.auth, {"InvocationHttpParameters", "HeaderParameters"})))
    headers[text_or(entry, "Key")] = text_or(entry, "Value");
  for (const Document& entry : entries(at(call.auth, {"InvocationHttpParameters", "QueryStringParameters"}))) {
    std::erase_if(query, [&](const auto& given) { return given.first == text_or(entry, "Key"); });
    query.emplace_back(text_or(entry, "Key"), text_or(entry, "Value"));
  }
  authorize(headers, call);
  Object out{{"url", joined_query(filled_path(call.endpoint, find(call.target, "PathParameterValues")), query)},
             {"method", call.method},
             {"headers", std::move(headers)}};
  if (call.method != "GET" && call.method != "HEAD")
    out["body"] = with_body_parameters(call.body, at(call.auth, {"InvocationHttpParameters", "BodyParameters"}));
  return out;
}

Document token_request(const Document& oauth) {
  Object fields{{"grant_type", "client_credentials"}};
  if (const Document* client = find(oauth, "ClientParameters")) {
    fields["client_id"] = text_or(*client, "ClientID");
    fields["client_secret"] = text_or(*client, "ClientSecret");
  }
  for (const Document& entry : entries(at(oauth, {"OAuthHttpParameters", "BodyParameters"})))
    fields[text_or(entry, "Key")] = text_or(entry, "Value");
  Object headers{{"Content-Type", "application/x-www-form-urlencoded"}, {"Accept", "application/json"}};
  for (const Document& entry : entries(at(oauth, {"OAuthHttpParameters", "HeaderParameters"})))
    headers[text_or(entry, "Key")] = text_or(entry, "Value");
  std::vector<std::pair<std::string, std::string>> query;
  for (const Document& entry : entries(at(oauth, {"OAuthHttpParameters", "QueryStringParameters"})))
    query.emplace_back(text_or(entry, "Key"), text_or(entry, "Value"));
  const std::string method = text_or(oauth, "HttpMethod", "POST");
  if (method == "GET")
    for (const auto& [key, value] : fields) query.emplace_back(std::string(key), std::string(value.as_string()));
  Object out{{"url", joined_query(text_or(oauth, "AuthorizationEndpoint"), query)}, {"method", method}, {"headers", std::move(headers)}};
  if (method != "GET") out["body"] = form_of(fields);
  return out;
}

Document without_secrets(const Document& auth) {
  static constexpr std::string_view secret_names[] = {"Password", "ApiKeyValue", "ClientSecret"};
  if (!auth.is_object()) return auth;
  Object out;
  for (const auto& [key, value] : auth.get_object()) {
    const std::string_view name(key.data(), key.size());
    if (std::ranges::find(secret_names, name) != std::end(secret_names)) continue;
    if (name.ends_with("Parameters") && value.is_array())
      out[key] = shown_list(value);
    else
      out[key] = without_secrets(value);
  }
  return out;
}

Document merged(const Document& base, const Document& changes) {
  if (!base.is_object() || !changes.is_object()) return changes;
  Object out = base.get_object();
  for (const auto& [key, value] : changes.get_object()) {
    Document& member = out[key];
    member = merged(member, value);
  }
  return out;
}

}  // namespace tocsin::events
