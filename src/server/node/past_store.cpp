#include "server/node/past_store.h"

#include <unistd.h>

#include <filesystem>

#include "detect/alarms/alarm_store.h"
#include "server/backup/database_copy.h"
#include "server/config/data_directory.h"
#include "server/config/server_config.h"
#include "server/node/outside.h"
#include "telemetry/metrics/chunk_metric_store.h"

namespace tocsin::server {
namespace {

namespace fs = std::filesystem;

class CopiedStore final : public PastStore {
 public:
  explicit CopiedStore(fs::path folder) : folder_(std::move(folder)) {}
  ~CopiedStore() override {
    metrics_.reset();
    log_.reset();
    metrics_database_.reset();
    state_.reset();
    executor_.reset();
    std::error_code error;
    fs::remove_all(folder_, error);
  }

  Result<void> open(const ServerConfig& config, const Outside& outside) {
    const DataDirectory directory{config.data};
    std::error_code error;
    if (!fs::exists(directory.state_database(), error))
      return fail(ErrorKind::not_found, "there is no data directory " + config.data.string());
    fs::create_directories(folder_, error);
    // the log first: what is taken out of it later stands in the database by then
    fs::copy(directory.telemetry() / "metrics.log", folder_ / "metrics.log", fs::copy_options::recursive, error);
    fs::remove(folder_ / "metrics.log" / "lock", error);
    if (!copy_database(directory.telemetry() / "metrics.db", folder_ / "metrics.db") ||
        !copy_database(directory.state_database(), folder_ / "state.db"))
      return fail(ErrorKind::unavailable, "the data directory " + config.data.string() + " could not be copied");
    auto state = outside.open_database((folder_ / "state.db").string());
    if (!state) return std::unexpected(state.error());
    state_ = std::move(*state);
    auto database = outside.open_database((folder_ / "metrics.db").string());
    if (!database) return std::unexpected(database.error());
    metrics_database_ = std::move(*database);
    auto log = outside.open_ingest_log((folder_ / "metrics.log").string());
    if (!log) return std::unexpected(log.error());
    log_ = std::move(*log);
    executor_ = outside.make_executor("past");
    metrics_ = std::make_unique<telemetry::ChunkMetricStore>(*executor_, *metrics_database_, *log_);
    alarms_ = std::make_unique<detect::AlarmStore>(*state_);
    if (auto migrated = alarms_->migrate(); !migrated) return migrated;
    return metrics_->open();
  }

  telemetry::MetricStore& metrics() override { return *metrics_; }
  std::optional<Document> alarm(const Scope& scope, const std::string& name) override {
    const auto found = alarms_->find(scope, name);
    return found && found->kind == detect::AlarmKind::metric ? std::optional(found->definition) : std::nullopt;
  }

 private:
  fs::path folder_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<storage::Database> state_, metrics_database_;
  std::unique_ptr<storage::IngestLog> log_;
  std::unique_ptr<telemetry::ChunkMetricStore> metrics_;
  std::unique_ptr<detect::AlarmStore> alarms_;
};

}  // namespace

Result<std::unique_ptr<PastStore>> open_past_store(const ServerConfig& config, const Outside& outside) {
  auto store = std::make_unique<CopiedStore>(fs::temp_directory_path() / ("tocsin-past-" + std::to_string(::getpid())));
  if (auto opened = store->open(config, outside); !opened) return std::unexpected(opened.error());
  return store;
}

}  // namespace tocsin::server
