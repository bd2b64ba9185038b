// The rows of the telemetry database: groups, streams, blocks, and up to where the ingest log is in them.
#pragma once

#include "storage/sql.h"
#include "telemetry/logs/log_catalog.h"

namespace tocsin::telemetry {

/// A block without its rows.
struct BlockEntry {
  std::int64_t id = 0;
  LogGroupId group = 0;
  std::int64_t first_ms = 0, last_ms = 0;
  std::int64_t records = 0;
  std::int64_t bytes = 0;  ///< of the messages
};

/// A block with its filters, ready to be put away.
struct PackedBlock {
  BlockEntry entry;  ///< without id
  std::string pieces, words, rows;
};

/// Rows of one group in the order of position, as blocks of at most block_bytes_max that lie within a day each. Pure.
std::vector<PackedBlock> pack_rows(const std::vector<LogRowView>& rows);

class LogTables {
 public:
  explicit LogTables(storage::Database& database) : database_(database) {}

  Result<void> migrate();
  /// Everything that `work` writes, or nothing; durable when it returns.
  Result<void> in_transaction(const std::function<void()>& work);

  void load(LogCatalog& into);
  /// Ids are given once, also over restarts.
  std::uint32_t new_id();
  void put(const LogGroup& group);
  void put(const LogStream& stream);
  void remove_group(LogGroupId id);
  void remove_stream(LogStreamId id);

  void put(const PackedBlock& block);
  std::vector<BlockEntry> blocks(LogGroupId group, std::int64_t from_ms, std::int64_t to_ms);
  std::optional<std::string> block_filter(std::int64_t block);
  /// Empty when the block has no filter of words.
  std::string block_words(std::int64_t block);
  std::optional<std::string> block_rows(std::int64_t block);
  /// Removes at most `blocks_max` blocks that end before `before_ms`, and of which no event is kept; how many.
  std::int64_t remove_blocks_before(LogGroupId group, std::int64_t before_ms, std::size_t blocks_max);
  /// Removes at most `blocks_max` blocks of groups that are gone; how many.
  std::int64_t remove_orphans(std::size_t blocks_max);

  /// Small blocks of one group and day, in the order of their times; none when there are fewer than `count_min` of them anywhere.
  std::vector<BlockEntry> small_blocks(std::int64_t bytes_below, std::size_t count_min, std::size_t count_max);
  void remove_blocks(const std::vector<BlockEntry>& blocks);
  std::vector<BlockEntry> blocks_after(std::int64_t id, std::size_t count_max);
  /// Gives at most so many pages of what was removed back to the file system; whether there are more.
  bool release_pages(std::int64_t pages_max);

  /// The highest offset of a group's batches that is in its blocks; -1 when none.
  std::int64_t applied(LogGroupId group);
  void keep_applied(LogGroupId group, std::uint64_t offset);
  std::uint64_t flushed_below();
  void keep_flushed_below(std::uint64_t offset);

 private:
  storage::Database& database_;
};

}  // namespace tocsin::telemetry
