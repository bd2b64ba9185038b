// What came in for a group of series since its blocks were last written: single values in the order of their arrival, 16 bytes each, and
// samples of other kinds beside them.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <vector>

#include "telemetry/metrics/block_table.h"
#include "telemetry/metrics/metric.h"

namespace tocsin::telemetry {

class GroupBuffer {
 public:
  /// `by_second`: it is kept by the second too.
  void add(Member member, std::int64_t time_s, bool by_second, double value);
  void add(Member member, std::int64_t time_s, bool by_second, const Sample& sample);

  bool empty() const { return values_.empty() && samples_.empty(); }
  std::size_t bytes() const { return values_.capacity() * sizeof(Value) + sample_bytes_; }
  void clear();

  /// By tier and slot, the members ascending.
  std::map<std::pair<std::uint8_t, std::int64_t>, std::vector<MemberRun>> runs() const;

  /// What a tier holds of a member within [from, to), as (time of the period, double or Aggregate), in the order of arrival.
  template <typename Visit>
  void visit(Member member, std::uint8_t tier, std::int64_t from_s, std::int64_t to_s, Visit&& visit) {
    const std::int64_t resolution_s = tiers[tier].resolution_s;
    const auto tell = [&](const Value& each) {
      if (tier == 0 && !each.by_second) return;
      const std::int64_t time_s = floor_to(each.time_s, resolution_s);
      if (time_s >= from_s && time_s < to_s) visit(time_s, each.value);
    };
    sort_for_reading();
    const std::size_t sorted = sorted_ ? sorted_->back() : 0;
    if (sorted_)
      for (std::size_t i = (*sorted_)[member]; i < (*sorted_)[member + 1u]; ++i) tell(values_[i]);
    for (std::size_t i = sorted; i < values_.size(); ++i)
      if (values_[i].member == member) tell(values_[i]);
    for (const Other& each : samples_) {
      if (each.member != member || (tier == 0 && !each.by_second)) continue;
      const std::int64_t time_s = floor_to(each.time_s, resolution_s);
      if (time_s < from_s || time_s >= to_s) continue;
      Aggregate aggregate;
      aggregate.add(each.sample);
      visit(time_s, aggregate);
    }
  }

 private:
  /// Where the members' values begin, and where those of the last end.
  using Begins = std::array<std::uint32_t, group_size + 1>;
  struct Value {
    std::uint32_t time_s;
    Member member;
    bool by_second;
    double value;
  };
  struct Other {
    std::int64_t time_s;
    Member member;
    bool by_second;
    Sample sample;
  };

  /// The members' values one after another, each in the order of arrival.
  Begins by_member(std::vector<Value>& sorted) const;
  /// So that who reads one series does not pass over those of the others; what came since then is passed over until it is much.
  void sort_for_reading();

  std::vector<Value> values_;
  std::unique_ptr<Begins> sorted_;  ///< the values up to its end are by member
  std::vector<Other> samples_;
  std::size_t sample_bytes_ = 0;
};

}  // namespace tocsin::telemetry
