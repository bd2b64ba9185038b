#include "server/node/foundation.h"

#include <filesystem>

#include "base/digest.h"
#include "server/config/data_directory.h"

namespace tocsin::server {
namespace {

// one server key, a key of its own for each use
std::string derived_key(const std::string& server_key, std::string_view use) { return hmac_sha256(server_key, use); }

Result<std::string> server_key(const ServerConfig& config, const Outside& outside) {
  if (!outside.on_a_machine) return std::string(access::SecretBox::key_size, 'k');
  return access::read_or_make_key_file(DataDirectory{config.data}.server_key().string(), outside.random);
}

Result<void> make_folders(const ServerConfig& config, const Outside& outside) {
  if (!outside.on_a_machine) return {};
  std::error_code error;
  std::filesystem::create_directories(DataDirectory{config.data}.telemetry(), error);
  if (error) return fail(ErrorKind::unavailable, "The data directory " + config.data.string() + " cannot be made: " + error.message());
  std::filesystem::permissions(config.data, std::filesystem::perms::owner_all, error);
  return {};
}

}  // namespace

Foundation::Foundation(const ServerConfig& config, const Outside& outside, std::unique_ptr<storage::Database> state_database,
                       std::unique_ptr<storage::Database> metrics_database, std::unique_ptr<storage::IngestLog> metrics_log,
                       const std::string& server_key)
    : config(config),
      outside(outside),
      database(std::move(state_database)),
      metrics_database(std::move(metrics_database)),
      metrics_log(std::move(metrics_log)),
      secrets(derived_key(server_key, "secrets"), outside.random),
      parameter_cipher(remediate::make_aes_cipher(derived_key(server_key, "parameters"), outside.random)),
      page_tokens(derived_key(server_key, "page tokens")),
      executor(outside.make_executor("state")),
      state(*executor, *database),
      journal(state, outside.random),
      timers(state),
      outbox(state, outside.random),
      metrics(*executor, *this->metrics_database, *this->metrics_log),
      self_metrics(*executor, metrics) {}

Result<void> Foundation::migrate() {
  if (auto done = database->migrate("server", {{1, "CREATE TABLE server_probe (id INTEGER PRIMARY KEY, probed INTEGER NOT NULL)"}}); !done)
    return done;
  if (auto done = journal.migrate(); !done) return done;
  if (auto done = timers.migrate(); !done) return done;
  if (auto done = outbox.migrate(); !done) return done;
  return metrics.open();
}

Result<std::unique_ptr<Foundation>> open_foundation(const ServerConfig& config, const Outside& outside) {
  if (auto made = make_folders(config, outside); !made) return std::unexpected(made.error());
  const DataDirectory directory{config.data};
  auto key = server_key(config, outside);
  if (!key) return std::unexpected(key.error());
  auto state_database = outside.open_database(directory.state_database().string());
  if (!state_database) return std::unexpected(state_database.error());
  auto metrics_database = outside.open_database((directory.telemetry() / "metrics.db").string());
  if (!metrics_database) return std::unexpected(metrics_database.error());
  auto metrics_log = outside.open_ingest_log((directory.telemetry() / "metrics.log").string());
  if (!metrics_log) return std::unexpected(metrics_log.error());
  auto foundation = std::make_unique<Foundation>(config, outside, std::move(*state_database), std::move(*metrics_database),
                                                 std::move(*metrics_log), *key);
  if (auto migrated = foundation->migrate(); !migrated) return std::unexpected(migrated.error());
  return foundation;
}

}  // namespace tocsin::server
