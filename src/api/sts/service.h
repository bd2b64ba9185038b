// Security Token Service. https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
#pragma once

#include "access/credentials/access_key_store.h"
#include "access/identities/role_assumption.h"
#include "api/call.h"

namespace tocsin::api {

/// What the service stands on; all must outlive it.
struct StsRooms {
  access::AccessKeyStore& keys;
  access::SessionStore& sessions;
  access::PolicyStore& policies;
  access::RoleAssumption& roles;
};

Service make_sts_service(StsRooms rooms);

}  // namespace tocsin::api
