// Security Token Service. https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
#pragma once

#include "access/credentials/access_key_store.h"
#include "access/identities/role_assumption.h"
#include "access/mfa_devices/mfa_device_store.h"
#include "access/web_identity/identity_provider_store.h"
#include "api/call.h"

namespace tocsin::api {

/// What the service stands on; all must outlive it.
struct StsRooms {
  access::AccessKeyStore& keys;
  access::SessionStore& sessions;
  access::PolicyStore& policies;
  access::RoleAssumption& roles;
  access::MfaDeviceStore& mfa_devices;
  access::IdentityProviderStore& identity_providers;
  storage::StateExecutor& state;
  const access::SecretBox& secrets;
  /// GET of a provider's documents, from a server whose certificate a known authority signed or a thumbprint names; `done` once, on any thread. Empty: no provider can be reached.
  std::function<void(const std::string& url, const std::vector<std::string>& thumbprints, std::function<void(Result<std::string>)> done)> fetch = {};
};

Service make_sts_service(StsRooms rooms);

}  // namespace tocsin::api
