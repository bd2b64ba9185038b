// What is done to blocks when nobody looks: those that retention or a deleted group left are removed, small ones become one, and free pages
// go back to the file system. Threads: the store's executor.
#pragma once

#include <memory>

#include "base/executor.h"
#include "telemetry/logs/log_tables.h"

namespace tocsin::telemetry {

class BlockHousekeeping {
 public:
  /// All must outlive this object. `open_scans` is held by each scan that is open.
  BlockHousekeeping(Executor& executor, LogTables& tables, LogCatalog& catalog, std::shared_ptr<int> open_scans)
      : executor_(executor), tables_(tables), catalog_(catalog), open_scans_(std::move(open_scans)) {}

  /// From when on the group's events are kept.
  std::int64_t kept_from_ms(const LogGroup& group) const;
  /// Blocks of a group that is gone are there.
  void group_removed() { orphans_ = true; }
  /// Removes at most `blocks_max` blocks; how many.
  std::int64_t sweep(std::size_t blocks_max);
  /// Makes one block of small ones of a group's day, unless a scan is open: it reads the blocks that were there when it began. How many
  /// became one.
  std::size_t merge_small_blocks();
  /// Everything, in turns with other work, as long as there is something to do.
  void run();

 private:
  void again(void (BlockHousekeeping::*work)());
  void sweep_on();
  void merge_on();

  Executor& executor_;
  LogTables& tables_;
  LogCatalog& catalog_;
  std::shared_ptr<int> open_scans_;
  bool orphans_ = true;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::telemetry
