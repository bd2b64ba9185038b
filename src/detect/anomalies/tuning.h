// The one configuration of the anomaly score, fixed beforehand for all series: round numbers, and every kind of deviation counts about
// equally. How they were chosen, and how well they do on series that had no part in it: docs/performance/anomalies.md.
#pragma once

#include <array>

namespace tocsin::detect {

struct Tuning {
  // what a series is compared with
  double level_points = 1000, linear_spreads = 2, level_step_spreads = 9;
  double short_points = 8, middle_points = 32, long_points = 256, roughness_points = 16, recent_points = 16;
  double tolerance_intervals = 3, usual_intervals = 12;  ///< how near in time of day the days before are looked at
  int still_points = 2;                                  ///< so often the same value is nothing
  // how rare a deviation is
  float history_decay = 0.9998F, tail_share = 0.04F, tail_index_min = 0.1F;
  float beyond_seen = 1;  ///< how much rarer than all that was seen a deviation may be taken to be, in powers of ten
  float known_points = 150;
  // how much each counts: in the order of Feature
  std::array<float, 7> weights = {1, 1, 1, 1, 1, 0.7F, 0.7F};
  float usual_weight = 0.2F;
  // what is asked of an anomaly; points of history count up to `points_max`
  double surprise_asked = 3.25, asked_per_decade = 1, points_max = 16000;
  double quiet_points = 30, quiet_share = 0.03, worse_by = 1.5;
  double habituation_step = 0.3, habituation_share = 0.5;
  double probation_points = 100;
};

inline constexpr Tuning tuning;

}  // namespace tocsin::detect
