#include "events/patterns/number_ranges.h"

#include <algorithm>

namespace tocsin::events {
namespace {
constexpr std::size_t recent_max = 32;
}

void NumberRanges::add(const NumberRange& range, std::uint32_t meaning) { recent_.push_back({range, meaning}); }

void NumberRanges::remove(const NumberRange& range, std::uint32_t meaning) {
  const auto same = [&](const Entry& entry) { return entry.meaning == meaning; };
  if (std::erase_if(recent_, same) > 0) return;
  auto at = std::ranges::lower_bound(sorted_, range.low, {}, [](const Entry& entry) { return entry.range.low; });
  at = std::find_if(at, sorted_.end(), same);
  if (at == sorted_.end()) return;
  sorted_.erase(at);
  is_stale_ = true;
}

/// The few that came since are looked at one by one, until they are a share of all.
void NumberRanges::settle() {
  if (recent_.size() > recent_max + sorted_.size() / 8) {
    const auto by_low = [](const Entry& a, const Entry& b) { return a.range.low < b.range.low; };
    std::ranges::sort(recent_, by_low);
    const auto middle = static_cast<std::ptrdiff_t>(sorted_.size());
    sorted_.insert(sorted_.end(), recent_.begin(), recent_.end());
    std::inplace_merge(sorted_.begin(), sorted_.begin() + middle, sorted_.end(), by_low);
    recent_.clear();
    is_stale_ = true;
  }
  if (!is_stale_) return;
  is_stale_ = false;
  farthest_.resize(sorted_.size());
  if (!sorted_.empty()) note_ends(0, sorted_.size());
}

double NumberRanges::note_ends(std::size_t from, std::size_t to) {
  const std::size_t middle = from + (to - from) / 2;
  double farthest = sorted_[middle].range.high;
  if (from < middle) farthest = std::max(farthest, note_ends(from, middle));
  if (middle + 1 < to) farthest = std::max(farthest, note_ends(middle + 1, to));
  return farthest_[middle] = farthest;
}

void NumberRanges::find_within(std::size_t from, std::size_t to, double number, std::vector<std::uint32_t>& meanings) const {
  while (from < to) {
    const std::size_t middle = from + (to - from) / 2;
    if (farthest_[middle] < number) return;
    find_within(from, middle, number, meanings);
    const Entry& entry = sorted_[middle];
    if (entry.range.low > number) return;
    if (entry.range.holds(number)) meanings.push_back(entry.meaning);
    from = middle + 1;
  }
}

void NumberRanges::find(double number, std::vector<std::uint32_t>& meanings) {
  settle();
  for (const Entry& entry : recent_)
    if (entry.range.holds(number)) meanings.push_back(entry.meaning);
  find_within(0, sorted_.size(), number, meanings);
}

}  // namespace tocsin::events
