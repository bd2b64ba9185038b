// Who gives ANOMALY_DETECTION_BAND(m1, k) its band. The evaluator declares it; detect/anomalies answers, server/ binds it (MathSources).
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html
#pragma once

#include "telemetry/metrics/math/metric_query.h"

namespace tocsin::telemetry {

struct BandRequest {
  const Scope& scope;
  const std::vector<MetricQuery>& queries;  ///< all of the request: what an expression's detector is made of
  const MetricQuery* query;   ///< the one that the function's first argument names; nullptr when that is an expression of its own
  const SeriesValue& series;  ///< its values in the span, evaluated
  const MathSpan& span;       ///< the band has a point at `start`, `start` + period … before `end`, as far as it is known
  double deviations;          ///< k, 2 when it was not given; greater than 0
};

/// Both edges bear the label under which they are shown, and times in the span. Without a trained model they are empty.
struct Band {
  SeriesValue lower, upper;
};

class BandSource {
 public:
  virtual ~BandSource() = default;
  /// Called on the state executor, inside the unit of a request or of an alarm's evaluation. `invalid` with words for the caller.
  virtual Result<Band> band(const BandRequest& request) = 0;
};

}  // namespace tocsin::telemetry
