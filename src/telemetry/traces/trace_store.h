// The traces that are kept, as segment documents: 30 days of them, or as many as there is room for, the oldest go first. A batch goes to
// the ingest log before it is acknowledged, and into the tables with others, together with the offset up to which the log is in them, so
// that applying it again after a restart changes nothing. Threads: everything on `executor`; `telemetry` is touched from there alone.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/executor.h"
#include "model/scope.h"
#include "storage/ingest_log.h"
#include "storage/sql.h"
#include "telemetry/traces/trace_record.h"

namespace tocsin::telemetry {

struct TraceStoreOptions {
  Duration apply_every = std::chrono::seconds(1);
  Duration sync_every = std::chrono::milliseconds(200);
  Duration sweep_every = std::chrono::minutes(10);
  std::int64_t documents_max = 2'000'000;
  /// What waits to be applied: above the first it is applied early, above the second documents are refused.
  std::size_t waiting_bytes_apply = 4u << 20;
  std::size_t waiting_bytes_max = 64u << 20;
};

/// By which time a trace is found: that in its id (TraceId), or that of any of its documents (Event).
enum class TraceTime { of_id, of_event };

struct TraceQuery {
  Instant from{}, to{};  ///< both inclusive
  TraceTime by = TraceTime::of_id;
  std::string after;  ///< the position where the page before ended; empty for the first
  std::size_t count_max = 100;
};
struct FoundTrace {
  std::string trace_id;
  Instant last{};              ///< when the last of its documents ended
  std::int64_t documents = 0;  ///< how many came; counts what replaced another too
  std::vector<std::string> texts;
};
struct TracePage {
  std::vector<FoundTrace> traces;  ///< newest first
  std::string next;                ///< empty at the end
};

class TraceStore {
 public:
  /// All must outlive this object. `telemetry` is a database of its own; `log` is read by nobody else.
  TraceStore(Executor& executor, storage::Database& telemetry, storage::IngestLog& log, TraceStoreOptions options = {});

  /// Once, before anything else.
  Result<void> open();
  /// Applies, syncs and sweeps from now on.
  void start();
  /// Applies all that waits, at once.
  Result<void> flush();
  /// Removes what is too old or too much.
  void sweep();

  /// `unavailable` when the disk takes no more.
  Result<void> append(const Scope& scope, std::vector<SegmentDocument> documents);
  TracePage find(const Scope& scope, const TraceQuery& query);
  /// The trace with that id, lower case; without texts when there is none.
  FoundTrace find(const Scope& scope, const std::string& trace_id);

 private:
  struct Waiting {
    std::uint64_t offset;
    TraceBatch batch;
  };
  void write(const TraceBatch& batch);
  void read_texts(const Scope& scope, FoundTrace& trace);
  void every(Duration period, void (TraceStore::*act)());
  void apply();
  void sync();
  void wait_with(std::uint64_t offset, TraceBatch batch);

  Executor& executor_;
  storage::Database& database_;
  storage::IngestLog& log_;
  const TraceStoreOptions options_;
  std::vector<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool unsynced_ = false;
};

}  // namespace tocsin::telemetry
