// One series that is watched: its score and its band, learned together point after point, and the bands of its newest points. Bounded by
// 64 KB. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "detect/anomalies/anomaly_detector.h"
#include "detect/anomalies/band_model.h"

namespace tocsin::detect {

/// What was expected of a point before it came.
struct BandPoint {
  std::int64_t at_s = 0;
  double expected = 0, deviation = 0;
};

struct JudgedPoint {
  Judgement judgement;
  std::optional<Expectation> expectation;  ///< before the point came
};

class AnomalyLearner {
 public:
  explicit AnomalyLearner(BandSettings settings = {}) : band_(settings) {}

  /// As AnomalyDetector::observe.
  JudgedPoint observe(Instant at, double value, Duration local_offset = {});

  /// The band at `at`: as it was then for the newest points; as it is now for what is to come. nullopt before two hours have been learned.
  std::optional<Expectation> band_at(Instant at, Duration local_offset = {}) const;
  /// Whether the band at `at` is still known as it was then.
  bool remembers(Instant at) const;

  std::int64_t points() const { return score_.points(); }
  bool has_band() const { return band_.expect(last_s_).has_value(); }

  /// What it has learned, for the same build to take up again; nullopt when they are another's bytes.
  std::string to_bytes() const;
  static std::optional<AnomalyLearner> from_bytes(const std::string& bytes);

 private:
  static constexpr std::size_t remembered = 1024;

  AnomalyDetector score_;
  BandModel band_;
  std::array<BandPoint, remembered> newest_{};
  std::size_t written_ = 0;
  std::int64_t first_s_ = 0, last_s_ = 0;
};

static_assert(sizeof(AnomalyLearner) <= 64 * 1024);

}  // namespace tocsin::detect
