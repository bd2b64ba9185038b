#include "api/ssm/reply.h"

#include <boost/json.hpp>

namespace tocsin::api::ssm {

std::unexpected<ServiceError> to_service_error(const Error& error) {
  if (!error.reason.empty()) return refuse(error.reason, error.message);
  if (error.kind == ErrorKind::unavailable || error.kind == ErrorKind::internal) return refuse("InternalServerError", error.message, 500);
  return refuse("ValidationException", error.message);
}

std::expected<std::string, ServiceError> page_start(const Call& call, const ListTokens& pages) {
  const auto token = text_at(call.input, "NextToken");
  if (!token || token->empty()) return std::string();
  auto start = pages.open(call, *token);
  if (!start) return refuse("InvalidNextToken", "The specified token isn't valid.");
  return *start;
}

std::vector<std::string> texts_at(const Document& input, std::string_view key) {
  std::vector<std::string> texts;
  for (const Document& element : array_at(input, key))
    if (element.is_string()) texts.emplace_back(element.get_string());
  return texts;
}

Array to_array(const std::vector<std::string>& texts) {
  Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

remediate::Tags tags_at(const Document& input, std::string_view key) {
  remediate::Tags tags;
  for (const Document& tag : array_at(input, key)) tags.emplace_back(text_or(tag, "Key"), text_or(tag, "Value"));
  return tags;
}

Array to_array(const remediate::Tags& tags) {
  Array array;
  for (const auto& [key, value] : tags) array.emplace_back(Object{{"Key", key}, {"Value", value}});
  return array;
}

}  // namespace tocsin::api::ssm
