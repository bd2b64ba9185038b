// The room of pattern counts: hears of what is logged, has it counted on an executor of its own, and answers questions. Threads: all but
// open() and the constructor on `home`, the log store's executor; the tally is touched on its own executor alone.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <set>

#include "base/executor.h"
#include "telemetry/logs/pattern_counts/pattern_tally.h"

namespace tocsin::telemetry {

struct PatternCountOptions {
  Duration flush_every = std::chrono::seconds(5);
  std::size_t waiting_bytes_max = 64u << 20;
};

class PatternCounts {
 public:
  using Done = std::move_only_function<void(std::vector<CountedPattern>)>;

  /// All must outlive this object. `database` is its own.
  PatternCounts(Executor& home, std::unique_ptr<Executor> own, storage::Database& database, LogStore& store,
                PatternCountOptions options = {});
  ~PatternCounts();

  Result<void> open() { return tally_.open(); }
  /// Counts what was logged and not counted before the end, and writes counts down as time passes. `groups` are all that there are.
  void start(const std::vector<LogGroup>& groups);
  /// `texts` as they may be shown, one for each event of the arrival.
  void arrived(const LogArrival& arrival, const std::vector<std::string_view>& texts);
  void forget(LogGroupId group);
  /// `done` on `home`.
  void ask(PatternQuestion question, Done done);
  /// Runs `done` on its own executor when all that waits is counted and written. For a clean stop, from any thread.
  void flush(std::move_only_function<void(Result<void>)> done);
  /// Lines read again in the background are shown as this says; without it as they are.
  void bind_masks(std::function<std::function<std::string(std::string_view, std::int64_t)>(const LogGroup&)> masks) {
    masks_ = std::move(masks);
  }

 private:
  struct CatchUp;
  struct Lines;
  void flush_later();
  void forget_deleted_later();
  void leave_behind(const LogGroup& group, std::uint64_t sequence, std::int64_t time_ms);
  void catch_up(LogGroupId group, std::uint64_t from_sequence, std::int64_t from_ms);
  void read_on(std::shared_ptr<CatchUp> reading);
  void caught_up(LogGroupId group);
  void hand_over(const LogGroup& group, std::shared_ptr<Lines> lines);

  Executor& home_;
  LogStore& store_;
  PatternCountOptions options_;
  PatternTally tally_;
  struct Behind {
    std::uint64_t sequence = UINT64_MAX;  ///< the first event that is left
    std::int64_t time_ms = INT64_MAX;     ///< of the earliest that is left
  };
  std::set<LogGroupId> known_;
  std::map<LogGroupId, Behind> behind_;  ///< groups whose events are read from the store
  std::shared_ptr<std::atomic<std::size_t>> waiting_bytes_ = std::make_shared<std::atomic<std::size_t>>(0);
  std::function<std::function<std::string(std::string_view, std::int64_t)>(const LogGroup&)> masks_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  std::unique_ptr<Executor> own_;  ///< last: ends before what it touches
};

}  // namespace tocsin::telemetry
