// One series of a file as a store of metrics: whatever metric is asked for, its points are those.
#pragma once

#include <istream>

#include "telemetry/metrics/metric_store.h"

namespace tocsin::server {

class CsvMetrics final : public telemetry::MetricStore {
 public:
  /// `timestamp,value`, with or without a header (series_csv.h); gaps are left out. `invalid` with the number of the line.
  static Result<CsvMetrics> read_from(std::istream& input);

  Result<void> put(const Scope& scope, const std::vector<telemetry::MetricPoint>& points) override;
  std::vector<telemetry::PeriodAggregate> read(const telemetry::ReadRequest& request) override;
  std::vector<std::string> units(const Scope& scope, const telemetry::MetricId& metric) override;
  telemetry::MetricPage list(const telemetry::ListRequest& request) override;

  bool empty() const { return points_.empty(); }
  Instant first() const { return points_.front().first; }
  Instant last() const { return points_.back().first; }

 private:
  std::vector<std::pair<Instant, double>> points_;  ///< ascending by time
};

}  // namespace tocsin::server
