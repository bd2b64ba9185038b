// The metrics as PromQL sees them: a metric's name is the name, its dimensions are the labels. Those that came by remote write or OTLP bear
// no more; others also the label `namespace`. A name that PromQL cannot write without quotes may be written with underscores.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/scope.h"
#include "telemetry/metrics/metric_store.h"
#include "telemetry/promql/promql_value.h"

namespace tocsin::detect {

class MetricSeriesSource final : public promql::SeriesSource {
 public:
  MetricSeriesSource(telemetry::MetricStore& metrics, const Scope& scope) : metrics_(metrics), scope_(scope) {}

  /// Samples by the second as far as they are kept so (three hours), else one for each minute. `limit_exceeded` above 10,000 series.
  Result<std::vector<promql::Series>> select(const std::vector<promql::Matcher>& matchers, std::int64_t from_ms,
                                             std::int64_t to_ms) override;

 private:
  Result<std::vector<promql::Series>> matching(const promql::MatcherSet& set, telemetry::ListRequest request,
                                               const std::optional<std::string>& name, Instant from, Instant to);
  std::vector<promql::Sample> samples(const telemetry::MetricId& metric, Instant from, Instant to);

  telemetry::MetricStore& metrics_;
  const Scope& scope_;
};

promql::Labels labels_of(const telemetry::MetricId& metric);

}  // namespace tocsin::detect
