#include "telemetry/metrics/legacy_chunks.h"

#include <algorithm>

#include "base/log.h"
#include "telemetry/metrics/chunk.h"

namespace tocsin::telemetry {

bool LegacyChunks::any() {
  if (!any_)
    any_ = database_.query_one("SELECT 1 FROM metrics_series LIMIT 1").has_value() ||
           database_.query_one("SELECT 1 FROM metrics_chunks LIMIT 1").has_value();
  return *any_;
}

void LegacyChunks::each_series(const std::function<void(std::uint32_t, std::string, std::int64_t)>& visit) {
  for (const storage::Row& row : database_.query("SELECT id, series_key, last_seen_s FROM metrics_series"))
    visit(static_cast<std::uint32_t>(row.integer(0)), row.text(1), row.integer(2));
}

std::uint64_t LegacyChunks::applied(std::uint32_t series) {
  const auto [known, added] = applied_.try_emplace(series, 0);
  if (added) {
    const auto row = database_.query_one("SELECT MAX(applied) FROM metrics_chunks WHERE series = ?", {std::int64_t{series}});
    // a chunk names the last record that is in it; one that was rolled up names none
    if (row && !row->is_null(0)) known->second = static_cast<std::uint64_t>(row->integer(0)) + 1;
  }
  return known->second;
}

std::vector<GroupId> LegacyChunks::groups() {
  std::vector<GroupId> groups;
  for (const char* sql : {"SELECT DISTINCT id / 64 FROM metrics_series ORDER BY 1 LIMIT 16",
                          "SELECT DISTINCT series / 64 FROM metrics_chunks ORDER BY 1 LIMIT 16"})
    for (const storage::Row& row : database_.query(sql))
      if (const auto group = static_cast<GroupId>(row.integer(0)); std::find(groups.begin(), groups.end(), group) == groups.end())
        groups.push_back(group);
  return groups;
}

void LegacyChunks::take_over(GroupId group, BlockTable& blocks) {
  const std::int64_t first = std::int64_t{group} * group_size, end = first + group_size;
  std::map<std::pair<std::uint8_t, std::int64_t>, std::vector<MemberRun>> runs;
  for (const storage::Row& row : database_.query(
           "SELECT series, tier, slot_s, points FROM metrics_chunks WHERE series >= ? AND series < ? ORDER BY series, tier, slot_s",
           {first, end})) {
    const auto chunk = Chunk::decode(row.text(3), row.integer(2));
    if (!chunk || row.integer(1) < 0 || row.integer(1) >= static_cast<std::int64_t>(tiers.size())) {
      log::error("telemetry/metrics", "a chunk is damaged and was left out",
                 {{"series", std::to_string(row.integer(0))}, {"slot", std::to_string(row.integer(2))}});
      continue;
    }
    const auto tier = static_cast<std::uint8_t>(row.integer(1));
    const Member member = member_of(static_cast<std::uint32_t>(row.integer(0)));
    for (const Chunk::Bucket& each : chunk->buckets()) {
      auto& members = runs[{tier, floor_to(each.time_s, tiers[tier].slot_s)}];
      if (members.empty() || members.back().member != member) members.push_back({member, {}});
      members.back().run.merge(floor_to(each.time_s, tiers[tier].resolution_s), each.aggregate);
    }
  }
  for (const auto& [place, members] : runs) blocks.merge({group, place.first, place.second}, members);
  database_.execute("DELETE FROM metrics_chunks WHERE series >= ? AND series < ?", {first, end});
  database_.execute("DELETE FROM metrics_series WHERE id >= ? AND id < ?", {first, end});
}

}  // namespace tocsin::telemetry
