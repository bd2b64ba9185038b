#include "delivery/lanes.h"

#include <algorithm>

namespace tocsin::delivery {

void Lanes::set_limits(std::size_t in_the_air_max, std::size_t per_lane_max) {
  in_the_air_max_ = in_the_air_max;
  per_lane_max_ = per_lane_max;
}

bool Lanes::has_room(const std::string& lane) const {
  const auto found = lanes_.find(lane);
  return found == lanes_.end() || lane.empty() || found->second.waiting.size() < lane_waiting_max;
}

Lanes::Lane& Lanes::lane_of(const std::string& name) {
  const auto [found, fresh] = lanes_.try_emplace(name);
  if (fresh) found->second.limit = limit_of(name);
  return found->second;
}

void Lanes::take_turn(const std::string& name, Lane& lane) {
  if (lane.in_turn || lane.waiting.empty() || lane.in_the_air >= lane.limit) return;
  lane.in_turn = true;
  turns_.push_back(name);
}

bool Lanes::add(SharedParcel parcel) {
  if (!known_.try_emplace(parcel->parcel.id, parcel->parcel.lane).second) return false;
  const std::string& name = parcel->parcel.lane;
  Lane& lane = lane_of(name);
  lane.waiting.push_back(std::move(parcel));
  ++waiting_;
  waiting_bytes_ += lane.waiting.back()->bytes;
  take_turn(lane.waiting.back()->parcel.lane, lane);
  return true;
}

SharedParcel Lanes::take() {
  while (in_the_air_ < in_the_air_max_ && !turns_.empty()) {
    const std::string name = std::move(turns_.front());
    turns_.pop_front();
    const auto found = lanes_.find(name);
    if (found == lanes_.end()) continue;
    Lane& lane = found->second;
    lane.in_turn = false;
    if (lane.waiting.empty() || lane.in_the_air >= lane.limit) continue;
    SharedParcel parcel = std::move(lane.waiting.front());
    lane.waiting.pop_front();
    --waiting_;
    waiting_bytes_ -= parcel->bytes;
    ++lane.in_the_air;
    ++in_the_air_;
    take_turn(name, lane);
    return parcel;
  }
  return nullptr;
}

bool Lanes::withdraw(const std::string& id) {
  const auto known = known_.find(id);
  if (known == known_.end()) return false;
  const std::string name = known->second;
  const auto found = lanes_.find(name);
  if (found == lanes_.end()) return false;
  std::deque<SharedParcel>& waiting = found->second.waiting;
  const auto parcel = std::ranges::find_if(waiting, [&](const SharedParcel& each) { return each->parcel.id == id; });
  if (parcel == waiting.end()) return false;
  waiting_bytes_ -= (*parcel)->bytes;
  waiting.erase(parcel);
  --waiting_;
  known_.erase(id);
  forget_if_idle(name);
  return true;
}

void Lanes::landed(const std::string& id, const std::string& name, bool answered) {
  known_.erase(id);
  --in_the_air_;
  Lane& lane = lane_of(name);
  if (lane.in_the_air > 0) --lane.in_the_air;
  lane.limit = answered ? std::min(limit_of(name), lane.limit + 1) : std::max<std::size_t>(1, lane.limit / 4);
  // those without a lane are not of one destination
  if (name.empty()) lane.limit = limit_of(name);
  take_turn(name, lane);
  forget_if_idle(name);
}

/// A silent lane is remembered, so that it does not begin with its whole share again.
void Lanes::forget_if_idle(const std::string& name) {
  const auto found = lanes_.find(name);
  if (found == lanes_.end()) return;
  const Lane& lane = found->second;
  const bool idle = lane.waiting.empty() && lane.in_the_air == 0 && !lane.in_turn;
  if (idle && (lane.limit >= limit_of(name) || lanes_.size() > 10'000)) lanes_.erase(found);
}

std::vector<std::string> Lanes::held_with_room() const {
  std::vector<std::string> found;
  for (const std::string& name : held_)
    if (const auto lane = lanes_.find(name); lane == lanes_.end() || lane->second.waiting.size() < lane_waiting_max / 4)
      found.push_back(name);
  return found;
}

}  // namespace tocsin::delivery
