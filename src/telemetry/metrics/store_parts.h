// What the store is made of: its members, and how points come in, are read again from the log, and go to blocks. Reading is in
// chunk_metric_store.cpp.
#pragma once

#include <optional>

#include "telemetry/metrics/chunk_metric_store.h"
#include "telemetry/metrics/ingest_record.h"
#include "telemetry/metrics/legacy_chunks.h"
#include "telemetry/metrics/live_groups.h"
#include "telemetry/metrics/period_sinks.h"

namespace tocsin::telemetry {

struct ChunkMetricStore::Parts {
  Executor& executor;
  storage::IngestLog& log;
  MetricStoreOptions options;
  BlockTable table;
  LegacyChunks legacy;
  SeriesDictionary dictionary;
  LiveGroups groups;
  std::vector<LiveGroup*> waiting;  ///< have something in their buffers
  std::vector<LiveGroup*> writing;  ///< the same, and are next to be written
  std::vector<KnownPoint> batch;    ///< of the put that runs
  std::string key;
  std::size_t buffered_bytes = 0;
  std::uint64_t points = 0;
  std::optional<std::uint64_t> replaying_at;  ///< the record of the log that comes next, while it is read at the start
  bool flushing = false;
  bool started = false;
  bool sync_planned = false;
  std::uint64_t flushed_below = 0;
  PeriodRun decoded;
  Integers scratch;
  std::vector<BasicSink::Period> basic_periods;
  std::shared_ptr<bool> alive = std::make_shared<bool>(true);

  Parts(Executor& executor, storage::Database& telemetry, storage::IngestLog& log, MetricStoreOptions options)
      : executor(executor), log(log), options(options), table(telemetry), legacy(telemetry) {}

  // --- points in
  Series& series_of(std::string_view key);
  void apply(Series& series, std::int64_t time_ms, bool high_resolution, double value, const Sample* sample, std::int64_t now_s);
  Result<void> check_room();
  /// Writes the batch to the log and takes it up.
  Result<void> accept();

  // --- the log again, at the start
  void read_dictionary();
  Result<void> read_log();
  /// What an older release wrote goes into blocks. Before that everything in the log is flushed, so that no record is asked for again.
  Result<void> take_over_legacy();

  // --- buffers to blocks
  Result<void> flush_all();
  void begin_flush();
  std::size_t roll_up(std::size_t cost_max);
  void start();
  /// One sync for all that comes within its time; nothing runs while nothing comes.
  void sync_soon();

 private:
  bool is_written(const Series& series, std::uint64_t offset);
  void apply_again(Series& series, std::int64_t time_ms, bool high_resolution, const Sample& sample, std::uint64_t offset);
  Result<void> apply_record(std::string_view bytes, std::uint64_t offset);
  Result<void> apply_older_record(std::string_view bytes, std::uint64_t offset);
  std::uint64_t applied_now() const { return replaying_at.value_or(log.next_offset()); }
  void write_group(const LiveGroup& group);
  /// Writes a few of `writing` in one transaction and takes them off.
  Result<void> flush_slice();
  /// Everything that came in before now; the offset below which nothing waits when `writing` is empty.
  std::uint64_t gather();
  Result<void> finish_flush(std::uint64_t below);
  void every(Duration span, std::function<void()> work);
  void post_slice(std::uint64_t below);
  void roll_up_slices();
};

}  // namespace tocsin::telemetry
