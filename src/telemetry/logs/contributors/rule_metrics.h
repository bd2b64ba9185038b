// INSIGHT_RULE_METRIC: a rule's report as a series, counted at once. Threads: only on the executor of the store.
#pragma once

#include "telemetry/logs/contributors/contributor_reports.h"
#include "telemetry/logs/settings/log_settings.h"
#include "telemetry/metrics/math/rule_source.h"

namespace tocsin::telemetry {

class RuleMetrics final : public RuleSource {
 public:
  /// Nothing else runs while it counts: a rule whose groups have more events than that in the span is refused.
  static constexpr std::size_t events_max = 1'000'000;

  RuleMetrics(LogSettings& settings, ContributorReports& reports, std::size_t count_max = events_max)
      : settings_(settings), reports_(reports), events_max_(count_max) {}
  Result<std::vector<TimeValue>> rule_metric(const Scope& scope, const std::string& rule, RuleMetric metric, const MathSpan& span) override;

 private:
  LogSettings& settings_;
  ContributorReports& reports_;
  const std::size_t events_max_;
};

}  // namespace tocsin::telemetry
