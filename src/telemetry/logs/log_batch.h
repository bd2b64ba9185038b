// One append as it stands in the ingest log and, until it is written to a block, in memory.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "telemetry/logs/log_store.h"

namespace tocsin::telemetry {

/// Events of one batch at most: the sequence of an event is its batch's offset in the ingest log times this, plus its place in the batch.
inline constexpr std::uint64_t batch_events_max = 16384;

struct LogBatch {
  LogGroupId group = 0;
  LogStreamId stream = 0;
  std::int64_t ingested_ms = 0;
  std::vector<LogEvent> events;
};

std::string encode_batch(const LogBatch& batch);
/// Of any bytes: `internal` when they are not what encode_batch wrote.
Result<LogBatch> decode_batch(std::string_view bytes);

}  // namespace tocsin::telemetry
