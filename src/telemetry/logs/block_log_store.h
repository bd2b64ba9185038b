// The embedded store of logs. A batch goes to the ingest log, then waits in memory; every few minutes, or when much waits, the waiting rows
// of a group are written to blocks: compressed rows with their times and a filter of the pieces of text in them. With its blocks a group
// keeps the offset up to which the log is in them, so that applying the log again after a restart changes nothing. Threads: everything on
// `executor`; `telemetry` is touched from there alone.
#pragma once

#include <memory>

#include "base/executor.h"
#include "storage/ingest_log.h"
#include "storage/sql.h"
#include "telemetry/logs/log_store.h"

namespace tocsin::telemetry {

struct LogStoreOptions {
  Duration flush_every = std::chrono::minutes(5);
  Duration sync_every = std::chrono::milliseconds(200);
  Duration sweep_every = std::chrono::minutes(1);
  std::size_t group_bytes_flush = 2u << 20;     ///< a group with more waiting is written early
  std::size_t waiting_bytes_flush = 16u << 20;  ///< all groups are written early
  std::size_t waiting_bytes_max = 64u << 20;    ///< events are refused
  std::size_t log_bytes_flush = 64u << 20;      ///< so much of the ingest log may wait to be trimmed
};

class BlockLogStore final : public LogStore {
 public:
  /// All must outlive this object. `telemetry` is a database of its own, not the state's; `log` is read by nobody else. Blocks are packed
  /// on `workshop`, else on `executor`.
  BlockLogStore(Executor& executor, storage::Database& telemetry, storage::IngestLog& log, LogStoreOptions options = {},
                std::unique_ptr<Executor> workshop = {});
  ~BlockLogStore() override;

  /// Creates the tables, reads groups and streams and applies what the log holds beyond the blocks. Once, before anything else.
  Result<void> open();
  /// Syncs, writes blocks and removes what has grown old from now on, on the executor.
  void start();
  /// Writes all that waits, at once: at a clean stop.
  Result<void> flush();
  /// Removes blocks that retention or a deleted group left, at most `blocks_max`; how many.
  std::int64_t sweep(std::size_t blocks_max);
  /// Makes one block of small ones of a group's day, unless a scan is open; how many became one. A quiet group writes a small block each
  /// few minutes.
  std::size_t merge_small_blocks();

  Result<LogGroup> create_group(const Scope& scope, const std::string& name, const std::string& log_group_class,
                                const std::map<std::string, std::string>& tags) override;
  const LogGroup* find_group(const Scope& scope, const std::string& name) override;
  const LogGroup* group(LogGroupId id) override;
  std::vector<LogGroup> groups(const Scope& scope, const std::string& after_name, std::size_t count_max,
                               const std::function<bool(const LogGroup&)>& wanted) override;
  Result<void> delete_group(const Scope& scope, const std::string& name) override;
  Result<void> set_retention(LogGroupId group, std::optional<std::int64_t> days) override;
  Result<void> set_tags(LogGroupId group, const std::map<std::string, std::string>& tags) override;
  Result<LogStream> create_stream(LogGroupId group, const std::string& name) override;
  const LogStream* find_stream(LogGroupId group, const std::string& name) override;
  const LogStream* stream(LogStreamId id) override;
  std::vector<LogStream> streams(LogGroupId group) override;
  Result<void> delete_stream(LogGroupId group, const std::string& name) override;
  Result<void> append(LogStreamId stream, const std::vector<LogEvent>& events) override;
  std::unique_ptr<LogScan> scan(LogScanPlan plan) override;

  /// Of every account.
  std::vector<LogGroup> all_groups() const;

  struct Figures {
    std::size_t waiting_bytes;
    std::uint64_t events;  ///< accepted since the start
  };
  Figures figures() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::telemetry
