// An anomaly detector as it is defined, and as it is read: a document with SingleMetricAnomalyDetector or MetricMathAnomalyDetector,
// Configuration and MetricCharacteristics. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAnomalyDetector.html
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "detect/anomalies/band_model.h"
#include "model/scope.h"
#include "telemetry/metrics/math/metric_query.h"

namespace tocsin::detect {

struct DetectorRecord {
  Scope scope;
  std::string id;
  std::string identity;  ///< what it watches, the same for the same: one detector each
  Document definition;
  std::int64_t period_s = 60;  ///< of the score
  Instant created{};
  Instant scored_to{};  ///< points before it have their score
};

/// What a detector watches, ready to be read at a period.
struct WatchedSeries {
  std::vector<telemetry::MetricQuery> queries;
  std::string result_id;
  bool is_single = true;
};

/// `invalid` when the definition is none: no queries, several that return data, a statistic that is none.
Result<WatchedSeries> watched_series(const Document& definition);
/// The same text for the same metric and statistic, or the same queries.
std::string identity_of(const Document& definition);
/// The period of a metric math detector's metrics; 60 for a single metric.
std::int64_t period_of(const WatchedSeries& series);

/// The definition of what the first argument of ANOMALY_DETECTION_BAND names, for when there is no detector of it yet.
Document definition_of(const std::vector<telemetry::MetricQuery>& queries, const telemetry::MetricQuery& query);

struct TimeSpan {
  Instant start, end;  ///< the end is excluded
};

struct DetectorSettings {
  std::string zone;
  std::vector<TimeSpan> excluded;  ///< not learned from
  BandSettings band;
};

DetectorSettings settings_of(const Document& definition);

/// Ascending by time. Empty when an expression fails.
std::vector<telemetry::TimeValue> read_series(telemetry::MetricStore& metrics, const Scope& scope, const WatchedSeries& series,
                                              std::int64_t period_s, TimeSpan span);

}  // namespace tocsin::detect
