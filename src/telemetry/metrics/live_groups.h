// The groups of series in memory: who their members are, what came in for them, and up to where the log is in their blocks.
#pragma once

#include <array>
#include <deque>

#include "telemetry/metrics/group_buffer.h"
#include "telemetry/metrics/series_dictionary.h"

namespace tocsin::telemetry {

struct LiveGroup {
  GroupId id = 0;
  std::uint64_t applied = 0;  ///< records of the log below it are in its blocks
  std::array<Series*, group_size> members{};
  GroupBuffer buffer;
  bool waiting = false;      ///< stands in the list of those to be written
  bool names_stale = false;  ///< has members that its row does not name

  /// Its row is as the group is.
  void note_written() {
    names_stale = false;
    for (Series* each : members)
      if (each) each->written_last_seen_s = each->last_seen_s;
  }
  /// As its row.
  BlockTable::Group row(std::uint64_t applied_now) const {
    BlockTable::Group group{id, applied_now, {}, {}};
    for (std::size_t i = 0; i < members.size(); ++i) {
      if (!members[i]) continue;
      group.keys.emplace_back(static_cast<Member>(i), members[i]->key);
      group.last_seen_s.push_back(members[i]->last_seen_s);
    }
    return group;
  }
};

class LiveGroups {
 public:
  LiveGroup& of(GroupId id) {
    while (all_.size() <= id) {
      const auto next = static_cast<GroupId>(all_.size());
      all_.emplace_back().id = next;
    }
    return all_[id];
  }
  LiveGroup& of(const Series& series) { return of(group_of(series.id)); }
  /// Takes up a series that the dictionary got.
  void add(Series& series) { of(series).members[member_of(series.id)] = &series; }

 private:
  std::deque<LiveGroup> all_;
};

}  // namespace tocsin::telemetry
