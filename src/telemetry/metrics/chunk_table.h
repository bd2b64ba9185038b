// The rows of the telemetry database: series, chunks, and up to where the ingest log is in them.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "storage/sql.h"
#include "telemetry/metrics/chunk.h"

namespace tocsin::telemetry {

class ChunkTable {
 public:
  explicit ChunkTable(storage::Database& database) : database_(database) {}

  Result<void> migrate();
  /// Everything that `work` writes, or nothing.
  Result<void> in_transaction(const std::function<void()>& work);

  void each_series(const std::function<void(std::uint32_t id, std::string key, std::int64_t last_seen_s)>& visit);
  void put_series(std::uint32_t id, const std::string& key, std::int64_t last_seen_s);

  std::optional<Chunk> read(std::uint32_t series, int tier, std::int64_t slot_s);
  /// The chunks whose slot begins in [first_slot, end).
  void read_span(std::uint32_t series, int tier, std::int64_t first_slot_s, std::int64_t end_s,
                 const std::function<void(const Chunk&)>& visit);
  void write(std::uint32_t series, int tier, std::int64_t slot_s, const Chunk& chunk, std::uint64_t applied_offset);
  std::optional<std::uint64_t> applied_offset(std::uint32_t series, int tier, std::int64_t slot_s);

  /// Moves chunks that their tier keeps no longer into the next one, and removes those that none keeps; at most `chunks_max`, which it
  /// returns.
  std::size_t roll_up(std::int64_t now_s, std::size_t chunks_max);

  std::uint64_t flushed_below();
  void keep_flushed_below(std::uint64_t offset);

 private:
  void move_up(std::uint32_t series, int tier, std::int64_t slot_s, const std::string& bytes);

  storage::Database& database_;
};

}  // namespace tocsin::telemetry
