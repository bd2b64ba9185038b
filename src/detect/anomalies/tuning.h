// The one configuration of the anomaly score, fixed beforehand for all series. How it was found, and how well it does on series that had no
// part in finding it: docs/performance/anomalies.md.
#pragma once

#include <array>

namespace tocsin::detect {

struct Tuning {
  // what a series is compared with
  double level_points = 760.2, linear_spreads = 2.071, level_step_spreads = 9;
  double short_points = 8.028, middle_points = 30.86, long_points = 284.9, roughness_points = 16.64, recent_points = 15.16;
  int envelope_days = 9;
  double tolerance_intervals = 3.415, usual_intervals = 6.099;
  // how rare a deviation is
  float history_decay = 0.99957037F, tail_share = 0.07941F, tail_index_min = 0.0951F;
  float record_bonus = 0.1F, record_decay = 0.00033124F;
  double seasonal_warm_up_days = 2.968;
  // how much each counts: in the order of Feature
  std::array<float, 7> weights = {0.2949F, 1.235F, 1.239F, 0.6093F, 1.378F, 1.016F, 1.109F};
  float usual_share_power = 3.0F, usual_weight = 0.3F, usual_level_weight = 0.633F;
  float surprise_max = 3.779F, combination_power = 4.444F;
  // what is asked of an anomaly
  double surprise_asked = 2.609, asked_per_decade = 1.322;
  double refractory_points = 61.12, refractory_step = 1.711, habituation_step = 0.2674, habituation_points = 2363;
  double probation_points = 100;
};

inline constexpr Tuning tuning;

}  // namespace tocsin::detect
