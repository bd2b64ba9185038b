#include "server/node/foundation.h"

#include <filesystem>

#include "base/digest.h"
#include "communicate/templates/message_templates.h"
#include "server/config/data_directory.h"

namespace tocsin::server {
namespace {

// what is not emptied: the identities among which the first administrator is (first_credentials.h sorts out the others), and the key that
// notifications are signed with
const std::vector<std::string_view> kept_tables = {"identity_entities", "policy_attachments", "access_key_keys", "ingest_key_keys", "login_profile_profiles", "sns_signing"};

// one server key, a key of its own for each use
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

Foundation::Foundation(const ServerConfig& config, const Outside& outside, Files files, const std::string& server_key)
    : config(config),
      outside(outside),
      database(std::move(files.state)),
      metrics_database(std::move(files.metrics)),
      metrics_log(std::move(files.metrics_log)),
      logs_database(std::move(files.logs)),
      logs_log(std::move(files.logs_log)),
      patterns_database(std::move(files.patterns)),
      traces_database(std::move(files.traces)),
      traces_log(std::move(files.traces_log)),
      secrets(access::derived_key(server_key, "secrets"), outside.random),
      parameter_cipher(remediate::make_aes_cipher(access::derived_key(server_key, "parameters"), outside.random)),
      page_tokens(access::derived_key(server_key, "page tokens")),
      executor(outside.make_executor("state")),
      state(*executor, *database),
      journal(state, outside.random),
      timers(state),
      outbox(state, outside.random),
      metrics(*executor, *metrics_database, *metrics_log),
      self_metrics(*executor, metrics),
      logs(*executor, *logs_database, *logs_log, {}, outside.make_executor("log blocks")),
      patterns(*executor, outside.make_executor("patterns"), *patterns_database, logs),
      traces(*executor, *traces_database, *traces_log) {}

Result<void> Foundation::migrate() {
  if (auto done = database->migrate("server", {{1, "CREATE TABLE server_probe (id INTEGER PRIMARY KEY, probed INTEGER NOT NULL)"}}); !done)
    return done;
  if (auto done = journal.migrate(); !done) return done;
  if (auto done = timers.migrate(); !done) return done;
  if (auto done = outbox.migrate(); !done) return done;
  if (auto done = metrics.open(); !done) return done;
  if (auto done = logs.open(); !done) return done;
  if (auto done = patterns.open(); !done) return done;
  return traces.open();
}

Result<std::unique_ptr<Foundation>> open_foundation(const ServerConfig& config, const Outside& outside, StoredData data) {
  if (auto made = make_folders(config, outside); !made) return std::unexpected(made.error());
  // a broken text is told now, not at night
  if (!config.templates.empty())
    if (auto read = templates::MessageTemplates().read_folder(config.templates); !read) return fail(read.error().kind, "templates: " + read.error().message);
  const DataDirectory directory{config.data};
  auto key = server_key(config, outside);
  if (!key) return std::unexpected(key.error());
  Foundation::Files files;
  std::error_code ignored;
  const std::pair<std::unique_ptr<storage::Database>*, std::filesystem::path> databases[] = {
      {&files.state, directory.state_database()}, {&files.metrics, directory.telemetry() / "metrics.db"}, {&files.logs, directory.telemetry() / "logs.db"},
      {&files.patterns, directory.telemetry() / "patterns.db"}, {&files.traces, directory.telemetry() / "traces.db"}};
  for (const auto& [into, path] : databases) {
    auto opened = outside.open_database(path.string());
    if (!opened) return std::unexpected(opened.error());
    *into = std::move(*opened);
    if (data == StoredData::kept) continue;
    if (auto cleared = (*into)->clear(kept_tables); !cleared) return std::unexpected(cleared.error());
  }
  const std::pair<std::unique_ptr<storage::IngestLog>*, std::filesystem::path> logs[] = {{&files.metrics_log, directory.telemetry() / "metrics.log"},
                                                                                        {&files.logs_log, directory.telemetry() / "logs.log"},
                                                                                        {&files.traces_log, directory.telemetry() / "traces.log"}};
  for (const auto& [into, path] : logs) {
    auto opened = outside.open_ingest_log(path.string());
    if (!opened) return std::unexpected(opened.error());
    *into = std::move(*opened);
    if (data == StoredData::kept) continue;
    if (auto cleared = (*into)->clear(); !cleared) return std::unexpected(cleared.error());
  }
  if (data == StoredData::emptied && outside.on_a_machine)
    for (const auto& files : {directory.status_copy(), directory.exports(), directory.objects()}) std::filesystem::remove_all(files, ignored);
  auto foundation = std::make_unique<Foundation>(config, outside, std::move(files), *key);
  if (auto migrated = foundation->migrate(); !migrated) return std::unexpected(migrated.error());
  return foundation;
}

}  // namespace tocsin::server
