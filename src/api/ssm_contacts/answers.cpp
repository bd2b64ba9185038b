#include "api/ssm_contacts/answers.h"

#include <boost/json.hpp>
#include <charconv>

namespace tocsin::api::ssm_contacts {
namespace {
constexpr std::size_t page_size_default = 25;
}

std::unexpected<ServiceError> not_found(std::string type, const std::string& id) {
  ServiceError error{"ResourceNotFoundException", "The resource " + id + " was not found", 0, {}};
  error.members["ResourceId"] = id;
  error.members["ResourceType"] = std::move(type);
  return std::unexpected(std::move(error));
}

std::unexpected<ServiceError> invalid(std::string message, std::string field) {
  ServiceError error{"ValidationException", message, 0, {}};
  error.members["Reason"] = field.empty() ? "OTHER" : "FIELD_VALIDATION_FAILED";
  if (!field.empty()) error.members["Fields"] = Array{Object{{"Name", field}, {"Message", message}}};
  return std::unexpected(std::move(error));
}

std::unexpected<ServiceError> refuse_with(const Error& error, const std::string& resource_id) {
  switch (error.kind) {
    case ErrorKind::not_found:
      return not_found(error.reason.empty() ? "CONTACT" : error.reason, resource_id);
    case ErrorKind::already_exists:
    case ErrorKind::conflict: {
      ServiceError out{"ConflictException", error.message, 0, {}};
      out.members["ResourceId"] = resource_id;
      out.members["ResourceType"] = error.reason.empty() ? "CONTACT" : error.reason;
      return std::unexpected(std::move(out));
    }
    case ErrorKind::internal:
    case ErrorKind::unavailable:
      return refuse("InternalServerException", error.message);
    default:
      return invalid(error.message);
  }
}

std::size_t page_size(const Call& call) {
  const auto given = integer_or(call.input, "MaxResults", 0);
  return given > 0 ? static_cast<std::size_t>(given) : page_size_default;
}

std::expected<std::string, ServiceError> page_start(const ListTokens& tokens, const Call& call) {
  const std::string token = text_or(call.input, "NextToken");
  if (token.empty()) return std::string();
  auto key = tokens.open(call, token);
  if (!key) return invalid("Invalid NextToken", "NextToken");
  return *key;
}

Array page_of(const ListTokens& tokens, const Call& call, const std::string& from, Array all, Object& out) {
  std::size_t first = 0;
  std::from_chars(from.data(), from.data() + from.size(), first);
  Array page;
  for (std::size_t i = first; i < all.size() && page.size() < page_size(call); ++i) page.push_back(std::move(all[i]));
  if (first + page.size() < all.size()) out["NextToken"] = tokens.seal(call, std::to_string(first + page.size()));
  return page;
}

std::expected<oncall::Contact, ServiceError> named_contact(oncall::OnCall& oncall, const Call& call, std::string_view member) {
  const std::string arn = text_or(call.input, member);
  auto contact = oncall.contacts().find(call.scope, arn);
  if (!contact) return not_found("CONTACT", arn);
  return *contact;
}

std::expected<oncall::Channel, ServiceError> named_channel(oncall::OnCall& oncall, const Call& call) {
  const std::string arn = text_or(call.input, "ContactChannelId");
  auto channel = oncall.contacts().find_channel(call.scope, arn);
  if (!channel) return not_found("CONTACT_CHANNEL", arn);
  return *channel;
}

std::expected<oncall::Engagement, ServiceError> named_engagement(oncall::OnCall& oncall, const Call& call) {
  const std::string arn = text_or(call.input, "EngagementId");
  auto engagement = oncall.engagements().find(call.scope, arn);
  if (!engagement) return not_found("ENGAGEMENT", arn);
  return *engagement;
}

std::expected<oncall::Page, ServiceError> named_page(oncall::OnCall& oncall, const Call& call) {
  const std::string arn = text_or(call.input, "PageId");
  auto page = oncall.engagements().find_page(call.scope, arn);
  if (!page) return not_found("PAGE", arn);
  return *page;
}

oncall::Tags tags_of(const Document& input, std::string_view member) {
  oncall::Tags out;
  for (const Document& tag : array_at(input, member)) out[text_or(tag, "Key")] = text_or(tag, "Value");
  return out;
}

}  // namespace tocsin::api::ssm_contacts
