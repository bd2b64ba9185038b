// The operations of STS that are offered.
#pragma once

#include "api/sts/service.h"

namespace tocsin::api::sts {

Reply assume_role(const StsRooms& rooms, const Call& call);
Reply get_federation_token(const StsRooms& rooms, const Call& call);
Reply get_session_token(const StsRooms& rooms, const Call& call);
Reply get_caller_identity(const StsRooms& rooms, const Call& call);
Reply get_access_key_info(const StsRooms& rooms, const Call& call);
Reply decode_authorization_message(const StsRooms& rooms, const Call& call);
/// AssumeRoleWithWebIdentity: fetches the provider's keys where it does not remember them.
HandleLater assume_role_with_web_identity(const StsRooms& rooms);

/// The documents of Policy and PolicyArns.
std::expected<std::vector<std::string>, ServiceError> session_policies(const StsRooms& rooms, const Call& call);
/// In percent of what is allowed; nullopt when no policy was passed.
std::optional<std::int64_t> packed_policy_size(const Call& call);

/// Whether SerialNumber and TokenCode are of the caller's device; false without them, AccessDenied when they are wrong.
std::expected<bool, ServiceError> checked_mfa(const StsRooms& rooms, const Call& call);

/// The output's Credentials.
Document credentials_document(const access::SessionCredentials& credentials);

}  // namespace tocsin::api::sts
