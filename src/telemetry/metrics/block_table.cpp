#include "telemetry/metrics/block_table.h"

#include <algorithm>
#include <map>

#include "base/log.h"
#include "telemetry/metrics/group_names.h"

namespace tocsin::telemetry {
namespace {

constexpr std::size_t kept_bytes_max = 16u << 20;
constexpr std::size_t slot_lists_max = 20'000;

const std::vector<storage::Migration> migrations = {
    {1, R"(CREATE TABLE metrics_series (id BIGINT PRIMARY KEY, series_key TEXT NOT NULL, last_seen_s BIGINT NOT NULL);
           CREATE TABLE metrics_chunks (series BIGINT NOT NULL, tier BIGINT NOT NULL, slot_s BIGINT NOT NULL,
                                        applied BIGINT NOT NULL, points TEXT NOT NULL,
                                        PRIMARY KEY (series, tier, slot_s));
           CREATE INDEX metrics_chunks_by_age ON metrics_chunks (tier, slot_s);
           CREATE TABLE metrics_progress (name TEXT PRIMARY KEY, value BIGINT NOT NULL);)"},
    // blocks of many series; the rows of before are taken over when the store is opened
    {2, R"(CREATE TABLE metrics_groups (series_group BIGINT PRIMARY KEY, applied BIGINT NOT NULL, last_seen TEXT NOT NULL,
                                        names TEXT NOT NULL);
           CREATE TABLE metrics_blocks (series_group BIGINT NOT NULL, tier BIGINT NOT NULL, slot_s BIGINT NOT NULL, points TEXT NOT NULL,
                                        PRIMARY KEY (series_group, tier, slot_s));
           CREATE INDEX metrics_blocks_by_age ON metrics_blocks (tier, slot_s);)"},
};

void report_damage(const BlockKey& key) {
  log::error("telemetry/metrics", "a block is damaged and was left out",
             {{"group", std::to_string(key.group)}, {"tier", std::to_string(key.tier)}, {"slot", std::to_string(key.slot_s)}});
}

}  // namespace

std::size_t BlockTable::KeyHash::operator()(const BlockKey& key) const {
  return std::hash<std::uint64_t>{}(static_cast<std::uint64_t>(key.slot_s) * 0x9E3779B97F4A7C15ULL ^
                                    (std::uint64_t{key.group} << 3 | key.tier));
}

Result<void> BlockTable::migrate() { return database_.migrate("metrics", migrations); }

Result<void> BlockTable::in_transaction(const std::function<void()>& work) {
  database_.begin_group();
  database_.enter();
  work();
  const bool poisoned = database_.poisoned();
  database_.leave(!poisoned);
  auto committed = database_.commit_group();
  // what was taken into memory of a transaction that is gone is not so
  if (poisoned || !committed) forget_all();
  if (poisoned) return fail(ErrorKind::unavailable, "The blocks could not be written.");
  return committed;
}

void BlockTable::each_group(const std::function<void(Group)>& visit) {
  for (const storage::Row& row :
       database_.query("SELECT series_group, applied, last_seen, names FROM metrics_groups ORDER BY series_group")) {
    Group group{static_cast<GroupId>(row.integer(0)), static_cast<std::uint64_t>(row.integer(1)), {}, {}};
    if (decode_names(row.text(3), group.keys) && decode_seen(row.text(2), group.keys.size(), group.last_seen_s))
      visit(std::move(group));
    else
      log::error("telemetry/metrics", "the names of a group of series are damaged", {{"group", std::to_string(group.id)}});
  }
}

void BlockTable::put_group(const Group& group) {
  database_.execute(
      "INSERT INTO metrics_groups (series_group, applied, last_seen, names) VALUES (?, ?, ?, ?) ON CONFLICT (series_group) DO UPDATE SET "
      "applied = excluded.applied, last_seen = excluded.last_seen, names = excluded.names",
      {std::int64_t{group.id}, static_cast<std::int64_t>(group.applied), encode_seen(group.last_seen_s), encode_names(group.keys)});
}

void BlockTable::put_group_but_keys(const Group& group) {
  database_.execute("UPDATE metrics_groups SET applied = ?, last_seen = ? WHERE series_group = ?",
                    {static_cast<std::int64_t>(group.applied), encode_seen(group.last_seen_s), std::int64_t{group.id}});
}

// --- blocks in memory

BlockTable::SlotLists& BlockTable::slot_lists(GroupId group) {
  if (const auto known = slots_.find(group); known != slots_.end()) return known->second;
  if (slots_.size() >= slot_lists_max) slots_.clear();
  SlotLists& lists = slots_[group];
  for (const storage::Row& row :
       database_.query("SELECT tier, slot_s FROM metrics_blocks WHERE series_group = ? ORDER BY tier, slot_s", {std::int64_t{group}}))
    lists[static_cast<std::size_t>(row.integer(0))].push_back(row.integer(1));
  return lists;
}

void BlockTable::keep(const BlockKey& key, std::shared_ptr<const std::string> bytes) {
  forget(key);
  kept_bytes_ += bytes->size();
  kept_.push_front({key, std::move(bytes)});
  kept_at_[key] = kept_.begin();
  while (kept_bytes_ > kept_bytes_max) forget(BlockKey(kept_.back().key));
}

void BlockTable::forget(const BlockKey& key) {
  const auto at = kept_at_.find(key);
  if (at == kept_at_.end()) return;
  kept_bytes_ -= at->second->bytes->size();
  kept_.erase(at->second);
  kept_at_.erase(at);
}

void BlockTable::forget_all() {
  kept_.clear();
  kept_at_.clear();
  kept_bytes_ = 0;
  slots_.clear();
}

std::shared_ptr<const std::string> BlockTable::block(const BlockKey& key) {
  if (const auto at = kept_at_.find(key); at != kept_at_.end()) {
    kept_.splice(kept_.begin(), kept_, at->second);
    return at->second->bytes;
  }
  const auto row = database_.query_one("SELECT points FROM metrics_blocks WHERE series_group = ? AND tier = ? AND slot_s = ?",
                                       {std::int64_t{key.group}, int{key.tier}, key.slot_s});
  if (!row) return nullptr;
  auto bytes = std::make_shared<const std::string>(row->text(0));
  keep(key, bytes);
  return bytes;
}

std::vector<std::int64_t> BlockTable::slots(GroupId group, std::uint8_t tier, std::int64_t first_slot_s, std::int64_t end_s) {
  const std::vector<std::int64_t>& all = slot_lists(group)[tier];
  return {std::lower_bound(all.begin(), all.end(), first_slot_s), std::lower_bound(all.begin(), all.end(), end_s)};
}

// --- writing

void BlockTable::write(const BlockKey& key, std::string bytes) {
  database_.execute(
      "INSERT INTO metrics_blocks (series_group, tier, slot_s, points) VALUES (?, ?, ?, ?) ON CONFLICT (series_group, tier, slot_s) DO "
      "UPDATE SET points = excluded.points",
      {std::int64_t{key.group}, int{key.tier}, key.slot_s, bytes});
  std::vector<std::int64_t>& slots = slot_lists(key.group)[key.tier];
  const auto place = std::lower_bound(slots.begin(), slots.end(), key.slot_s);
  if (place == slots.end() || *place != key.slot_s) slots.insert(place, key.slot_s);
  // what was read is read again; what is only written does not push it out
  if (kept_at_.contains(key)) keep(key, std::make_shared<const std::string>(std::move(bytes)));
}

void BlockTable::remove(const BlockKey& key) {
  database_.execute("DELETE FROM metrics_blocks WHERE series_group = ? AND tier = ? AND slot_s = ?",
                    {std::int64_t{key.group}, int{key.tier}, key.slot_s});
  forget(key);
  if (const auto lists = slots_.find(key.group); lists != slots_.end()) std::erase(lists->second[key.tier], key.slot_s);
}

void BlockTable::merge(const BlockKey& key, const std::vector<MemberRun>& runs) {
  std::shared_ptr<const std::string> before;
  const std::vector<std::int64_t>& known = slot_lists(key.group)[key.tier];
  if (std::binary_search(known.begin(), known.end(), key.slot_s)) before = block(key);
  std::vector<MemberBytes> old;
  if (before) {
    auto parts = parts_of_block(*before);
    if (!parts) report_damage(key);
    old = std::move(parts).value_or(std::vector<MemberBytes>{});
  }
  std::vector<MemberBytes> parts;
  std::list<std::string> written;
  Integers scratch;
  auto kept = old.begin();
  for (const MemberRun& each : runs) {
    while (kept != old.end() && kept->member < each.member) parts.push_back(*kept++);
    PeriodRun both;
    if (kept != old.end() && kept->member == each.member)
      if (!both.decode((kept++)->bytes, key.times(), scratch)) report_damage(key);
    both.merge(each.run);
    parts.push_back({each.member, written.emplace_back(both.encode(key.times()))});
  }
  parts.insert(parts.end(), kept, old.end());
  write(key, encode_series_block(parts));
}

// --- growing old

void BlockTable::move_up(const BlockKey& key) {
  const auto fine = block(key);
  const auto parts = fine ? parts_of_block(*fine) : std::nullopt;
  if (!parts) return report_damage(key);
  const auto coarse_tier = static_cast<std::uint8_t>(key.tier + 1);
  const Tier& coarse = tiers[coarse_tier];
  std::map<std::int64_t, std::vector<MemberRun>> by_slot;
  PeriodRun run;
  Integers scratch;
  for (const MemberBytes& part : *parts) {
    if (!run.decode(part.bytes, key.times(), scratch)) report_damage(key);
    for (std::size_t i = 0; i < run.size(); ++i) {
      auto& runs = by_slot[floor_to(run.time_s(i), coarse.slot_s)];
      if (runs.empty() || runs.back().member != part.member) runs.push_back({part.member, {}});
      const std::int64_t time_s = floor_to(run.time_s(i), coarse.resolution_s);
      if (run.plain())
        runs.back().run.add(time_s, run.value(i));
      else
        runs.back().run.merge(time_s, run.aggregate(i));
    }
  }
  for (const auto& [slot_s, runs] : by_slot) merge({key.group, coarse_tier, slot_s}, runs);
}

std::size_t BlockTable::roll_up(std::int64_t now_s, std::size_t cost_max) {
  std::size_t cost = 0;
  for (std::uint8_t tier = 0; tier < tiers.size() && cost < cost_max; ++tier) {
    const bool moves = tier == 1 || tier == 2;
    const std::size_t each_costs = moves ? move_cost : 1;
    const std::size_t count_max = std::max<std::size_t>((cost_max - cost) / each_costs, 1);
    const std::int64_t before_s = now_s - tiers[tier].kept_s - tiers[tier].slot_s;
    const auto rows = database_.query(
        "SELECT series_group, slot_s FROM metrics_blocks WHERE tier = ? AND slot_s < ? ORDER BY slot_s, series_group LIMIT ?",
        {int{tier}, before_s, count_max});
    for (const storage::Row& row : rows) {
      const BlockKey key{static_cast<GroupId>(row.integer(0)), tier, row.integer(1)};
      if (moves) move_up(key);
      remove(key);
    }
    cost += rows.size() * each_costs;
  }
  return cost;
}

std::uint64_t BlockTable::flushed_below() {
  const auto row = database_.query_one("SELECT value FROM metrics_progress WHERE name = 'flushed_below'");
  return row ? static_cast<std::uint64_t>(row->integer(0)) : 0;
}

void BlockTable::keep_flushed_below(std::uint64_t offset) {
  database_.execute(
      "INSERT INTO metrics_progress (name, value) VALUES ('flushed_below', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      {static_cast<std::int64_t>(offset)});
}

}  // namespace tocsin::telemetry
