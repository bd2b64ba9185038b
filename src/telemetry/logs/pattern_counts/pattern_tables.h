// The rows of the database of patterns: the first line of each shape, counts by group, shape and hour, and up to where a group is counted.
#pragma once

#include <array>

#include "storage/sql.h"
#include "telemetry/logs/log_store.h"

namespace tocsin::telemetry {

/// Of an hour, by its minutes.
using HourCounts = std::array<std::uint32_t, 60>;

std::string encode_hour(const HourCounts& counts);
/// Of any bytes: what is not understood counts nothing.
HourCounts decode_hour(std::string_view bytes);

struct StoredShape {
  Scope scope;
  std::int64_t shape = 0;
  std::string line;
};

struct StoredSeen {
  LogGroupId group = 0;
  std::int64_t shape = 0;
  std::int64_t first_ms = 0, last_ms = 0;
  std::uint64_t total = 0;
  std::string sample;
  std::int64_t sample_ms = 0;
};

/// How far the events of a group are counted.
struct CountedGroup {
  LogGroupId id = 0;
  Scope scope;
  std::string name;
  std::uint64_t sequence = 0;   ///< all events up to this one
  std::int64_t counted_ms = 0;  ///< when
};

class PatternTables {
 public:
  explicit PatternTables(storage::Database& database) : database_(database) {}
  Result<void> migrate();
  Result<void> in_transaction(const std::function<void()>& work);

  std::vector<StoredShape> shapes();
  std::vector<StoredSeen> seen();
  std::vector<CountedGroup> groups();
  void put(const StoredShape& shape);
  void put(const StoredSeen& seen);
  void put(const CountedGroup& group);
  /// Adds to what is there.
  void add_hour(LogGroupId group, std::int64_t hour, std::int64_t shape, const HourCounts& counts);
  void each_hour(LogGroupId group, std::int64_t from_hour, std::int64_t to_hour,
                 const std::function<void(std::int64_t hour, std::int64_t shape, const HourCounts&)>& visit);
  void remove_hours_before(LogGroupId group, std::int64_t hour);
  void remove_group(LogGroupId group);

 private:
  storage::Database& database_;
};

}  // namespace tocsin::telemetry
