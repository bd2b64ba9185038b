// What waits in memory to become blocks, and its way there: rows of a group are packed (by the workshop, when there is one, so that the
// executor does not wait for compression), then put into the tables in one transaction with the offset up to which the log is in them.
// Threads: everything on the executor; the workshop touches batches, which never change, and syncs the log.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "base/executor.h"
#include "storage/ingest_log.h"
#include "telemetry/logs/block_scan.h"
#include "telemetry/logs/log_tables.h"

namespace tocsin::telemetry {

struct BlockWriterLimits {
  std::size_t group_bytes_flush, waiting_bytes_flush, log_bytes_flush;
};

class BlockWriter {
 public:
  /// All must outlive this object; `workshop` may be null.
  BlockWriter(Executor& executor, Executor* workshop, storage::IngestLog& log, LogTables& tables, LogCatalog& catalog,
              BlockWriterLimits limits)
      : executor_(executor), workshop_(workshop), log_(log), tables_(tables), catalog_(catalog), limits_(limits) {}

  void add(LogGroupId group, std::shared_ptr<const TailBatch> batch);
  void forget(LogGroupId group);
  /// What of the group is in no block yet.
  const TailBatches& waiting(LogGroupId group) const;
  std::size_t waiting_bytes() const { return waiting_bytes_; }
  /// The last try to write blocks failed.
  bool failing() const { return failing_; }

  /// While the log is read at the start: the record that comes next. It is then neither synced nor trimmed.
  void replay_at(std::optional<std::uint64_t> offset) { replaying_at_ = offset; }
  /// From now on blocks are written by themselves.
  void start() { started_ = true; }
  void write_all();
  /// What a batch of the group has made due.
  void write_due(LogGroupId group);
  /// All that waits, before it returns.
  Result<void> flush();

 private:
  struct Waiting {
    TailBatches batches;
    std::size_t bytes = 0;
    bool queued = false;  ///< is in `writing_`
  };
  /// The first batches of a group, as blocks.
  struct Packed {
    LogGroupId group = 0;
    TailBatches batches;
    std::vector<PackedBlock> blocks;
  };

  static void pack(Packed& packed, LogCatalog* catalog);
  void queue(LogGroupId id, Waiting& group);
  std::vector<Packed> next_slice();
  std::uint64_t flushed_below(const std::vector<Packed>& slice) const;
  Result<void> put(std::vector<Packed>& slice);
  std::int64_t put_group(const Packed& packed);
  void take_off(const Packed& packed);
  void post();
  void write_some();
  void write_in_workshop();

  Executor& executor_;
  Executor* workshop_;
  storage::IngestLog& log_;
  LogTables& tables_;
  LogCatalog& catalog_;
  BlockWriterLimits limits_;
  std::map<LogGroupId, Waiting> waiting_;
  std::vector<LogGroupId> writing_;  ///< next to be written to blocks
  std::size_t waiting_bytes_ = 0;
  std::size_t log_bytes_ = 0;  ///< appended since everything was last written
  std::optional<std::uint64_t> replaying_at_;
  bool started_ = false, posted_ = false, failing_ = false;
  std::uint64_t packing_ = 0;  ///< changes when what the workshop packs is of no use any more
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::telemetry
