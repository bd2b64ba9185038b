#include "detect/anomalies/point_features.h"

#include <algorithm>
#include <cmath>

#include "detect/anomalies/tuning.h"

namespace tocsin::detect {
namespace {

constexpr double greatest_value = 1e150, greatest_ratio = 1e30;  // what is made of them stays finite, in a float too

constexpr std::int64_t distance_known_points = 30;
constexpr int days_known = 3;

void set(PointFeatures& features, Feature feature, double amount, bool known = true) {
  features.deviations[static_cast<std::size_t>(feature)] = {static_cast<float>(amount), known};
}

// Moves a mean towards a value: as the plain mean at first, then forgetting over `span` points.
void approach(double& mean, double value, double span, std::int64_t points) {
  mean += (value - mean) * std::max(1.0 / static_cast<double>(points + 1), 1.0 / span);
}

}  // namespace

PointFeatures FeatureExtractor::next(std::int64_t at_s, double value) {
  value = std::clamp(value, -greatest_value, greatest_value);
  if (points_ == 0) {
    level_ = value;
    last_at_s_ = at_s;
  }
  at_s = std::max(at_s, last_at_s_);
  if (const auto gap = static_cast<double>(at_s - last_at_s_); gap > 0)
    interval_s_ += std::clamp(gap - interval_s_, -0.1 * interval_s_, 0.1 * interval_s_) * 0.3;
  last_at_s_ = at_s;

  const double deviation = value - level_;
  const double unit = spread_ > 0 ? spread_ : std::max(1e-9, std::fabs(level_) * 1e-3);
  const double spreads = std::clamp(deviation / unit, -greatest_ratio, greatest_ratio);
  const double z = std::asinh(spreads / tuning.linear_spreads) * tuning.linear_spreads;
  PointFeatures features;
  features.value = static_cast<float>(z);
  distance(features, deviation);
  levels(features, z);
  stillness(features, value);
  seasonal(features, at_s, static_cast<float>(z));
  const float novelty = novelty_.next(z, recent_);
  set(features, Feature::novelty, static_cast<double>(novelty), novelty > 0);
  approach(recent_, z, tuning.recent_points, points_);
  last_z_ = z;
  last_value_ = value;
  learn(deviation, unit);
  return features;
}

// In a unit that does not change, unlike the spread: what is large stays large.
void FeatureExtractor::distance(PointFeatures& features, double deviation) {
  if (points_ < distance_known_points) return;
  if (distance_unit_ == 0) distance_unit_ = spread_ > 0 ? spread_ : std::fabs(deviation);
  set(features, Feature::distance, distance_unit_ > 0 ? std::clamp(deviation / distance_unit_, -greatest_ratio, greatest_ratio) : 0);
}

void FeatureExtractor::levels(PointFeatures& features, double z) {
  approach(short_mean_, z, tuning.short_points, points_);
  approach(middle_mean_, z, tuning.middle_points, points_);
  approach(long_mean_, z, tuning.long_points, points_);
  set(features, Feature::short_level, short_mean_ - long_mean_);
  set(features, Feature::middle_level, middle_mean_ - long_mean_);
  const double move = points_ > 0 ? std::fabs(z - last_z_) : 0;
  approach(moves_, move, tuning.roughness_points, points_);
  approach(long_moves_, move, tuning.long_points, points_);
  set(features, Feature::roughness, std::log((moves_ + 0.02) / (long_moves_ + 0.02)));
}

// Where values rarely move, that they do not says nothing.
void FeatureExtractor::stillness(PointFeatures& features, double value) {
  const bool same = points_ > 0 && value == last_value_;
  same_points_ = same ? same_points_ + 1 : 0;
  set(features, Feature::stillness, static_cast<double>(std::max<std::int64_t>(same_points_ - tuning.still_points, 0)), same_share_ < 0.5);
  approach(same_share_, same ? 1 : 0, tuning.long_points, points_);
}

void FeatureExtractor::seasonal(PointFeatures& features, std::int64_t at_s, float z) {
  const auto slots = [&](double intervals) {
    return std::clamp(static_cast<int>(std::ceil(intervals * interval_s_ / DailyEnvelope::slot_s)), 1, 24);
  };
  const float jump = z - static_cast<float>(recent_);
  features.usual_share = days_.share_reaching(at_s, slots(tuning.usual_intervals), z - 0.2F * jump, jump > 0);
  if (const auto range = days_.range(at_s, slots(tuning.tolerance_intervals)); range.days >= 2) {
    out_mean_ += (static_cast<double>(range.excess(z)) - out_mean_) / tuning.short_points;
    set(features, Feature::stays_out, out_mean_, range.days >= days_known);
  }
  days_.observe(at_s, z);
}

void FeatureExtractor::learn(double deviation, double unit) {
  const double rate = std::max(1.0 / static_cast<double>(points_ + 1), 1.0 / tuning.level_points);
  level_ += std::clamp(deviation, -tuning.level_step_spreads * unit, tuning.level_step_spreads * unit) * rate;
  const double limit = unit * 9 > 0 && points_ > 20 ? unit * 9 : HUGE_VAL;
  spread_ += (std::min(std::fabs(deviation), limit) - spread_) * rate;
  ++points_;
}

}  // namespace tocsin::detect
