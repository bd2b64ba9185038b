// Every store of access/ and what decides over them, wired.
#pragma once

#include "access/credentials/access_key_store.h"
#include "access/credentials/session_store.h"
#include "access/identities/authorizer.h"
#include "access/identities/role_assumption.h"
#include "access/ingest_keys/ingest_key_store.h"
#include "access/single_use_tokens/single_use_tokens.h"

namespace tocsin::access {

/// Threads: only on the StateExecutor, inside a unit of work.
struct AccessRooms {
  /// `server_key`: what read_or_make_key_file gave. All must outlive this object. `random` must be good for secrets.
  AccessRooms(storage::StateExecutor& state, std::string server_key, Random& random);
  /// Before anything else, outside a unit.
  Result<void> migrate();

  SecretBox box;
  AccessKeyStore keys;
  SessionStore sessions;
  IdentityStore identities;
  PolicyStore policies;
  Authorizer authorizer;
  RoleAssumption roles;
  IngestKeyStore ingest_keys;
  SingleUseTokens single_use_tokens;
};

}  // namespace tocsin::access
