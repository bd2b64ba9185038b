// The first way in: `tocsin init` makes an administrator with an access key.
#pragma once

#include "access/credentials/access_key_store.h"
#include "access/identities/policy_store.h"

namespace tocsin::access {

/// A user of `account` with AdministratorAccess, and its key. When the user is there already it is left as it is and gets one more key;
/// `limit_exceeded` when it has two. Inside a unit of work.
Result<NewAccessKey> create_first_administrator(IdentityStore& identities, PolicyStore& policies, AccessKeyStore& keys,
                                                const std::string& account, const std::string& user_name);

}  // namespace tocsin::access
