// What a cumulative exponential histogram gained since its last point, though its scale may have shrunk meanwhile.
// https://opentelemetry.io/docs/specs/otel/metrics/data-model/#exponentialhistogram
#pragma once

#include <map>

#include "wire/otlp/otlp.h"

namespace tocsin::telemetry {

class ExponentialMark {
 public:
  /// Turns `point` into the gain since the last one; false when there was none. After a restart of the sender all of it is new.
  bool make_delta(wire::otlp::MetricPoint& point);

 private:
  using Buckets = std::map<int, std::uint64_t>;  ///< by index at the mark's scale

  bool known_ = false;
  std::int64_t start_ns_ = 0;
  int scale_ = 0;
  double sum_ = 0;
  std::uint64_t zero_count_ = 0;
  Buckets positive_, negative_;
};

}  // namespace tocsin::telemetry
