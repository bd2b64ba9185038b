// Mines the lines of log groups and counts their patterns by the minute, in memory and in a database. Threads: one at a time.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <unordered_map>

#include "telemetry/logs/pattern_counts/counted_pattern.h"
#include "telemetry/logs/pattern_counts/pattern_tables.h"

namespace tocsin::telemetry {

/// Which counts are wanted: of these groups, by the minutes of [from, to].
struct PatternQuestion {
  std::vector<LogGroupId> groups;
  std::int64_t from_ms = 0, to_ms = 0;
};

class PatternTally {
 public:
  explicit PatternTally(storage::Database& database) : tables_(database) {}

  /// Makes the tables and learns again what was known. Once, before anything else.
  Result<void> open();

  struct Line {
    std::int64_t time_ms = 0;
    std::uint64_t sequence = 0;
    std::string_view text;
  };
  void add(const LogGroup& group, const std::vector<Line>& lines);
  /// From now until `release` nothing of the group is written down, since what is counted is not all up to some event.
  void hold(LogGroupId group);
  void release(LogGroupId group);
  void forget(LogGroupId group);

  /// Writes down what was counted since the last time; all of it or nothing.
  Result<void> flush(std::int64_t now_ms);
  /// Patterns of the groups, also those without a count in the span, the most frequent in it first.
  std::vector<CountedPattern> answer(const PatternQuestion& question);
  const std::map<LogGroupId, CountedGroup>& groups() const { return groups_; }
  std::uint64_t lines() const { return lines_; }

 private:
  /// The shapes of an account and region.
  struct Mine {
    TemplateMiner miner;
    std::vector<std::int64_t> stored;  ///< how the tables number each shape
    std::unordered_map<std::int64_t, ShapeId> of_stored;
    std::int64_t next_stored = 0;
  };
  struct Seen {
    std::int64_t first_ms = INT64_MAX, last_ms = INT64_MIN, sample_ms = 0;
    std::uint64_t total = 0;
    std::string sample;
    std::map<std::int64_t, HourCounts> unwritten;
    bool written_once = false;
  };
  using SeenShapes = std::unordered_map<ShapeId, Seen>;

  void learn(Mine& mine, const Scope& scope, ShapeId shape, std::string_view line);
  void count(SeenShapes& seen, ShapeId shape, const Line& line);
  void write(LogGroupId group, Mine& mine, SeenShapes& seen);

  PatternTables tables_;
  std::map<Scope, Mine> mines_;
  std::map<LogGroupId, SeenShapes> seen_;
  std::map<LogGroupId, CountedGroup> groups_;
  std::map<LogGroupId, int> held_;
  std::vector<StoredShape> new_shapes_;
  std::vector<LogGroupId> forgotten_;
  std::size_t pairs_ = 0;
  std::uint64_t lines_ = 0;
  std::int64_t trimmed_hour_ = 0;
};

}  // namespace tocsin::telemetry
