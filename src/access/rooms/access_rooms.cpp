#include "access/rooms/access_rooms.h"

namespace tocsin::access {

AccessRooms::AccessRooms(storage::StateExecutor& state, std::string server_key, Random& random)
    : box(std::move(server_key), random),
      keys(state, box, random),
      sessions(state, box, random),
      identities(state, random),
      policies(state, random),
      authorizer(identities, policies, sessions),
      roles(identities, sessions, authorizer),
      ingest_keys(state, random),
      single_use_tokens(state, random) {}

Result<void> AccessRooms::migrate() {
  if (auto done = keys.migrate(); !done) return done;
  if (auto done = sessions.migrate(); !done) return done;
  if (auto done = identities.migrate(); !done) return done;
  if (auto done = policies.migrate(); !done) return done;
  if (auto done = ingest_keys.migrate(); !done) return done;
  return single_use_tokens.migrate();
}

}  // namespace tocsin::access
