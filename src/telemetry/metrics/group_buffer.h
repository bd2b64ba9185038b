// What came in for a group of series since its blocks were last written: single values in the order of their arrival, 16 bytes each, and
// samples of other kinds beside them.
#pragma once

#include <map>
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
  void visit(Member member, std::uint8_t tier, std::int64_t from_s, std::int64_t to_s, Visit&& visit) const {
    const std::int64_t resolution_s = tiers[tier].resolution_s;
    for (const Value& each : values_) {
      if (each.member != member || (tier == 0 && !each.by_second)) continue;
      const std::int64_t time_s = floor_to(each.time_s, resolution_s);
      if (time_s >= from_s && time_s < to_s) visit(time_s, each.value);
    }
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

  std::vector<Value> values_;
  std::vector<Other> samples_;
  std::size_t sample_bytes_ = 0;
};

}  // namespace tocsin::telemetry
