#include "detect/anomalies/anomaly_detector.h"

#include <algorithm>
#include <cmath>

#include "detect/anomalies/tuning.h"

namespace tocsin::detect {
namespace {

constexpr int refit_points = 24, young_refit_points = 5, young_points = 200, history_min = 30;

float magnitude_of(float amount) { return amount > 1e-9F ? std::log2(amount) : no_magnitude; }

bool is_due(int count) { return count % refit_points == 1 || (count < young_points && count % young_refit_points == 1); }

// What is usual at this time of day counts less; the days before have been asked for these already, or do not matter to them.
bool is_of_day(std::size_t feature) {
  return feature == static_cast<std::size_t>(Feature::stays_out) || feature == static_cast<std::size_t>(Feature::stillness);
}

// Rounded down, so that what is printed never crosses the threshold.
double rounded(double score) { return std::floor(score * 10000) / 10000; }

}  // namespace

Judgement AnomalyDetector::observe(Instant at, double value, Duration local_offset) {
  return judge(features_.next(to_seconds(at + local_offset), value));
}

Judgement AnomalyDetector::judge(const PointFeatures& features) {
  const float unusual = 1 - features.usual_share * features.usual_share;
  const float share_of_usual = tuning.usual_weight + (1 - tuning.usual_weight) * unusual;
  Judgement judgement;
  float most = 0, sum = 0;
  for (std::size_t i = 0; i < features_count; ++i) {
    const Deviation& deviation = features.deviations[i];
    if (!deviation.known) continue;
    for (std::size_t side = 0; side < sides; ++side) {
      const float rare = side_surprise(i, side, side == 0 ? deviation.value : -deviation.value);
      const float counted = rare * tuning.weights[i] * (is_of_day(i) ? 1 : share_of_usual);
      sum += counted * counted;
      if (counted <= most) continue;
      most = counted;
      judgement.feature = static_cast<Feature>(i);
      judgement.upward = side == 0;
      judgement.one_in = std::round(std::min(std::pow(10.0, static_cast<double>(rare)), 10.0 * static_cast<double>(features_.points())));
    }
  }
  judgement.surprise = std::sqrt(sum);
  judgement.score = decide(judgement.surprise);
  return judgement;
}

float AnomalyDetector::side_surprise(std::size_t feature, std::size_t side, float amount) {
  TailHistogram& history = histories_[feature][side];
  if (is_due(history.count())) history.refit();
  const float magnitude = magnitude_of(amount);
  float surprise = history.count() >= history_min ? history.surprise(magnitude) : 0;
  surprise *= std::min(1.0F, static_cast<float>(history.count() + 1) / tuning.known_points);
  history.observe(magnitude);
  return surprise;
}

double AnomalyDetector::decide(double surprise) {
  const auto index = static_cast<double>(features_.points() - 1);
  const double history = std::min(index, tuning.points_max);
  habituation_ *= 1 - 1 / (tuning.habituation_share * std::max(history, 1000.0));
  // the more a series has shown, the rarer the rarest of it
  const double asked = tuning.surprise_asked + habituation_ + tuning.asked_per_decade * std::log10(std::max(history, 300.0) / 1000);
  const bool quiet = quiet_points_ > 0;
  const double bar = quiet ? std::max(asked, told_ + tuning.worse_by) : asked;
  const bool anomaly = surprise > bar && index >= tuning.probation_points;
  if (anomaly) {
    habituation_ += tuning.habituation_step;
    quiet_points_ = tuning.quiet_points + tuning.quiet_share * history;
    told_ = surprise;
  } else {
    if (quiet) told_ = std::max(told_, surprise);
    quiet_points_ = std::max(0.0, quiet_points_ - 1);
  }
  if (anomaly) return rounded(1 - 0.5 * std::exp2(bar - surprise));
  return rounded(std::min(0.4999, 0.5 * surprise / bar));
}

std::string_view words_of(Feature feature, bool upward) {
  switch (feature) {
    case Feature::distance:
      return upward ? "far above its level" : "far below its level";
    case Feature::short_level:
      return upward ? "higher for minutes than it used to be" : "lower for minutes than it used to be";
    case Feature::middle_level:
      return upward ? "higher for long than it used to be" : "lower for long than it used to be";
    case Feature::stays_out:
      return upward ? "stays above what this time of day has shown" : "stays below what this time of day has shown";
    case Feature::stillness:
      return "the same value for longer than it used to be";
    case Feature::novelty:
      return "a value that has hardly come after such ones";
    case Feature::roughness:
      return upward ? "more restless than it used to be" : "stiller than it used to be";
  }
  return "";
}

}  // namespace tocsin::detect
