// Whether server.key is the one that the secrets were sealed with.
#include <sqlite3.h>

#include <memory>

#include "access/credentials/secret_box.h"
#include "base/random.h"
#include "server/commands/doctor_surroundings.h"
#include "server/config/data_directory.h"
#include "server/config/running_settings.h"

namespace tocsin::server {
namespace {

constexpr const char* subject = "server key";
constexpr const char* fix = "bring back server.key from the backup that state.db is of";

struct SealedKey {
  std::string id, secret;
};

/// The newest; empty when there is none, or the database cannot be read, as while its server runs.
SealedKey newest_sealed(const std::filesystem::path& state) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(state.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(opened, sqlite3_close);
  SealedKey found;
  const auto keep = [](void* into, int, char** values, char**) {
    *static_cast<SealedKey*>(into) = {values[0] ? values[0] : "", values[1] ? values[1] : ""};
    return 0;
  };
  if (code == SQLITE_OK)
    sqlite3_exec(opened, "SELECT key_id, sealed_secret FROM access_key_keys ORDER BY created DESC LIMIT 1", keep, &found, nullptr);
  return found;
}

Finding opens_what_it_sealed(const DataDirectory& data, const std::string& key) {
  const SealedKey sealed = newest_sealed(data.state_database());
  if (sealed.secret.empty()) return {subject, Health::well, "it is there, and is a key"};
  SeededRandom random(0);
  if (access::SecretBox(access::derived_key(key, "secrets"), random).open(sealed.secret, sealed.id))
    return {subject, Health::well, "it opens the secrets"};
  return {subject, Health::ill,
          data.server_key().string() + " is not the key that the secrets of " + data.state_database().string() + " were sealed with", fix};
}

}  // namespace

Finding check_server_key(const std::filesystem::path& directory) {
  const DataDirectory data{directory};
  std::error_code failed;
  if (!std::filesystem::exists(data.state_database(), failed)) return {subject, Health::well, "no data yet"};
  if (!std::filesystem::exists(data.server_key(), failed))
    return {subject, Health::ill, data.server_key().string() + " is gone: access keys and secure parameters cannot be read without it",
            fix};
  SeededRandom random(0);
  const auto key = access::read_or_make_key_file(data.server_key().string(), random);
  if (!key) return {subject, Health::ill, key.error().message + " Access keys and secure parameters cannot be read without it", fix};
  if (!is_server_running(directory)) return opens_what_it_sealed(data, *key);
  const auto running = read_running_settings(data.running());
  if (running && !running->key_fingerprint.empty() && running->key_fingerprint != key_fingerprint(data.server_key()))
    return {subject, Health::ill, data.server_key().string() + " was changed since the server started; after a restart it opens no secret",
            fix};
  return {subject, Health::well, running ? "the one that the server started with" : "it is there, and is a key"};
}

}  // namespace tocsin::server
