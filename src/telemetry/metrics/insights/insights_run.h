// Runs a Metrics Insights query over the store.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-limits.html
#pragma once

#include "telemetry/metrics/insights/insights_query.h"
#include "telemetry/metrics/metric_store.h"

namespace tocsin::telemetry {

struct InsightsSeries {
  std::vector<std::string> group;                  ///< the values of the keys of GROUP BY
  std::vector<std::pair<Instant, double>> points;  ///< ascending by time
};

struct InsightsAnswer {
  std::vector<InsightsSeries> series;
  bool metrics_exceeded = false;  ///< more than 10,000 metrics matched: the first of them were looked at
  bool series_exceeded = false;   ///< more than 500 series, without a LIMIT
};

/// Without GROUP BY always one series. `period_s` is rounded up to a minute; metrics count that were seen within two weeks before `end`.
InsightsAnswer run_insights(MetricStore& store, const Scope& scope, const InsightsQuery& query, Instant start, Instant end,
                            std::int64_t period_s);

}  // namespace tocsin::telemetry
