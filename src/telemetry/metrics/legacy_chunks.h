// What releases before 0.2 wrote: a row a series and a row a chunk (chunk.h). It is taken over into groups and blocks when the store is
// opened, group by group, each in one transaction.
#pragma once

#include <functional>
#include <unordered_map>

#include "telemetry/metrics/group_buffer.h"

namespace tocsin::telemetry {

class LegacyChunks {
 public:
  explicit LegacyChunks(storage::Database& database) : database_(database) {}

  /// Whether there is anything; asked once.
  bool any();
  void each_series(const std::function<void(std::uint32_t id, std::string key, std::int64_t last_seen_s)>& visit);
  /// Records of the log below it are in the chunks of a series: all its chunks were written in one transaction.
  std::uint64_t applied(std::uint32_t series);
  /// A few of the groups that have rows left.
  std::vector<GroupId> groups();
  /// Moves a group's chunks into blocks and removes its rows; inside a transaction.
  void take_over(GroupId group, BlockTable& blocks);

 private:
  storage::Database& database_;
  std::optional<bool> any_;
  std::unordered_map<std::uint32_t, std::uint64_t> applied_;
};

}  // namespace tocsin::telemetry
