// The embedded store of metrics. A batch goes to the ingest log, then into the buffers of its groups of series in memory; from there, every
// few minutes or when they grow large, into blocks: one row per group × tier × slot of time, never a row a point or a series. A group
// remembers the offset up to which the log is in its blocks, so that applying the log again after a restart changes nothing. Old blocks are
// rolled up into the next tier. Threads: everything on `executor`; `telemetry` is touched from there alone.
#pragma once

#include <memory>

#include "base/executor.h"
#include "storage/ingest_log.h"
#include "storage/sql.h"
#include "telemetry/metrics/metric_store.h"

namespace tocsin::telemetry {

struct MetricStoreOptions {
  Duration flush_every = std::chrono::minutes(5);
  Duration sync_every = std::chrono::milliseconds(200);
  /// What waits in memory above the first is written early; above the second, points are refused.
  std::size_t delta_bytes_flush = 48u << 20;
  std::size_t delta_bytes_max = 160u << 20;
  /// Groups of series written in one transaction: bounds how long the executor is kept.
  std::size_t flush_groups = 12;
};

class ChunkMetricStore final : public MetricStore {
 public:
  /// All must outlive this object. `telemetry` is a database of its own, not the state's; `log` is read by nobody else.
  ChunkMetricStore(Executor& executor, storage::Database& telemetry, storage::IngestLog& log, MetricStoreOptions options = {});
  ~ChunkMetricStore() override;

  /// Creates the tables, reads the dictionary, applies what the log holds beyond the blocks, and takes over what an older release wrote.
  /// Once, before anything else.
  Result<void> open();
  /// Syncs, writes and rolls up from now on, on the executor.
  void start();
  /// Writes all that waits, at once: at a clean stop.
  Result<void> flush();
  /// Rolls up and removes what has grown old, with a cost of at most `cost_max` (BlockTable::roll_up); 0 when there was nothing.
  std::size_t roll_up(std::size_t cost_max);

  Result<void> put(const Scope& scope, const std::vector<MetricPoint>& points) override;
  Result<void> put_values(const Scope& scope, std::span<const KeyedValue> values) override;
  std::vector<PeriodAggregate> read(const ReadRequest& request) override;
  std::vector<TimeValue> read_values(const ReadRequest& request, const Statistic& statistic) override;
  std::vector<std::string> units(const Scope& scope, const MetricId& metric) override;
  MetricPage list(const ListRequest& request) override;

  struct Figures {
    std::size_t series;
    std::size_t delta_bytes;
    std::uint64_t points;  ///< accepted since the start
  };
  Figures figures() const;

 private:
  struct Parts;
  struct PeriodReader;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::telemetry
