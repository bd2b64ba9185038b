#include "api/ssm_incidents/answers.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

namespace tocsin::api::ssm_incidents {
namespace {

constexpr std::size_t page_size_default = 25;

bool any_equals(const Array& wanted, const Document& value) {
  return std::ranges::any_of(wanted, [&](const Document& each) {
    const auto a = as_number(each), b = as_number(value);
    if (a && b) return *a == *b;
    if (!value.is_array()) return each == value;
    return std::ranges::find(value.get_array(), each) != value.get_array().end();
  });
}

bool meets(const Document& condition, const Document* value) {
  if (!value) return false;
  if (const auto after = integer_at(condition, "after")) return as_number(*value).value_or(0) > static_cast<double>(*after);
  if (const auto before = integer_at(condition, "before")) return as_number(*value).value_or(0) < static_cast<double>(*before);
  const Object& equals = object_at(condition, "equals");
  return any_equals(array_at(equals, "integerValues"), *value) || any_equals(array_at(equals, "stringValues"), *value);
}

}  // namespace

std::unexpected<ServiceError> not_found(std::string type, const std::string& identifier) {
  ServiceError error{"ResourceNotFoundException", "Resource " + identifier + " was not found", 0, {}};
  error.members["resourceIdentifier"] = identifier;
  error.members["resourceType"] = std::move(type);
  return std::unexpected(std::move(error));
}

std::unexpected<ServiceError> refuse_with(const Error& error, const std::string& resource_arn) {
  ServiceError out{"ValidationException", error.message, 0, {}};
  if (error.kind == ErrorKind::not_found) out.code = "ResourceNotFoundException";
  if (error.kind == ErrorKind::already_exists || error.kind == ErrorKind::conflict) out.code = "ConflictException";
  if (error.kind == ErrorKind::limit_exceeded) {
    out.code = "ServiceQuotaExceededException";
    out.members["quotaCode"] = "L-related-items";
    out.members["serviceCode"] = "ssm-incidents";
  }
  if (error.kind == ErrorKind::internal || error.kind == ErrorKind::unavailable) out.code = "InternalServerException";
  if (!resource_arn.empty() && out.code != "ValidationException") out.members["resourceIdentifier"] = resource_arn;
  if (!error.reason.empty() && out.code != "ValidationException") out.members["resourceType"] = error.reason;
  return std::unexpected(std::move(out));
}

std::size_t page_size(const Call& call) {
  return static_cast<std::size_t>(integer_or(call.input, "maxResults", static_cast<std::int64_t>(page_size_default)));
}

std::expected<std::string, ServiceError> page_start(const ListTokens& tokens, const Call& call) {
  const std::string token = text_or(call.input, "nextToken");
  if (token.empty()) return std::string();
  auto key = tokens.open(call, token);
  if (!key) return invalid("Invalid nextToken");
  return *key;
}

Array page_of(const ListTokens& tokens, const Call& call, const std::string& from, Array all, Object& out) {
  std::size_t first = 0;
  std::from_chars(from.data(), from.data() + from.size(), first);
  Array page;
  for (std::size_t i = first; i < all.size() && page.size() < page_size(call); ++i) page.push_back(std::move(all[i]));
  const std::size_t next = first + page.size();
  if (next < all.size()) out["nextToken"] = tokens.seal(call, std::to_string(next));
  return page;
}

bool passes(const Array& filters, const Document& record) {
  return std::ranges::all_of(filters, [&](const Document& filter) {
    return meets(Document(object_at(filter, "condition")), find(record, text_or(filter, "key")));
  });
}

incidents::Tags tags_of(const Document& input, std::string_view member) {
  incidents::Tags out;
  for (const auto& [key, value] : object_at(input, member))
    if (value.is_string()) out[std::string(key)] = std::string(value.get_string());
  return out;
}

}  // namespace tocsin::api::ssm_incidents
