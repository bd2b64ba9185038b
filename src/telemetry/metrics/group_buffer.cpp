#include "telemetry/metrics/group_buffer.h"

#include <algorithm>

namespace tocsin::telemetry {
namespace {

using Runs = std::map<std::pair<std::uint8_t, std::int64_t>, std::vector<MemberRun>>;

/// Finds the run of a member that points belong to; they mostly belong to the one before.
class RunFinder {
 public:
  RunFinder(Runs& runs, Member member, std::uint8_t tier) : runs_(runs), member_(member), tier_(tier) {}

  PeriodRun& at(std::int64_t time_s) {
    const std::int64_t slot_s = floor_to(time_s, tiers[tier_].slot_s);
    if (!run_ || slot_s != slot_s_) {
      auto& members = runs_[{tier_, slot_s}];
      if (members.empty() || members.back().member != member_) members.push_back({member_, {}});
      run_ = &members.back().run;
      slot_s_ = slot_s;
    }
    return *run_;
  }

 private:
  Runs& runs_;
  const Member member_;
  const std::uint8_t tier_;
  std::int64_t slot_s_ = 0;
  PeriodRun* run_ = nullptr;
};

}  // namespace

void GroupBuffer::add(Member member, std::int64_t time_s, bool by_second, double value) {
  if (time_s < 0 || time_s > std::int64_t{0xffffffff}) return add(member, time_s, by_second, Sample(value));
  values_.push_back({static_cast<std::uint32_t>(time_s), member, by_second, value});
}

void GroupBuffer::add(Member member, std::int64_t time_s, bool by_second, const Sample& sample) {
  const bool fits = time_s >= 0 && time_s <= std::int64_t{0xffffffff};
  if (const double* value = std::get_if<double>(&sample); value && fits) return add(member, time_s, by_second, *value);
  samples_.push_back({time_s, member, by_second, sample});
  sample_bytes_ += 2 * sizeof(Other);
  if (const auto* values = std::get_if<std::vector<WeightedValue>>(&sample)) sample_bytes_ += values->size() * sizeof(WeightedValue);
}

void GroupBuffer::clear() {
  // to give their room back: assigning {} keeps it
  std::vector<Value>().swap(values_);
  sorted_.reset();
  std::vector<Other>().swap(samples_);
  sample_bytes_ = 0;
}

GroupBuffer::Begins GroupBuffer::by_member(std::vector<Value>& sorted) const {
  Begins begins{};
  for (const Value& each : values_) ++begins[each.member + 1u];
  for (std::size_t i = 1; i < begins.size(); ++i) begins[i] += begins[i - 1];
  sorted.resize(values_.size());
  auto next = begins;
  for (const Value& each : values_) sorted[next[each.member]++] = each;
  return begins;
}

void GroupBuffer::sort_for_reading() {
  const std::size_t sorted_count = sorted_ ? sorted_->back() : 0;
  constexpr std::size_t unsorted_max = 256;
  if (values_.size() - sorted_count <= std::max(unsorted_max, sorted_count / 4)) return;
  std::vector<Value> sorted;
  // its bytes are counted by their room
  sorted.reserve(values_.capacity());
  const Begins begins = by_member(sorted);
  values_.swap(sorted);
  if (!sorted_) sorted_ = std::make_unique<Begins>();
  *sorted_ = begins;
}

Runs GroupBuffer::runs() const {
  std::vector<Value> sorted;
  const Begins begins = by_member(sorted);
  Runs runs;
  for (std::size_t member = 0; member < group_size; ++member) {
    RunFinder minutes(runs, static_cast<Member>(member), 1), seconds(runs, static_cast<Member>(member), 0);
    for (std::size_t i = begins[member]; i < begins[member + 1]; ++i) {
      const std::int64_t time_s = sorted[i].time_s;
      minutes.at(time_s).add(floor_to(time_s, tiers[1].resolution_s), sorted[i].value);
      if (sorted[i].by_second) seconds.at(time_s).add(time_s, sorted[i].value);
    }
    for (const Other& each : samples_) {
      if (each.member != member) continue;
      minutes.at(each.time_s).add(floor_to(each.time_s, tiers[1].resolution_s), each.sample);
      if (each.by_second) seconds.at(each.time_s).add(each.time_s, each.sample);
    }
  }
  return runs;
}

}  // namespace tocsin::telemetry
