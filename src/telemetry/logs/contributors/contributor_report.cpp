#include "telemetry/logs/contributors/contributor_report.h"

#include <algorithm>

namespace tocsin::telemetry {

void ContributorReport::add(const std::vector<std::string>& keys, std::int64_t time_ms, double value) {
  auto found = contributors_.find(keys);
  if (found == contributors_.end()) {
    if (contributors_.size() >= contributors_max) return;
    found = contributors_.emplace(keys, Contributor{.keys = keys}).first;
  }
  const std::int64_t at = start_ms_ + (time_ms - start_ms_) / period_ms_ * period_ms_;
  Contributor& contributor = found->second;
  Period& period = periods_[at];
  const auto [place, is_new] = contributor.values.emplace(at, 0);
  place->second += value;
  contributor.aggregate += value;
  total_ += value;
  period.contributors += is_new;
  period.greatest = std::max(period.greatest, place->second);
  period.minimum = period.samples == 0 ? value : std::min(period.minimum, value);
  period.maximum = period.samples == 0 ? value : std::max(period.maximum, value);
  period.samples += 1;
  period.sum += value;
}

std::vector<ContributorReport::Contributor> ContributorReport::top(std::size_t count_max, Order order) const {
  const auto rank = [&](const Contributor* contributor) {
    if (order == Order::by_sum) return contributor->aggregate;
    double best = 0;
    for (const auto& [at, value] : contributor->values) best = std::max(best, value);
    return best;
  };
  std::vector<std::pair<double, const Contributor*>> ranked;
  for (const auto& [keys, contributor] : contributors_) ranked.emplace_back(rank(&contributor), &contributor);
  const std::size_t count = std::min(count_max, ranked.size());
  // of equal ones the first by name
  std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(count), ranked.end(),
                    [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second->keys < b.second->keys; });
  std::vector<Contributor> top;
  for (std::size_t i = 0; i < count; ++i) top.push_back(*ranked[i].second);
  return top;
}

}  // namespace tocsin::telemetry
