#include "detect/anomalies/point_features.h"

#include <algorithm>
#include <cmath>

#include "detect/anomalies/tuning.h"

namespace tocsin::detect {
namespace {

constexpr double greatest_value = 1e150, greatest_ratio = 1e30;  // what is made of them stays finite, in a float too

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
  const auto set = [&](Feature feature, double amount) {
    features.deviations[static_cast<std::size_t>(feature)] = {static_cast<float>(amount), true};
  };
  set(Feature::jump, z - recent_);
  approach(short_mean_, z, tuning.short_points, points_);
  approach(middle_mean_, z, tuning.middle_points, points_);
  approach(long_mean_, z, tuning.long_points, points_);
  set(Feature::short_level, short_mean_ - long_mean_);
  set(Feature::middle_level, middle_mean_ - long_mean_);
  const double move = points_ > 0 ? std::fabs(z - last_z_) : 0;
  approach(moves_, move, tuning.roughness_points, points_);
  approach(long_moves_, move, tuning.long_points, points_);
  set(Feature::roughness, std::log((moves_ + 0.02) / (long_moves_ + 0.02)));
  if (first_deviation_ == 0) first_deviation_ = std::fabs(deviation);
  set(Feature::distance, first_deviation_ > 0 ? std::clamp(deviation / first_deviation_, -greatest_ratio, greatest_ratio) : 0);
  seasonal(features, at_s, static_cast<float>(z));
  approach(recent_, z, tuning.recent_points, points_);
  last_z_ = z;
  learn(deviation, unit);
  return features;
}

void FeatureExtractor::seasonal(PointFeatures& features, std::int64_t at_s, float z) {
  const auto slots = [&](double intervals) {
    return std::clamp(static_cast<int>(std::ceil(intervals * interval_s_ / DailyEnvelope::slot_s)), 1, 24);
  };
  const int tolerance = slots(tuning.tolerance_intervals);
  const auto set = [&](Feature feature, double amount) {
    features.deviations[static_cast<std::size_t>(feature)] = {static_cast<float>(amount), true};
  };
  const float jump = z - static_cast<float>(recent_);
  features.usual_share = days_.share_reaching(at_s, slots(tuning.usual_intervals), z - 0.2F * jump, jump > 0);
  if (const auto range = days_.range(at_s, tolerance); range.days >= 2) {
    const double out = range.excess(z);
    set(Feature::out_of_day, out);
    out_mean_ += (out - out_mean_) / tuning.short_points;
    set(Feature::stays_out, out_mean_);
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
