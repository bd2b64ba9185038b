#include "server/node/first_credentials.h"

#include "access/identities/first_administrator.h"
#include "access/login_profiles/password_hash.h"
#include "server/node/node.h"
#include "server/node/rooms.h"

namespace tocsin::server {
namespace {
constexpr const char* administrator = "admin";
constexpr const char* first_ingest_key = "init";

Result<FirstCredentials> create(Rooms& rooms) {
  const ServerConfig& config = rooms.ground.config;
  if (rooms.identities.find(access::EntityKind::user, config.account, administrator))
    return fail(ErrorKind::already_exists, "The first credentials were made before; they are shown only once.");
  const auto key = access::create_first_administrator(rooms.identities, rooms.policies, rooms.access_keys, config.account, administrator);
  if (!key) return std::unexpected(key.error());
  using access::Signal;
  const auto ingest = rooms.ingest_keys.create({config.account, config.region}, first_ingest_key, {Signal::metrics, Signal::logs, Signal::traces, Signal::webhooks});
  const std::string password = access::make_password(rooms.ground.outside.random);
  rooms.login_profiles.create(config.account, administrator, password, false);
  return FirstCredentials{config.account, key->key.id, key->secret, ingest.secret, administrator, password};
}

// nothing runs yet, so the unit of work is done here
template <typename Work>
auto in_one_unit(storage::Database& database, Work work) -> decltype(work()) {
  database.begin_group();
  auto done = database.atomically(std::move(work));
  if (auto committed = database.commit_group(); !committed) return std::unexpected(committed.error());
  return done;
}

}  // namespace

Result<FirstCredentials> make_first_credentials(const ServerConfig& config, const Outside& outside) {
  auto foundation = open_foundation(config, outside);
  if (!foundation) return std::unexpected(foundation.error());
  wire::BodyStreams body_streams;
  Rooms rooms(**foundation, body_streams);
  if (auto migrated = rooms.migrate(); !migrated) return std::unexpected(migrated.error());
  return in_one_unit(*(*foundation)->database, [&] { return create(rooms); });
}

Result<void> keep_first_credentials_only(Rooms& rooms) {
  const std::string& account = rooms.ground.config.account;
  return in_one_unit(*rooms.ground.database, [&]() -> Result<void> {
    const auto user = rooms.identities.find(access::EntityKind::user, account, administrator);
    rooms.identities.forget_all_but(account, administrator);
    rooms.policies.forget_attachments_but(user ? user->id : "");
    rooms.access_keys.forget_all_but(account, administrator);
    rooms.login_profiles.forget_all_but(account, administrator);
    rooms.ingest_keys.forget_all_but({account, rooms.ground.config.region}, first_ingest_key);
    return {};
  });
}

}  // namespace tocsin::server
