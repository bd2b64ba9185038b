// A scan over blocks and over what is not written to blocks yet, merged by position.
#pragma once

#include <memory>
#include <unordered_set>
#include <vector>

#include "telemetry/logs/log_batch.h"
#include "telemetry/logs/log_tables.h"

namespace tocsin::telemetry {

class ColumnBlock;

/// A batch in memory with its place in the ingest log.
struct TailBatch {
  LogBatch batch;
  std::uint64_t offset = 0;
  std::int64_t first_ms = 0, last_ms = 0;
  std::size_t bytes = 0;
};
using TailBatches = std::vector<std::shared_ptr<const TailBatch>>;

/// The batch with its place, times and size.
std::shared_ptr<const TailBatch> to_tail(LogBatch batch, std::uint64_t offset);

/// Appends the batch's rows, as views into it.
void rows_of(const TailBatch& batch, std::vector<LogRowView>& rows);

class BlockScan final : public LogScan {
 public:
  /// One thing to open: a block, or a batch in memory.
  struct Source {
    LogGroupId group = 0;
    std::int64_t first_ms = 0, last_ms = 0;
    std::int64_t from_ms = 0;  ///< rows before are older than the group keeps
    BlockEntry block;
    std::shared_ptr<const TailBatch> tail;
  };
  /// `open` is held as long as it lives.
  BlockScan(LogTables& tables, LogCatalog& catalog, LogScanPlan plan, std::vector<Source> sources, std::shared_ptr<const void> open = {});
  bool next(std::vector<LogRow>& rows) override;
  bool next_views(std::vector<LogRowView>& rows) override;
  bool count_next(std::uint64_t& rows) override;
  std::uint64_t count_rest() override;
  const Figures& figures() const override { return figures_; }
  Figures expected() const override;
  std::optional<LogPosition> border() const override;

 private:
  /// A row that waits for its turn, and what its message lies in.
  struct Pending {
    LogRowView row;
    std::shared_ptr<const void> owner;
  };
  std::size_t open(const Source& source);
  bool open_rows(const Source& source, std::string_view packed);
  bool open_columns(const Source& source, std::string packed);
  std::vector<std::uint8_t> matching(const ColumnBlock& block) const;
  bool may_hold(std::string_view filter) const;
  bool may_have_words(std::int64_t block, std::string_view pieces) const;
  static bool may_have_escapes(std::string_view filter);
  void take(const Source& source, const LogRowView& row, const std::shared_ptr<const void>& owner);
  bool wanted(const LogRowView& row);
  bool is_in_place(const LogRowView& row);
  bool is_wanted_stream(LogStreamId stream);
  void emit(std::vector<LogRowView>& rows);

  LogTables& tables_;
  LogCatalog& catalog_;
  const LogScanPlan plan_;
  std::unordered_set<LogStreamId> streams_;
  std::vector<Source> sources_;
  std::size_t opened_ = 0;
  std::optional<std::pair<LogStreamId, bool>> known_stream_;
  std::vector<Pending> pending_;
  std::vector<LogRowView> direct_;  ///< rows in columns that may come in any order
  std::vector<std::shared_ptr<const void>> direct_owners_;
  std::uint64_t counted_ = 0;
  bool counting_ = false;
  std::vector<std::shared_ptr<const void>> given_;  ///< what the rows given last lie in
  Figures figures_;
  std::shared_ptr<const void> held_open_;
};

}  // namespace tocsin::telemetry
