// The rows of the telemetry database: groups of series, their blocks, and up to where the ingest log is in them. What the release before
// wrote (a row a chunk) is read by legacy_chunks.h alone. Blocks that were read stay in memory, up to a bound.
#pragma once

#include <array>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <unordered_map>

#include "storage/sql.h"
#include "telemetry/metrics/period_run.h"
#include "telemetry/metrics/retention.h"
#include "telemetry/metrics/series_block.h"

namespace tocsin::telemetry {

/// One block's place.
struct BlockKey {
  GroupId group;
  std::uint8_t tier;
  std::int64_t slot_s;
  bool operator==(const BlockKey&) const = default;
  SlotTimes times() const { return {slot_s, tiers[tier].resolution_s}; }
};

struct MemberRun {
  Member member;
  PeriodRun run;
};

class BlockTable {
 public:
  explicit BlockTable(storage::Database& database) : database_(database) {}

  Result<void> migrate();
  /// Everything that `work` writes, or nothing.
  Result<void> in_transaction(const std::function<void()>& work);

  /// A group as it is kept: its series' keys and when each was last seen, by member; records of the log below `applied` are in its blocks.
  struct Group {
    GroupId id = 0;
    std::uint64_t applied = 0;
    std::vector<std::pair<Member, std::string>> keys;
    std::vector<std::int64_t> last_seen_s;  ///< of each of the keys
  };
  void each_group(const std::function<void(Group)>& visit);
  void put_group(const Group& group);
  /// The same for one whose keys are as its row has them.
  void put_group_but_keys(const Group& group);

  /// The block; nullptr when there is none.
  std::shared_ptr<const std::string> block(const BlockKey& key);
  /// The slots in [first, end) that have one, ascending.
  std::vector<std::int64_t> slots(GroupId group, std::uint8_t tier, std::int64_t first_slot_s, std::int64_t end_s);
  /// Adds `runs` (ascending by member) to what the block holds.
  void merge(const BlockKey& key, const std::vector<MemberRun>& runs);

  /// Moves blocks that their tier keeps no longer into the next one, and removes those that none keeps, with a cost of at most `cost_max`:
  /// a removal costs 1, a move `move_cost`. Gives the cost.
  std::size_t roll_up(std::int64_t now_s, std::size_t cost_max);
  static constexpr std::size_t move_cost = 32;

  std::uint64_t flushed_below();
  void keep_flushed_below(std::uint64_t offset);

  storage::Database& database() { return database_; }

 private:
  struct KeyHash {
    std::size_t operator()(const BlockKey& key) const;
  };
  struct Kept {
    BlockKey key;
    std::shared_ptr<const std::string> bytes;
  };
  using SlotLists = std::array<std::vector<std::int64_t>, tiers.size()>;

  void write(const BlockKey& key, std::string bytes);
  void remove(const BlockKey& key);
  void move_up(const BlockKey& key);
  SlotLists& slot_lists(GroupId group);
  void keep(const BlockKey& key, std::shared_ptr<const std::string> bytes);
  void forget(const BlockKey& key);
  void forget_all();

  storage::Database& database_;
  std::list<Kept> kept_;  ///< the last used first
  std::unordered_map<BlockKey, std::list<Kept>::iterator, KeyHash> kept_at_;
  std::size_t kept_bytes_ = 0;
  std::unordered_map<GroupId, SlotLists> slots_;  ///< of the groups that were asked for
};

}  // namespace tocsin::telemetry
