// A store for tests: metrics with one value a minute from `start` on, NaN where there is none.
#pragma once

#include <cmath>
#include <map>

#include "telemetry/metrics/metric_store.h"

namespace tocsin::telemetry {

class GivenMetrics final : public MetricStore {
 public:
  explicit GivenMetrics(Instant start) : start_(start) {}
  std::map<MetricId, std::vector<double>> metrics;

  Result<void> put(const Scope&, const std::vector<MetricPoint>&) override { return {}; }
  std::vector<std::string> units(const Scope&, const MetricId&) override { return {}; }
  MetricPage list(const ListRequest& request) override {
    MetricPage page;
    for (const auto& [metric, values] : metrics)
      if ((!request.metric_namespace || metric.metric_namespace == *request.metric_namespace) &&
          (!request.name || metric.name == *request.name))
        page.metrics.push_back(metric);
    return page;
  }
  std::vector<PeriodAggregate> read(const ReadRequest& request) override {
    std::vector<PeriodAggregate> periods;
    const auto found = metrics.find(request.metric);
    for (std::size_t i = 0; found != metrics.end() && i < found->second.size(); ++i) {
      const Instant time = start_ + std::chrono::minutes(i);
      if (std::isnan(found->second[i]) || time < request.start || time >= request.end) continue;
      const Instant period =
          request.start + std::chrono::seconds((time - request.start) / std::chrono::seconds(request.period_s) * request.period_s);
      if (periods.empty() || periods.back().start != period) periods.push_back({period, {}});
      periods.back().aggregate.add(found->second[i]);
    }
    return periods;
  }

 private:
  Instant start_;
};

}  // namespace tocsin::telemetry
