// What of a channel is in memory: parcels that go next and parcels in the air, by lane. A lane is a destination; lanes take turns, and one
// that is slow or silent fills its own share alone and sees it shrink to one parcel at a time, until it answers again. A value; no clock,
// no storage.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "delivery/parcel_store.h"

namespace tocsin::delivery {

using SharedParcel = std::shared_ptr<StoredParcel>;

class Lanes {
 public:
  /// How many may be in the air at once, in all and of one lane; parcels without a lane share the whole.
  void set_limits(std::size_t in_the_air_max, std::size_t per_lane_max);

  /// Waiting, in the air or coming down.
  bool knows(const std::string& id) const { return known_.contains(id); }
  std::size_t size() const { return known_.size(); }
  bool has_room() const { return waiting_ < waiting_max && waiting_bytes_ < waiting_bytes_max; }
  bool is_half_empty() const { return waiting_ < waiting_max / 2 && waiting_bytes_ < waiting_bytes_max / 2; }
  bool has_room(const std::string& lane) const;

  /// At the end of its lane; false when it is known already.
  bool add(SharedParcel parcel);
  /// The next that may fly, which is in the air then; null when none may.
  SharedParcel take();
  /// Marks one that ends without flying; false when it is known already.
  bool adopt(const std::string& id) { return known_.try_emplace(id).second; }
  /// Takes one out that waits; false when it does not wait.
  bool withdraw(const std::string& id);
  /// It flew and its outcome is written: `answered` when anything came back.
  void landed(const std::string& id, const std::string& lane, bool answered);
  /// It ended without having flown.
  void ended(const std::string& id) { known_.erase(id); }

  /// Lanes that have more in the store than the store shows as due.
  void hold(const std::string& lane) { held_.insert(lane); }
  bool is_held(const std::string& lane) const { return held_.contains(lane); }
  void release(const std::string& lane) { held_.erase(lane); }
  std::vector<std::string> held_with_room() const;

  static constexpr std::size_t waiting_max = 16'384;
  /// Of their texts; in memory they are a few times as large.
  static constexpr std::size_t waiting_bytes_max = std::size_t{12} << 20;
  static constexpr std::size_t lane_waiting_max = 256;

 private:
  struct Lane {
    std::deque<SharedParcel> waiting;
    std::size_t in_the_air = 0;
    std::size_t limit = 0;
    bool in_turn = false;
  };
  std::size_t limit_of(const std::string& lane) const { return lane.empty() ? in_the_air_max_ : per_lane_max_; }
  Lane& lane_of(const std::string& name);
  void take_turn(const std::string& name, Lane& lane);
  void forget_if_idle(const std::string& name);

  std::size_t in_the_air_max_ = 32;
  std::size_t per_lane_max_ = 32;
  std::size_t in_the_air_ = 0;
  std::size_t waiting_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::unordered_map<std::string, Lane> lanes_;
  std::deque<std::string> turns_;
  std::unordered_map<std::string, std::string> known_;  ///< id to lane
  std::unordered_set<std::string> held_;
};

}  // namespace tocsin::delivery
