// In how many ways a point is unusual: each a deviation from what the series did before, in units of its own spread. Pure, bounded.
#pragma once

#include <array>
#include <cstdint>

#include "detect/anomalies/daily_envelope.h"
#include "detect/anomalies/value_novelty.h"

namespace tocsin::detect {

enum class Feature {
  distance,      ///< off the long level
  short_level,   ///< the mean of minutes, off the long level
  middle_level,  ///< the mean of hours, off the long level
  stays_out,     ///< outside what the days before had at this time, and lasting
  stillness,     ///< the very same value, again and again
  novelty,       ///< a value that has not come where the series just was
  roughness,     ///< how much it moves from point to point, against how much it used to
};
inline constexpr std::size_t features_count = 7;

/// One deviation: signed, so that a dip is rare in a series of spikes.
struct Deviation {
  float value = 0;
  bool known = false;  ///< the distance is unknown in the first points, the seasonal one in the first days
};

struct PointFeatures {
  std::array<Deviation, features_count> deviations;
  float value = 0;        ///< the point in units of the series' spread, compressed
  float usual_share = 0;  ///< the share of the days before that had as much near this time of day

  const Deviation& operator[](Feature feature) const { return deviations[static_cast<std::size_t>(feature)]; }
};

class FeatureExtractor {
 public:
  /// Takes the next point. Times that go back are taken as the last one.
  PointFeatures next(std::int64_t at_s, double value);

  std::int64_t points() const { return points_; }

 private:
  void levels(PointFeatures& features, double z);
  void distance(PointFeatures& features, double deviation);
  void stillness(PointFeatures& features, double value);
  void seasonal(PointFeatures& features, std::int64_t at_s, float z);
  void learn(double deviation, double unit);

  std::int64_t points_ = 0, last_at_s_ = 0, same_points_ = 0;
  double level_ = 0, spread_ = 0, interval_s_ = 300, distance_unit_ = 0, same_share_ = 0;
  double recent_ = 0, short_mean_ = 0, middle_mean_ = 0, long_mean_ = 0, moves_ = 0, long_moves_ = 0, out_mean_ = 0;
  double last_value_ = 0, last_z_ = 0;
  ValueNovelty novelty_;
  DailyEnvelope days_;
};

}  // namespace tocsin::detect
