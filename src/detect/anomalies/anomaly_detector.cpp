#include "detect/anomalies/anomaly_detector.h"

#include <algorithm>
#include <cmath>

#include "detect/anomalies/tuning.h"

namespace tocsin::detect {
namespace {

constexpr int refit_points = 24, history_min = 30, history_full = 150;

float magnitude_of(float amount) { return amount > 1e-9F ? std::log2(amount) : no_magnitude; }

bool is_seasonal(std::size_t feature) { return feature >= static_cast<std::size_t>(Feature::out_of_day); }
bool is_level(std::size_t feature) {
  return feature == static_cast<std::size_t>(Feature::short_level) || feature == static_cast<std::size_t>(Feature::middle_level) ||
         feature == static_cast<std::size_t>(Feature::roughness);
}

// What is usual at this time of day counts less.
float share_counted(std::size_t feature, float unusual) {
  if (is_seasonal(feature)) return 1;
  const float least = is_level(feature) ? tuning.usual_level_weight : tuning.usual_weight;
  return least + (1 - least) * unusual;
}

// Rounded down, so that what is printed never crosses the threshold.
double rounded(double score) { return std::floor(score * 10000) / 10000; }

}  // namespace

Judgement AnomalyDetector::observe(Instant at, double value, Duration local_offset) {
  at_s_ = to_seconds(at + local_offset);
  return judge(features_.next(at_s_, value));
}

Judgement AnomalyDetector::judge(const PointFeatures& features) {
  const float unusual = 1 - std::pow(features.usual_share, tuning.usual_share_power);
  Judgement judgement;
  float most = 0, sum = 0;
  for (std::size_t i = 0; i < features_count; ++i) {
    const Deviation& deviation = features.deviations[i];
    if (!deviation.known) continue;
    for (std::size_t side = 0; side < sides; ++side) {
      const float rare = side_surprise(i, side, side == 0 ? deviation.value : -deviation.value, at_s_);
      const float counted = std::min(tuning.surprise_max, rare) * tuning.weights[i] * share_counted(i, unusual);
      if (counted <= 0) continue;
      sum += std::pow(counted, tuning.combination_power);
      if (counted <= most) continue;
      most = counted;
      judgement.feature = static_cast<Feature>(i);
      judgement.upward = side == 0;
      judgement.one_in = std::round(std::min(std::pow(10.0, static_cast<double>(rare)), 10.0 * static_cast<double>(features_.points())));
    }
  }
  judgement.surprise = most > 1 ? std::pow(sum, 1 / tuning.combination_power) : most;
  judgement.score = decide(judgement.surprise);
  return judgement;
}

float AnomalyDetector::side_surprise(std::size_t feature, std::size_t side, float amount, std::int64_t at_s) {
  TailHistogram& history = histories_[feature][side];
  if (history.count() == 0) known_since_s_[feature] = at_s;
  if (features_.points() % refit_points == 1) history.refit();
  const float magnitude = magnitude_of(amount);
  float surprise = history.count() >= history_min ? history.surprise(magnitude) : 0;
  if (is_seasonal(feature)) {
    if (static_cast<double>(at_s - known_since_s_[feature]) < tuning.seasonal_warm_up_days * DailyEnvelope::day_s) surprise = 0;
  } else {
    surprise *= std::min(1.0F, static_cast<float>(history.count() + 1) / history_full);
  }
  history.observe(magnitude);
  return surprise;
}

double AnomalyDetector::decide(double surprise) {
  const auto index = static_cast<double>(features_.points() - 1);
  // the more a series has shown, the rarer the rarest of it
  double asked = tuning.surprise_asked + habituation_;
  if (index > 1000) asked += tuning.asked_per_decade * std::log10(std::min(index, 20000.0) / 1000);
  const double bar = asked + refractory_;
  const bool anomaly = surprise > bar && index >= tuning.probation_points;
  if (anomaly) {
    refractory_ = std::max(refractory_, surprise - asked + tuning.refractory_step);
    habituation_ += tuning.habituation_step;
  }
  habituation_ *= 1 - 1 / tuning.habituation_points;
  refractory_ *= 1 - 1 / tuning.refractory_points;
  if (anomaly) return rounded(1 - 0.5 * std::exp2(bar - surprise));
  return rounded(std::min(0.4999, 0.5 * surprise / bar));
}

std::string_view words_of(Feature feature, bool upward) {
  switch (feature) {
    case Feature::jump:
      return upward ? "far above the values just before" : "far below the values just before";
    case Feature::short_level:
      return upward ? "higher for minutes than it used to be" : "lower for minutes than it used to be";
    case Feature::middle_level:
      return upward ? "higher for long than it used to be" : "lower for long than it used to be";
    case Feature::roughness:
      return upward ? "more restless than it used to be" : "stiller than it used to be";
    case Feature::distance:
      return upward ? "far above its level" : "far below its level";
    case Feature::out_of_day:
      return upward ? "above all that this time of day has shown" : "below all that this time of day has shown";
    case Feature::stays_out:
      return upward ? "stays above what this time of day has shown" : "stays below what this time of day has shown";
  }
  return "";
}

}  // namespace tocsin::detect
