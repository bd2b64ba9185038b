#include "telemetry/metrics/chunk_table.h"

#include <map>

#include "base/log.h"
#include "telemetry/metrics/retention.h"

namespace tocsin::telemetry {
namespace {

const std::vector<storage::Migration> migrations = {
    {1, R"(CREATE TABLE metrics_series (id BIGINT PRIMARY KEY, series_key TEXT NOT NULL, last_seen_s BIGINT NOT NULL);
           CREATE TABLE metrics_chunks (series BIGINT NOT NULL, tier BIGINT NOT NULL, slot_s BIGINT NOT NULL, applied BIGINT NOT NULL, points TEXT NOT NULL,
                                        PRIMARY KEY (series, tier, slot_s));
           CREATE INDEX metrics_chunks_by_age ON metrics_chunks (tier, slot_s);
           CREATE TABLE metrics_progress (name TEXT PRIMARY KEY, value BIGINT NOT NULL);)"},
};

std::optional<Chunk> decoded(const std::string& bytes, std::uint32_t series, std::int64_t slot_s) {
  auto chunk = Chunk::decode(bytes, slot_s);
  if (chunk) return std::move(*chunk);
  log::error("telemetry/metrics", "a chunk is damaged and was left out",
             {{"series", std::to_string(series)}, {"slot", std::to_string(slot_s)}});
  return std::nullopt;
}

}  // namespace

Result<void> ChunkTable::migrate() { return database_.migrate("metrics", migrations); }

Result<void> ChunkTable::in_transaction(const std::function<void()>& work) {
  database_.begin_group();
  database_.enter();
  work();
  const bool poisoned = database_.poisoned();
  database_.leave(!poisoned);
  auto committed = database_.commit_group();
  if (poisoned) return fail(ErrorKind::unavailable, "The chunks could not be written.");
  return committed;
}

void ChunkTable::each_series(const std::function<void(std::uint32_t, std::string, std::int64_t)>& visit) {
  for (const storage::Row& row : database_.query("SELECT id, series_key, last_seen_s FROM metrics_series"))
    visit(static_cast<std::uint32_t>(row.integer(0)), row.text(1), row.integer(2));
}

void ChunkTable::put_series(std::uint32_t id, const std::string& key, std::int64_t last_seen_s) {
  database_.execute(
      "INSERT INTO metrics_series (id, series_key, last_seen_s) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET last_seen_s = "
      "excluded.last_seen_s",
      {std::int64_t{id}, key, last_seen_s});
}

std::optional<Chunk> ChunkTable::read(std::uint32_t series, int tier, std::int64_t slot_s) {
  const auto row = database_.query_one("SELECT points FROM metrics_chunks WHERE series = ? AND tier = ? AND slot_s = ?",
                                       {std::int64_t{series}, tier, slot_s});
  return row ? decoded(row->text(0), series, slot_s) : std::nullopt;
}

void ChunkTable::read_span(std::uint32_t series, int tier, std::int64_t first_slot_s, std::int64_t end_s,
                           const std::function<void(const Chunk&)>& visit) {
  for (const storage::Row& row : database_.query(
           "SELECT slot_s, points FROM metrics_chunks WHERE series = ? AND tier = ? AND slot_s >= ? AND slot_s < ? ORDER BY slot_s",
           {std::int64_t{series}, tier, first_slot_s, end_s}))
    if (const auto chunk = decoded(row.text(1), series, row.integer(0))) visit(*chunk);
}

void ChunkTable::write(std::uint32_t series, int tier, std::int64_t slot_s, const Chunk& chunk, std::uint64_t applied_offset) {
  database_.execute(
      "INSERT INTO metrics_chunks (series, tier, slot_s, applied, points) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (series, tier, slot_s) DO UPDATE SET applied = excluded.applied, points = excluded.points",
      {std::int64_t{series}, tier, slot_s, static_cast<std::int64_t>(applied_offset), chunk.encode(slot_s)});
}

std::optional<std::uint64_t> ChunkTable::applied_offset(std::uint32_t series, int tier, std::int64_t slot_s) {
  const auto row = database_.query_one("SELECT applied FROM metrics_chunks WHERE series = ? AND tier = ? AND slot_s = ?",
                                       {std::int64_t{series}, tier, slot_s});
  if (!row) return std::nullopt;
  return static_cast<std::uint64_t>(row->integer(0));
}

void ChunkTable::move_up(std::uint32_t series, int tier, std::int64_t slot_s, const std::string& bytes) {
  const auto fine = decoded(bytes, series, slot_s);
  if (!fine) return;
  const Tier& coarse = tiers[static_cast<std::size_t>(tier) + 1];
  std::map<std::int64_t, Chunk> by_slot;
  for (const Chunk::Bucket& each : fine->buckets())
    by_slot[floor_to(each.time_s, coarse.slot_s)].at(floor_to(each.time_s, coarse.resolution_s)).merge(each.aggregate);
  for (const auto& [coarse_slot_s, added] : by_slot) {
    Chunk chunk = read(series, tier + 1, coarse_slot_s).value_or(Chunk{});
    chunk.merge(added);
    // rolled up chunks are not in the log any more: no offset of theirs is ever asked for
    write(series, tier + 1, coarse_slot_s, chunk, 0);
  }
}

std::size_t ChunkTable::roll_up(std::int64_t now_s, std::size_t chunks_max) {
  std::size_t done = 0;
  for (int tier = 0; tier < static_cast<int>(tiers.size()) && done < chunks_max; ++tier) {
    const Tier& each = tiers[static_cast<std::size_t>(tier)];
    const std::int64_t before_s = now_s - each.kept_s - each.slot_s;
    const auto rows =
        database_.query("SELECT series, slot_s, points FROM metrics_chunks WHERE tier = ? AND slot_s < ? ORDER BY slot_s, series LIMIT ?",
                        {tier, before_s, chunks_max - done});
    for (const storage::Row& row : rows) {
      const bool moves = tier == 1 || tier == 2;
      if (moves) move_up(static_cast<std::uint32_t>(row.integer(0)), tier, row.integer(1), row.text(2));
      database_.execute("DELETE FROM metrics_chunks WHERE series = ? AND tier = ? AND slot_s = ?", {row.integer(0), tier, row.integer(1)});
    }
    done += rows.size();
  }
  return done;
}

std::uint64_t ChunkTable::flushed_below() {
  const auto row = database_.query_one("SELECT value FROM metrics_progress WHERE name = 'flushed_below'");
  return row ? static_cast<std::uint64_t>(row->integer(0)) : 0;
}

void ChunkTable::keep_flushed_below(std::uint64_t offset) {
  database_.execute(
      "INSERT INTO metrics_progress (name, value) VALUES ('flushed_below', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      {static_cast<std::int64_t>(offset)});
}

}  // namespace tocsin::telemetry
