#include "telemetry/logs/pattern_counts/pattern_tables.h"

#include <algorithm>

namespace tocsin::telemetry {
namespace {

const std::vector<storage::Migration> migrations = {
    {1,
     R"(CREATE TABLE log_patterns_shapes (account TEXT NOT NULL, region TEXT NOT NULL, shape BIGINT NOT NULL, line TEXT NOT NULL,
                                          PRIMARY KEY (account, region, shape));
        CREATE TABLE log_patterns_seen (group_id BIGINT NOT NULL, shape BIGINT NOT NULL, first_ms BIGINT NOT NULL, last_ms BIGINT NOT NULL, total BIGINT NOT NULL,
                                        sample TEXT NOT NULL, sample_ms BIGINT NOT NULL, PRIMARY KEY (group_id, shape));
        CREATE TABLE log_patterns_hours (group_id BIGINT NOT NULL, hour BIGINT NOT NULL, shape BIGINT NOT NULL, counts TEXT NOT NULL,
                                         PRIMARY KEY (group_id, hour, shape));
        CREATE TABLE log_patterns_groups (id BIGINT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, sequence BIGINT NOT NULL,
                                          counted_ms BIGINT NOT NULL);)"},
};

}  // namespace

std::string encode_hour(const HourCounts& counts) {
  std::string bytes;
  for (std::size_t minute = 0; minute < counts.size(); ++minute) {
    if (counts[minute] == 0) continue;
    bytes += static_cast<char>(minute);
    std::uint32_t rest = counts[minute];
    for (; rest >= 128; rest >>= 7) bytes += static_cast<char>(rest | 128);
    bytes += static_cast<char>(rest);
  }
  return bytes;
}

HourCounts decode_hour(std::string_view bytes) {
  HourCounts counts{};
  for (std::size_t at = 0; at < bytes.size();) {
    const auto minute = static_cast<unsigned char>(bytes[at++]);
    std::uint32_t count = 0;
    for (unsigned shift = 0; at < bytes.size() && shift < 35; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes[at++]);
      count |= static_cast<std::uint32_t>(static_cast<std::uint64_t>(byte & 127u) << shift);
      if (byte < 128) break;
    }
    if (minute < counts.size()) counts[minute] = count;
  }
  return counts;
}

Result<void> PatternTables::migrate() { return database_.migrate("log_patterns", migrations); }

Result<void> PatternTables::in_transaction(const std::function<void()>& work) {
  database_.begin_group();
  database_.enter();
  work();
  const bool poisoned = database_.poisoned();
  database_.leave(!poisoned);
  auto committed = database_.commit_group();
  if (poisoned) return fail(ErrorKind::unavailable, "The counts of patterns could not be written.");
  return committed;
}

std::vector<StoredShape> PatternTables::shapes() {
  std::vector<StoredShape> all;
  for (const storage::Row& row :
       database_.query("SELECT account, region, shape, line FROM log_patterns_shapes ORDER BY account, region, shape"))
    all.push_back({{row.text(0), row.text(1)}, row.integer(2), row.text(3)});
  return all;
}

std::vector<StoredSeen> PatternTables::seen() {
  std::vector<StoredSeen> all;
  for (const storage::Row& row :
       database_.query("SELECT group_id, shape, first_ms, last_ms, total, sample, sample_ms FROM log_patterns_seen"))
    all.push_back({static_cast<LogGroupId>(row.integer(0)), row.integer(1), row.integer(2), row.integer(3),
                   static_cast<std::uint64_t>(row.integer(4)), row.text(5), row.integer(6)});
  return all;
}

std::vector<CountedGroup> PatternTables::groups() {
  std::vector<CountedGroup> all;
  for (const storage::Row& row : database_.query("SELECT id, account, region, name, sequence, counted_ms FROM log_patterns_groups"))
    all.push_back({static_cast<LogGroupId>(row.integer(0)),
                   {row.text(1), row.text(2)},
                   row.text(3),
                   static_cast<std::uint64_t>(row.integer(4)),
                   row.integer(5)});
  return all;
}

void PatternTables::put(const StoredShape& shape) {
  database_.execute("INSERT INTO log_patterns_shapes (account, region, shape, line) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                    {shape.scope.account, shape.scope.region, shape.shape, shape.line});
}

void PatternTables::put(const StoredSeen& seen) {
  database_.execute(
      "INSERT INTO log_patterns_seen (group_id, shape, first_ms, last_ms, total, sample, sample_ms) VALUES (?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (group_id, shape) DO UPDATE SET first_ms = excluded.first_ms, last_ms = excluded.last_ms, total = excluded.total",
      {std::int64_t{seen.group}, seen.shape, seen.first_ms, seen.last_ms, static_cast<std::int64_t>(seen.total), seen.sample,
       seen.sample_ms});
}

void PatternTables::put(const CountedGroup& group) {
  database_.execute(
      "INSERT INTO log_patterns_groups (id, account, region, name, sequence, counted_ms) VALUES (?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, counted_ms = excluded.counted_ms",
      {std::int64_t{group.id}, group.scope.account, group.scope.region, group.name, static_cast<std::int64_t>(group.sequence),
       group.counted_ms});
}

void PatternTables::add_hour(LogGroupId group, std::int64_t hour, std::int64_t shape, const HourCounts& counts) {
  HourCounts sum = counts;
  if (const auto row = database_.query_one("SELECT counts FROM log_patterns_hours WHERE group_id = ? AND hour = ? AND shape = ?",
                                           {std::int64_t{group}, hour, shape})) {
    const HourCounts before = decode_hour(row->text(0));
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += before[i];
  }
  database_.execute(
      "INSERT INTO log_patterns_hours (group_id, hour, shape, counts) VALUES (?, ?, ?, ?) "
      "ON CONFLICT (group_id, hour, shape) DO UPDATE SET counts = excluded.counts",
      {std::int64_t{group}, hour, shape, encode_hour(sum)});
}

void PatternTables::each_hour(LogGroupId group, std::int64_t from_hour, std::int64_t to_hour,
                              const std::function<void(std::int64_t, std::int64_t, const HourCounts&)>& visit) {
  for (const storage::Row& row :
       database_.query("SELECT hour, shape, counts FROM log_patterns_hours WHERE group_id = ? AND hour >= ? AND hour <= ?",
                       {std::int64_t{group}, from_hour, to_hour}))
    visit(row.integer(0), row.integer(1), decode_hour(row.text(2)));
}

void PatternTables::remove_hours_before(LogGroupId group, std::int64_t hour) {
  database_.execute("DELETE FROM log_patterns_hours WHERE group_id = ? AND hour < ?", {std::int64_t{group}, hour});
}

void PatternTables::remove_group(LogGroupId group) {
  for (const char* statement : {"DELETE FROM log_patterns_hours WHERE group_id = ?", "DELETE FROM log_patterns_seen WHERE group_id = ?",
                                "DELETE FROM log_patterns_groups WHERE id = ?"})
    database_.execute(statement, {std::int64_t{group}});
}

}  // namespace tocsin::telemetry
