#include "access/identities/first_administrator.h"
#include "server/node/node.h"
#include "server/node/rooms.h"

namespace tocsin::server {
namespace {
constexpr const char* administrator = "admin";

Result<FirstCredentials> create(Rooms& rooms) {
  const ServerConfig& config = rooms.ground.config;
  if (rooms.identities.find(access::EntityKind::user, config.account, administrator))
    return fail(ErrorKind::already_exists, "The first credentials were made before; they are shown only once.");
  const auto key = access::create_first_administrator(rooms.identities, rooms.policies, rooms.access_keys, config.account, administrator);
  if (!key) return std::unexpected(key.error());
  using access::Signal;
  const auto ingest = rooms.ingest_keys.create({config.account, config.region}, "init", {Signal::metrics, Signal::logs, Signal::traces, Signal::webhooks});
  return FirstCredentials{config.account, key->key.id, key->secret, ingest.secret};
}
}  // namespace

Result<FirstCredentials> make_first_credentials(const ServerConfig& config, const Outside& outside) {
  auto foundation = open_foundation(config, outside);
  if (!foundation) return std::unexpected(foundation.error());
  Rooms rooms(**foundation);
  if (auto migrated = rooms.migrate(); !migrated) return std::unexpected(migrated.error());
  // nothing runs yet, so the one unit of work is done here
  storage::Database& database = *(*foundation)->database;
  database.begin_group();
  auto made = database.atomically([&] { return create(rooms); });
  if (auto committed = database.commit_group(); !committed) return std::unexpected(committed.error());
  return made;
}

}  // namespace tocsin::server
