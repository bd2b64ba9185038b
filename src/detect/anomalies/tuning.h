// The one configuration of the anomaly score, fixed beforehand for all series. How it was found, and how well it does on series that had no
// part in finding it: docs/performance/anomalies.md.
#pragma once

#include <array>

namespace tocsin::detect {

struct Tuning {
  // what a series is compared with
  double level_points = 773.5, linear_spreads = 2.071, level_step_spreads = 9;
  double short_points = 8.028, middle_points = 30.86, long_points = 284.9, roughness_points = 16.64, recent_points = 15.16;
  int envelope_days = 9;
  double tolerance_intervals = 3.204, usual_intervals = 13.79;
  // how rare a deviation is
  float history_decay = 0.99965104F, tail_share = 0.07941F, tail_index_min = 0.1154F;
  float record_bonus = 0.1035F, record_decay = 0.00018386F;
  double seasonal_warm_up_days = 3;
  // how much each counts: in the order of Feature
  std::array<float, 7> weights = {0.08778F, 1.256F, 1.31F, 0.07248F, 1.378F, 1.013F, 1.138F};
  float usual_share_power = 2.441F, usual_weight = 0.142F, usual_level_weight = 0.202F;
  float surprise_max = 3.656F, combination_power = 4.312F;
  // what is asked of an anomaly
  double surprise_asked = 2.609, asked_per_decade = 1.393;
  double refractory_points = 59.83, refractory_step = 1.874, habituation_step = 0.2674, habituation_points = 2571;
  double probation_points = 100;
};

inline constexpr Tuning tuning;

}  // namespace tocsin::detect
