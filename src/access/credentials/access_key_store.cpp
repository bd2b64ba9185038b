#include "access/credentials/access_key_store.h"

namespace tocsin::access {
namespace {

constexpr const char* columns = "key_id, account, user_name, active, created, last_used, last_used_service, last_used_region";
constexpr std::string_view id_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view secret_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr Duration use_precision = std::chrono::minutes(15);
constexpr Duration place_precision = std::chrono::minutes(1);

AccessKey read(const storage::Row& row) {
  AccessKey key{.id = row.text(0), .account = row.text(1), .user_name = row.text(2), .active = row.truth(3), .created = row.instant(4)};
  if (!row.is_null(5)) key.last_used = row.instant(5);
  key.last_used_service = row.text(6);
  key.last_used_region = row.text(7);
  return key;
}

std::string select(const char* condition) { return std::string("SELECT ") + columns + " FROM access_key_keys WHERE " + condition; }

}  // namespace

Result<void> AccessKeyStore::migrate() {
  return state_.database().migrate("access_key", {{1, R"(
    CREATE TABLE access_key_keys (
      key_id TEXT NOT NULL PRIMARY KEY, account TEXT NOT NULL, user_name TEXT NOT NULL, active INTEGER NOT NULL, created INTEGER NOT NULL,
      sealed_secret TEXT NOT NULL, last_used INTEGER, last_used_service TEXT NOT NULL, last_used_region TEXT NOT NULL);
    CREATE INDEX access_key_keys_by_user ON access_key_keys (account, user_name);
  )"}});
}

NewAccessKey AccessKeyStore::create(const std::string& account, const std::string& user_name) {
  const std::string id = "AKIA" + random_.letters(id_letters, 16), secret = random_.letters(secret_letters, 40);
  (void)import(account, user_name, id, secret);
  return {{.id = id, .account = account, .user_name = user_name, .created = state_.now()}, secret};
}

Result<void> AccessKeyStore::import(const std::string& account, const std::string& user_name, const std::string& id,
                                    const std::string& secret) {
  if (find(id)) return fail(ErrorKind::already_exists, "The access key " + id + " exists.");
  changing(state_).execute(
      "INSERT INTO access_key_keys (key_id, account, user_name, active, created, sealed_secret, last_used_service, last_used_region) "
      "VALUES (?, ?, ?, 1, ?, ?, '', '')",
      {id, account, user_name, state_.now(), box_.seal(secret, id)});
  return {};
}

std::optional<AccessKey> AccessKeyStore::find(const std::string& id) {
  return *found_.get(id, [&]() -> std::optional<AccessKey> {
    const auto row = state_.database().query_one(select("key_id = ?"), {id});
    if (!row) return std::nullopt;
    return read(*row);
  });
}

Result<std::string> AccessKeyStore::secret_of(const std::string& id) {
  return *secrets_.get(id, [&]() -> Result<std::string> {
    const auto row = state_.database().query_one("SELECT sealed_secret FROM access_key_keys WHERE key_id = ?", {id});
    if (!row) return fail(ErrorKind::not_found, "There is no access key " + id + ".");
    return box_.open(row->text(0), id);
  });
}

std::vector<AccessKey> AccessKeyStore::list(const std::string& account, const std::string& user_name) {
  std::vector<AccessKey> keys;
  for (const storage::Row& row :
       state_.database().query(select("account = ? AND user_name = ? ORDER BY created, key_id"), {account, user_name}))
    keys.push_back(read(row));
  return keys;
}

bool AccessKeyStore::set_active(const std::string& account, const std::string& user_name, const std::string& id, bool active) {
  return changing(state_).execute("UPDATE access_key_keys SET active = ? WHERE account = ? AND user_name = ? AND key_id = ?",
                                   {active, account, user_name, id}) > 0;
}

bool AccessKeyStore::remove(const std::string& account, const std::string& user_name, const std::string& id) {
  return changing(state_).execute("DELETE FROM access_key_keys WHERE account = ? AND user_name = ? AND key_id = ?",
                                   {account, user_name, id}) > 0;
}

void AccessKeyStore::forget_all_but(const std::string& account, const std::string& user_name) {
  changing(state_).execute("DELETE FROM access_key_keys WHERE NOT (account = ? AND user_name = ?)", {account, user_name});
}

void AccessKeyStore::rename_user(const std::string& account, const std::string& before, const std::string& after) {
  changing(state_).execute("UPDATE access_key_keys SET user_name = ? WHERE account = ? AND user_name = ?", {after, account, before});
}

void AccessKeyStore::note_use(const AccessKey& key, const std::string& service, const std::string& region) {
  if (state_.is_reading()) return;
  const Instant now = state_.now();
  const bool same_place = key.last_used_service == service && key.last_used_region == region;
  // a client that goes from service to service writes once a minute
  if (key.last_used && now - *key.last_used < (same_place ? use_precision : place_precision)) return;
  changing(state_).execute("UPDATE access_key_keys SET last_used = ?, last_used_service = ?, last_used_region = ? WHERE key_id = ?",
                            {now, service, region, key.id});
}

}  // namespace tocsin::access
