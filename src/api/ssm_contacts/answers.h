// What the contacts' operations share: errors in their shapes, pages of lists, the resources that a call names.
#pragma once

#include <string>

#include "api/call.h"
#include "api/list_tokens.h"
#include "communicate/oncall/oncall.h"

namespace tocsin::api::ssm_contacts {

std::unexpected<ServiceError> refuse_with(const Error& error, const std::string& resource_id = {});
/// `type`: CONTACT CONTACT_CHANNEL ENGAGEMENT PAGE
std::unexpected<ServiceError> not_found(std::string type, const std::string& id);
std::unexpected<ServiceError> invalid(std::string message, std::string field = {});

/// MaxResults, 25 when absent or 0.
std::size_t page_size(const Call& call);
std::expected<std::string, ServiceError> page_start(const ListTokens& tokens, const Call& call);
/// The page that begins after `from` (an index as text) of a list held whole; `out` gets NextToken when more follows.
Array page_of(const ListTokens& tokens, const Call& call, const std::string& from, Array all, Object& out);

std::expected<oncall::Contact, ServiceError> named_contact(oncall::OnCall& oncall, const Call& call, std::string_view member = "ContactId");
std::expected<oncall::Channel, ServiceError> named_channel(oncall::OnCall& oncall, const Call& call);
std::expected<oncall::Engagement, ServiceError> named_engagement(oncall::OnCall& oncall, const Call& call);
std::expected<oncall::Page, ServiceError> named_page(oncall::OnCall& oncall, const Call& call);

/// [{Key, Value}] of a member.
oncall::Tags tags_of(const Document& input, std::string_view member);

}  // namespace tocsin::api::ssm_contacts
