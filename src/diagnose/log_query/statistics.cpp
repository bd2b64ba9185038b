#include "diagnose/log_query/statistics.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

namespace tocsin::diagnose {
namespace {

constexpr std::size_t exact_numbers_max = 100'000;
constexpr std::size_t text_overhead_bytes = 64;

Value without_moment(const Value& value) {
  const auto* moment = std::get_if<Moment>(&value);
  return moment ? Value(static_cast<double>(moment->ms)) : value;
}

}  // namespace

StatisticState::StatisticState(const StatisticState& other)
    : statistic_(other.statistic_),
      count_(other.count_),
      sum_(other.sum_),
      mean_(other.mean_),
      squares_(other.squares_),
      extreme_(other.extreme_),
      first_(other.first_),
      extreme_ms_(other.extreme_ms_),
      first_ms_(other.first_ms_),
      kept_(other.kept_ ? std::make_unique<Kept>(*other.kept_) : nullptr) {}

StatisticState::Kept& StatisticState::kept() {
  if (!kept_) kept_ = std::make_unique<Kept>();
  return *kept_;
}

std::size_t StatisticState::keep_number(double number) {
  Kept& k = kept();
  if (k.numbers.size() < exact_numbers_max && k.distribution.empty()) {
    k.numbers.push_back(number);
    return sizeof(double);
  }
  for (const double each : std::exchange(k.numbers, {})) k.distribution.add(each, 1);
  k.distribution.add(number, 1);
  return 0;
}

std::size_t StatisticState::keep_text(const Value& value) {
  Kept& k = kept();
  // all digits: numbers that are shown alike are not the same
  const auto* number = std::get_if<double>(&value);
  auto [at, added] = k.texts.try_emplace(key_text_of(value), Counted{0, k.values.size()});
  ++at->second.count;
  if (!added) {
    // of the number 1 and the text "1" the number, whichever came first
    if (number && statistic_ != Statistic::count_distinct) k.values[at->second.place] = value;
    return 0;
  }
  if (statistic_ != Statistic::count_distinct) k.values.push_back(without_moment(value));
  return at->first.size() + text_overhead_bytes;
}

void StatisticState::keep_extreme(const Value& value, std::int64_t time_ms, bool better) {
  if (!is_null(extreme_) && !better) return;
  extreme_ = value;
  extreme_ms_ = time_ms;
}

std::size_t StatisticState::add(const Value& value, std::int64_t time_ms) {
  if (is_null(value) || is_structure(value)) return 0;
  switch (statistic_) {
    case Statistic::count:
    case Statistic::count_of:
      ++count_;
      return 0;
    case Statistic::count_distinct:
    case Statistic::values:
    case Statistic::topk:
      return keep_text(value);
    case Statistic::min:
    case Statistic::sorts_first:
      keep_extreme(value, time_ms, sorts_before(value, extreme_));
      return 0;
    case Statistic::max:
    case Statistic::sorts_last:
      keep_extreme(value, time_ms, sorts_before(extreme_, value));
      return 0;
    case Statistic::earliest:
      keep_extreme(value, time_ms, time_ms < extreme_ms_);
      return 0;
    case Statistic::latest:
      keep_extreme(value, time_ms, time_ms > extreme_ms_);
      return 0;
    default:
      break;
  }
  const auto number = number_of(value);
  return number ? add_number(*number, time_ms) : 0;
}

bool StatisticState::takes_numbers(Statistic statistic) {
  switch (statistic) {
    case Statistic::sum:
    case Statistic::avg:
    case Statistic::stddev:
    case Statistic::variance:
    case Statistic::pct:
    case Statistic::histogram:
    case Statistic::rate:
      return true;
    default:
      return false;
  }
}

std::size_t StatisticState::add_number(double number, std::int64_t time_ms) {
  ++count_;
  sum_ += number;
  // Welford's way, which keeps its digits
  const double delta = number - mean_;
  mean_ += delta / count_;
  squares_ += delta * (number - mean_);
  if (statistic_ == Statistic::rate) {
    keep_extreme(number, time_ms, time_ms > extreme_ms_);
    if (is_null(first_) || time_ms < first_ms_) first_ = number, first_ms_ = time_ms;
  }
  return statistic_ == Statistic::pct || statistic_ == Statistic::histogram ? keep_number(number) : 0;
}

/// The nearest rank: how the service interpolates is not documented.
Value StatisticState::percentile(double percent) const {
  if (!kept_->distribution.empty()) return kept_->distribution.quantile(percent / 100);
  std::vector<double> numbers = kept_->numbers;
  const double rank = std::ceil(percent / 100 * static_cast<double>(numbers.size()));
  const auto at = numbers.begin() + static_cast<std::ptrdiff_t>(std::clamp(rank - 1, 0.0, static_cast<double>(numbers.size() - 1)));
  std::nth_element(numbers.begin(), at, numbers.end());
  return *at;
}

/// Ranges of equal width from the least to the greatest, each closed below and open above but for the last.
Value StatisticState::histogram(std::size_t buckets) const {
  std::vector<telemetry::WeightedValue> values = kept_->distribution.values();
  for (const double number : kept_->numbers) values.push_back({number, 1});
  const auto [low, high] =
      std::minmax_element(values.begin(), values.end(), [](const auto& a, const auto& b) { return a.value < b.value; });
  const double min = low->value, width = (high->value - low->value) / static_cast<double>(buckets);
  std::vector<double> counts(width > 0 ? buckets : 1);
  for (const auto& each : values) {
    const double bucket = width > 0 ? std::floor((each.value - min) / width) : 0;
    counts[std::min(static_cast<std::size_t>(bucket), counts.size() - 1)] += each.count;
  }
  Object map;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double begin = min + width * static_cast<double>(i);
    map[text_of(begin) + '-' + text_of(begin + width)] = static_cast<std::int64_t>(counts[i]);
  }
  return std::make_shared<const Document>(std::move(map));
}

/// The most frequent first; of equals the one that sorts first.
Value StatisticState::top(std::size_t k) const {
  std::vector<std::pair<std::uint64_t, const Value*>> counted;
  for (const auto& [text, each] : kept_->texts) counted.emplace_back(each.count, &kept_->values[each.place]);
  std::sort(counted.begin(), counted.end(),
            [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : sorts_before(*a.second, *b.second); });
  Array top;
  for (std::size_t i = 0; i < std::min(k, counted.size()); ++i) top.push_back(document_of(*counted[i].second));
  return std::make_shared<const Document>(std::move(top));
}

Value StatisticState::result(double parameter) const {
  switch (statistic_) {
    case Statistic::count:
    case Statistic::count_of:
      return count_;
    case Statistic::count_distinct:
      return kept_ ? static_cast<double>(kept_->texts.size()) : 0.0;
    case Statistic::min:
    case Statistic::max:
    case Statistic::earliest:
    case Statistic::latest:
    case Statistic::sorts_first:
    case Statistic::sorts_last:
      return without_moment(extreme_);
    case Statistic::values: {
      std::vector<Value> values = kept_ ? kept_->values : std::vector<Value>{};
      std::sort(values.begin(), values.end(), sorts_before);
      Array list;
      for (const Value& value : values) list.push_back(document_of(value));
      return std::make_shared<const Document>(std::move(list));
    }
    case Statistic::topk:
      return kept_ ? top(static_cast<std::size_t>(parameter)) : Value(std::make_shared<const Document>(Array()));
    default:
      break;
  }
  if (count_ == 0) return {};
  switch (statistic_) {
    case Statistic::sum:
      return sum_;
    case Statistic::avg:
      return sum_ / count_;
    case Statistic::stddev:
      return std::sqrt(squares_ / count_);
    case Statistic::variance:
      return squares_ / count_;
    case Statistic::rate:
      // the change from the first to the last value, by the seconds of the interval: so the service computes it
      return (*number_of(extreme_) - *number_of(first_)) / parameter;
    case Statistic::histogram:
      return histogram(static_cast<std::size_t>(parameter));
    default:
      return percentile(parameter);
  }
}

}  // namespace tocsin::diagnose
