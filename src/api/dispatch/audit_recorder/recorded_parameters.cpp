#include "api/dispatch/audit_recorder/recorded_parameters.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "api/dispatch/audit_recorder/recorded_call.h"
#include "base/encoding.h"
#include "base/letters.h"
#include "base/text_time.h"

namespace tocsin::api {
namespace {

constexpr std::size_t bytes_max = 100 * 1024;

// by the end of a member's name, lower case
constexpr std::array<std::string_view, 9> secret_names{"password", "secretaccesskey", "sessiontoken", "secret",      "secretkey",
                                                       "apikey",   "activationcode",  "tokenvalue",   "clientsecret"};
constexpr std::array<std::string_view, 5> secret_whole{"token", "authparameters", "tokencode", "privatekey", "headerparameters"};

struct SecretMember {
  std::string_view operation;
  std::string_view member;
};
// values that may be secret whatever their name
constexpr std::array<SecretMember, 4> secret_members{
    {{"PutParameter", "Value"}, {"SendCommand", "Parameters"}, {"StartSession", "StreamUrl"}, {"ResumeSession", "StreamUrl"}}};

// these hold keys of the user's own, which keep their case
constexpr std::array<std::string_view, 9> map_names{"attributes",        "parameters", "variables",   "tags",      "targetmaps",
                                                    "messageattributes", "sdktags",    "environment", "dimensions"};

template <std::size_t n>
bool has(const std::array<std::string_view, n>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string small_first(std::string_view name) {
  std::string out(name);
  if (!out.empty() && out[0] >= 'A' && out[0] <= 'Z') out[0] = static_cast<char>(out[0] + 32);
  return out;
}

bool is_secret(std::string_view operation, std::string_view name, int depth) {
  const std::string low = lower_case(name);
  if (has(secret_whole, low)) return true;
  if (std::any_of(secret_names.begin(), secret_names.end(), [&](std::string_view secret) { return low.ends_with(secret); })) return true;
  return depth == 0 && std::any_of(secret_members.begin(), secret_members.end(),
                                   [&](const SecretMember& secret) { return secret.operation == operation && secret.member == name; });
}

// documents hold moments as nanoseconds; no other number of a request is as large
bool is_moment(std::string_view name, std::int64_t value) {
  const std::string low = lower_case(name);
  return value > 100'000'000'000'000 &&
         (low.ends_with("time") || low.ends_with("date") || low.ends_with("timestamp") || low.ends_with("since") ||
          low.ends_with("before") || low.ends_with("after") || low == "expiration");
}

Document shown(const Document& value, std::string_view operation, std::string_view name, int depth);

Document shown_object(const Object& object, std::string_view operation, bool own_keys, int depth) {
  Object out;
  for (const auto& field : object) {
    const std::string_view key = field.key();
    Document value = is_secret(operation, key, depth) ? Document(hidden_text) : shown(field.value(), operation, key, depth + 1);
    out[own_keys ? std::string(key) : small_first(key)] = std::move(value);
  }
  return out;
}

Document shown(const Document& value, std::string_view operation, std::string_view name, int depth) {
  if (value.is_object()) return shown_object(value.as_object(), operation, has(map_names, lower_case(name)), depth);
  if (value.is_array()) {
    // a list of tags holds structures, only this one holds maps
    const std::string_view element_name = lower_case(name) == "targetmaps" ? name : std::string_view();
    Array out;
    for (const Document& element : value.as_array()) out.push_back(shown(element, operation, element_name, depth));
    return out;
  }
  if (value.is_string() && !is_utf8(value.as_string())) return Document(to_base64(value.as_string()));
  if (value.is_int64() && is_moment(name, value.as_int64())) return Document(to_rfc3339_ms(instant_from_ns(value.as_int64())));
  return value;
}

/// At least what it takes as JSON, without writing it.
std::size_t size_at_most(const Document& value) {
  constexpr std::size_t scalar = 32;
  // each byte may become six
  if (value.is_string()) return 6 * value.get_string().size() + 2;
  std::size_t size = scalar;
  if (value.is_array())
    for (const Document& element : value.get_array()) size += size_at_most(element) + 1;
  if (value.is_object())
    for (const auto& field : value.get_object()) size += 6 * field.key().size() + size_at_most(field.value()) + 4;
  return size;
}

Document bounded(Document document) {
  if (!document.is_object() || document.as_object().empty()) return nullptr;
  if (size_at_most(document) <= bytes_max) return document;
  const std::size_t size = to_json(document).size();
  if (size <= bytes_max) return document;
  return Object{{"omitted", true}, {"originalSize", size}, {"reason", "The members exceed 100 KB."}};
}

}  // namespace

Document recorded_request(const Call& call) {
  if (!call.input.is_object()) return nullptr;
  return bounded(shown_object(call.input.as_object(), call.operation, false, 0));
}

Document recorded_response(const Call& call, const Document& output) {
  if (is_read_only(call.service, call.operation) && call.service != "sts") return nullptr;
  if (!output.is_object()) return nullptr;
  return bounded(shown_object(output.as_object(), call.operation, false, 0));
}

}  // namespace tocsin::api
