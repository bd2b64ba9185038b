// The streaming anomaly score: from 0 to 1, and 0.5 or more means anomaly, always. Each point is judged by what the series did before it,
// and by nothing else; one configuration (tuning.h) for all series. Deterministic, bounded (anomaly_detector_size), pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "detect/anomalies/point_features.h"
#include "detect/anomalies/tail_histogram.h"

namespace tocsin::detect {

struct Judgement {
  double score = 0;                     ///< 0.5 or more: anomaly
  double surprise = 0;                  ///< of all deviations together; what the score is made of
  Feature feature = Feature::distance;  ///< the deviation that says most
  /// How rare that deviation has been in the series: so many points have shown as much. At most ten times the points that were seen.
  double one_in = 1;
  bool upward = true;  ///< to which side
};

/// "far above its recent values": for people.
std::string_view words_of(Feature feature, bool upward);

class AnomalyDetector {
 public:
  /// `value` must be finite. Times that go back are taken as the last one. `local_offset` shifts the time of day to the users' zone.
  Judgement observe(Instant at, double value, Duration local_offset = {});

  std::int64_t points() const { return features_.points(); }

 private:
  static constexpr std::size_t sides = 2;

  Judgement judge(const PointFeatures& features);
  float side_surprise(std::size_t feature, std::size_t side, float amount);
  double decide(double surprise);

  FeatureExtractor features_;
  std::array<std::array<TailHistogram, sides>, features_count> histories_{};
  /// Points still to come in which only worse than `told_` is told; how much more is asked in a series that has many anomalies.
  double quiet_points_ = 0, told_ = 0, habituation_ = 0;
};

inline constexpr std::size_t anomaly_detector_size = sizeof(AnomalyDetector);
static_assert(anomaly_detector_size <= 40 * 1024);

}  // namespace tocsin::detect
