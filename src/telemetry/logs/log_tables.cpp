#include "telemetry/logs/log_tables.h"

#include <boost/json.hpp>

#include "telemetry/logs/column_block.h"
#include "telemetry/logs/columns/word_filter.h"
#include "telemetry/logs/log_block.h"
#include "telemetry/logs/trigram_filter.h"

namespace tocsin::telemetry {
namespace {

constexpr std::int64_t day_ms = 86'400'000;
std::int64_t day_of(std::int64_t time_ms) { return (time_ms - (time_ms < 0 ? day_ms - 1 : 0)) / day_ms; }

const std::vector<storage::Migration> migrations = {
    {1,
     R"(CREATE TABLE logs_groups (id BIGINT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, class TEXT NOT NULL,
                                     created_ms BIGINT NOT NULL, retention_days BIGINT, tags TEXT NOT NULL, UNIQUE (account, region, name));
           CREATE TABLE logs_streams (id BIGINT PRIMARY KEY, group_id BIGINT NOT NULL, name TEXT NOT NULL, created_ms BIGINT NOT NULL, first_event_ms BIGINT,
                                      last_event_ms BIGINT, last_ingestion_ms BIGINT, UNIQUE (group_id, name));
           CREATE TABLE logs_blocks (id BIGINT PRIMARY KEY, group_id BIGINT NOT NULL, first_ms BIGINT NOT NULL, last_ms BIGINT NOT NULL, records BIGINT NOT NULL,
                                     bytes BIGINT NOT NULL);
           CREATE INDEX logs_blocks_by_time ON logs_blocks (group_id, last_ms, first_ms);
           CREATE TABLE logs_block_filters (block BIGINT PRIMARY KEY, filter TEXT NOT NULL);
           CREATE TABLE logs_block_rows (block BIGINT PRIMARY KEY, packed_rows TEXT NOT NULL);
           CREATE TABLE logs_applied (group_id BIGINT PRIMARY KEY, applied_offset BIGINT NOT NULL);
           CREATE TABLE logs_progress (name TEXT PRIMARY KEY, value BIGINT NOT NULL);)"},
    {2, "ALTER TABLE logs_block_filters ADD COLUMN words TEXT"},
};

std::map<std::string, std::string> to_tags(const Document& document) {
  std::map<std::string, std::string> tags;
  for (const auto& [key, value] : document.get_object()) tags[key] = value.get_string();
  return tags;
}

Object to_object(const std::map<std::string, std::string>& tags) {
  Object object;
  for (const auto& [key, value] : tags) object[key] = value;
  return object;
}

std::optional<std::int64_t> optional_integer(const storage::Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return row.integer(column);
}

}  // namespace

namespace {
PackedBlock pack_block(const std::vector<LogRowView>& rows) {
  TrigramFilter pieces;
  WordFilter words;
  PackedBlock block;
  for (const LogRowView& row : rows) {
    pieces.add(row.message);
    words.add(row.message);
    block.entry.bytes += static_cast<std::int64_t>(row.message.size());
  }
  block.entry.group = rows.front().group;
  block.entry.first_ms = rows.front().position.time_ms;
  block.entry.last_ms = rows.back().position.time_ms;
  block.entry.records = static_cast<std::int64_t>(rows.size());
  block.pieces = pieces.encode();
  block.words = words.encode();
  block.rows = encode_columns(rows);
  return block;
}
}  // namespace

Result<void> LogTables::migrate() { return database_.migrate("logs", migrations); }

Result<void> LogTables::in_transaction(const std::function<void()>& work) {
  database_.begin_group();
  database_.enter();
  work();
  const bool poisoned = database_.poisoned();
  database_.leave(!poisoned);
  auto committed = database_.commit_group();
  if (poisoned) return fail(ErrorKind::unavailable, "The logs could not be written.");
  return committed;
}

void LogTables::load(LogCatalog& into) {
  for (const storage::Row& row :
       database_.query("SELECT id, account, region, name, class, created_ms, retention_days, tags, "
                       "(SELECT COALESCE(SUM(bytes), 0) FROM logs_blocks WHERE group_id = logs_groups.id) FROM logs_groups"))
    into.put(LogGroup{.id = static_cast<LogGroupId>(row.integer(0)),
                      .scope = {row.text(1), row.text(2)},
                      .name = row.text(3),
                      .log_group_class = row.text(4),
                      .created_ms = row.integer(5),
                      .retention_days = optional_integer(row, 6),
                      .tags = to_tags(row.document(7)),
                      .stored_bytes = row.integer(8)});
  for (const storage::Row& row :
       database_.query("SELECT id, group_id, name, created_ms, first_event_ms, last_event_ms, last_ingestion_ms FROM logs_streams"))
    into.put(LogStream{.id = static_cast<LogStreamId>(row.integer(0)),
                       .group = static_cast<LogGroupId>(row.integer(1)),
                       .name = row.text(2),
                       .created_ms = row.integer(3),
                       .first_event_ms = optional_integer(row, 4),
                       .last_event_ms = optional_integer(row, 5),
                       .last_ingestion_ms = optional_integer(row, 6)});
}

namespace {
std::int64_t next_number(storage::Database& database, std::string_view name) {
  database.execute("INSERT INTO logs_progress (name, value) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = logs_progress.value + 1",
                   {name});
  const auto row = database.query_one("SELECT value FROM logs_progress WHERE name = ?", {name});
  return row ? row->integer(0) : 0;
}
}  // namespace

std::uint32_t LogTables::new_id() { return static_cast<std::uint32_t>(next_number(database_, "last_id")); }

void LogTables::put(const LogGroup& group) {
  database_.execute(
      "INSERT INTO logs_groups (id, account, region, name, class, created_ms, retention_days, tags) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (id) DO UPDATE SET retention_days = excluded.retention_days, tags = excluded.tags",
      {std::int64_t{group.id}, group.scope.account, group.scope.region, group.name, group.log_group_class, group.created_ms,
       group.retention_days, to_object(group.tags)});
}

void LogTables::put(const LogStream& stream) {
  database_.execute(
      "INSERT INTO logs_streams (id, group_id, name, created_ms, first_event_ms, last_event_ms, last_ingestion_ms) VALUES (?, ?, ?, ?, ?, "
      "?, ?) "
      "ON CONFLICT (id) DO UPDATE SET first_event_ms = excluded.first_event_ms, last_event_ms = excluded.last_event_ms, last_ingestion_ms "
      "= excluded.last_ingestion_ms",
      {std::int64_t{stream.id}, std::int64_t{stream.group}, stream.name, stream.created_ms, stream.first_event_ms, stream.last_event_ms,
       stream.last_ingestion_ms});
}

void LogTables::remove_group(LogGroupId id) {
  database_.execute("DELETE FROM logs_groups WHERE id = ?", {std::int64_t{id}});
  database_.execute("DELETE FROM logs_streams WHERE group_id = ?", {std::int64_t{id}});
  database_.execute("DELETE FROM logs_applied WHERE group_id = ?", {std::int64_t{id}});
}

void LogTables::remove_stream(LogStreamId id) { database_.execute("DELETE FROM logs_streams WHERE id = ?", {std::int64_t{id}}); }

std::vector<PackedBlock> pack_rows(const std::vector<LogRowView>& rows) {
  std::vector<PackedBlock> blocks;
  std::size_t begin = 0, bytes = 0;
  for (std::size_t at = 0; at < rows.size(); ++at) {
    // a block lies within a day, so that retention can remove it whole
    if (at > begin && (bytes + rows[at].message.size() > block_bytes_max || at - begin == block_rows_max ||
                       day_of(rows[at].position.time_ms) != day_of(rows[at - 1].position.time_ms))) {
      blocks.push_back(pack_block({rows.begin() + static_cast<std::ptrdiff_t>(begin), rows.begin() + static_cast<std::ptrdiff_t>(at)}));
      begin = at;
      bytes = 0;
    }
    bytes += rows[at].message.size();
  }
  if (begin < rows.size()) blocks.push_back(pack_block({rows.begin() + static_cast<std::ptrdiff_t>(begin), rows.end()}));
  return blocks;
}

void LogTables::put(const PackedBlock& block) {
  // never given twice: a scan may hold the id of a block that is gone
  const std::int64_t id = next_number(database_, "last_block");
  const BlockEntry& entry = block.entry;
  database_.execute("INSERT INTO logs_blocks (id, group_id, first_ms, last_ms, records, bytes) VALUES (?, ?, ?, ?, ?, ?)",
                    {id, std::int64_t{entry.group}, entry.first_ms, entry.last_ms, entry.records, entry.bytes});
  database_.execute("INSERT INTO logs_block_filters (block, filter, words) VALUES (?, ?, ?)", {id, block.pieces, block.words});
  database_.execute("INSERT INTO logs_block_rows (block, packed_rows) VALUES (?, ?)", {id, block.rows});
}

std::vector<BlockEntry> LogTables::blocks(LogGroupId group, std::int64_t from_ms, std::int64_t to_ms) {
  std::vector<BlockEntry> entries;
  for (const storage::Row& row : database_.query(
           "SELECT id, first_ms, last_ms, records, bytes FROM logs_blocks WHERE group_id = ? AND last_ms >= ? AND first_ms <= ?",
           {std::int64_t{group}, from_ms, to_ms}))
    entries.push_back({row.integer(0), group, row.integer(1), row.integer(2), row.integer(3), row.integer(4)});
  return entries;
}

std::optional<std::string> LogTables::block_filter(std::int64_t block) {
  const auto row = database_.query_one("SELECT filter FROM logs_block_filters WHERE block = ?", {block});
  if (!row) return std::nullopt;
  return row->text(0);
}

std::string LogTables::block_words(std::int64_t block) {
  const auto row = database_.query_one("SELECT words FROM logs_block_filters WHERE block = ?", {block});
  return row && !row->is_null(0) ? row->text(0) : std::string();
}

std::optional<std::string> LogTables::block_rows(std::int64_t block) {
  const auto row = database_.query_one("SELECT packed_rows FROM logs_block_rows WHERE block = ?", {block});
  if (!row) return std::nullopt;
  return row->text(0);
}

namespace {
std::int64_t remove_listed(storage::Database& database, const storage::Rows& blocks) {
  for (const storage::Row& row : blocks)
    for (const char* statement : {"DELETE FROM logs_block_rows WHERE block = ?", "DELETE FROM logs_block_filters WHERE block = ?",
                                  "DELETE FROM logs_blocks WHERE id = ?"})
      database.execute(statement, {row.integer(0)});
  return static_cast<std::int64_t>(blocks.size());
}
}  // namespace

std::int64_t LogTables::remove_blocks_before(LogGroupId group, std::int64_t before_ms, std::size_t blocks_max) {
  return remove_listed(database_, database_.query("SELECT id FROM logs_blocks WHERE group_id = ? AND last_ms < ? LIMIT ?",
                                                  {std::int64_t{group}, before_ms, blocks_max}));
}

std::int64_t LogTables::remove_orphans(std::size_t blocks_max) {
  return remove_listed(database_, database_.query("SELECT id FROM logs_blocks WHERE group_id IN (SELECT DISTINCT group_id FROM logs_blocks "
                                                  "EXCEPT SELECT id FROM logs_groups) LIMIT ?",
                                                  {blocks_max}));
}

std::vector<BlockEntry> LogTables::small_blocks(std::int64_t bytes_below, std::size_t count_min, std::size_t count_max) {
  const auto most = database_.query_one(
      "SELECT group_id, first_ms / 86400000, COUNT(*) FROM logs_blocks WHERE bytes < ? AND first_ms >= 0 GROUP BY group_id, first_ms / "
      "86400000 "
      "HAVING COUNT(*) >= ? ORDER BY COUNT(*) DESC LIMIT 1",
      {bytes_below, count_min});
  if (!most) return {};
  std::vector<BlockEntry> entries;
  for (const storage::Row& row :
       database_.query("SELECT id, first_ms, last_ms, records, bytes FROM logs_blocks WHERE group_id = ? AND first_ms >= ? AND first_ms < "
                       "? AND bytes < ? "
                       "ORDER BY first_ms, id LIMIT ?",
                       {most->integer(0), most->integer(1) * day_ms, (most->integer(1) + 1) * day_ms, bytes_below, count_max}))
    entries.push_back(
        {row.integer(0), static_cast<LogGroupId>(most->integer(0)), row.integer(1), row.integer(2), row.integer(3), row.integer(4)});
  return entries;
}

void LogTables::remove_blocks(const std::vector<BlockEntry>& blocks) {
  for (const BlockEntry& block : blocks)
    for (const char* statement : {"DELETE FROM logs_block_rows WHERE block = ?", "DELETE FROM logs_block_filters WHERE block = ?",
                                  "DELETE FROM logs_blocks WHERE id = ?"})
      database_.execute(statement, {block.id});
}

std::vector<BlockEntry> LogTables::blocks_after(std::int64_t id, std::size_t count_max) {
  std::vector<BlockEntry> entries;
  for (const storage::Row& row : database_.query(
           "SELECT id, group_id, first_ms, last_ms, records, bytes FROM logs_blocks WHERE id > ? ORDER BY id LIMIT ?", {id, count_max}))
    entries.push_back(
        {row.integer(0), static_cast<LogGroupId>(row.integer(1)), row.integer(2), row.integer(3), row.integer(4), row.integer(5)});
  return entries;
}

// the embedded engine's own words: there is no other one for blocks
bool LogTables::release_pages(std::int64_t pages_max) {
  const auto free_pages = [this] {
    const auto row = database_.query_one("PRAGMA freelist_count");
    return row ? row->integer(0) : 0;
  };
  const std::int64_t before = free_pages();
  if (before == 0) return false;
  database_.query("PRAGMA incremental_vacuum(" + std::to_string(pages_max) + ")");
  const std::int64_t after = free_pages();
  return after > 0 && after < before;
}

std::int64_t LogTables::applied(LogGroupId group) {
  const auto row = database_.query_one("SELECT applied_offset FROM logs_applied WHERE group_id = ?", {std::int64_t{group}});
  return row ? row->integer(0) : -1;
}

void LogTables::keep_applied(LogGroupId group, std::uint64_t offset) {
  database_.execute(
      "INSERT INTO logs_applied (group_id, applied_offset) VALUES (?, ?) ON CONFLICT (group_id) DO UPDATE SET applied_offset = "
      "excluded.applied_offset",
      {std::int64_t{group}, static_cast<std::int64_t>(offset)});
}

std::uint64_t LogTables::flushed_below() {
  const auto row = database_.query_one("SELECT value FROM logs_progress WHERE name = 'flushed_below'");
  return row ? static_cast<std::uint64_t>(row->integer(0)) : 0;
}

void LogTables::keep_flushed_below(std::uint64_t offset) {
  database_.execute(
      "INSERT INTO logs_progress (name, value) VALUES ('flushed_below', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      {static_cast<std::int64_t>(offset)});
}

}  // namespace tocsin::telemetry
