// Identity and Access Management. https://docs.aws.amazon.com/IAM/latest/APIReference/welcome.html
#pragma once

#include "access/accounts/account_settings.h"
#include "access/credentials/access_key_store.h"
#include "access/identities/authorizer.h"
#include "access/login_profiles/login_profile_store.h"
#include "access/mfa_devices/mfa_device_store.h"
#include "access/web_identity/identity_provider_store.h"
#include "api/call.h"
#include "api/list_tokens.h"

namespace tocsin::api {

/// What the service stands on; all must outlive it.
struct IamRooms {
  access::IdentityStore& identities;
  access::PolicyStore& policies;
  access::AccessKeyStore& keys;
  access::Authorizer& authorizer;
  ListTokens tokens;
  access::LoginProfileStore& login_profiles;
  access::AccountSettings& accounts;
  access::MfaDeviceStore& mfa_devices;
  access::IdentityProviderStore& identity_providers;
};

Service make_iam_service(IamRooms rooms);

}  // namespace tocsin::api
