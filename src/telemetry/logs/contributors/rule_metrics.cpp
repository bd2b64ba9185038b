#include "telemetry/logs/contributors/rule_metrics.h"

#include <boost/json.hpp>

namespace tocsin::telemetry {
namespace {

double figure(RuleMetric metric, const ContributorReport::Period& period) {
  switch (metric) {
    case RuleMetric::unique_contributors:
      return static_cast<double>(period.contributors);
    case RuleMetric::max_contributor_value:
      return period.greatest;
    case RuleMetric::sample_count:
      return period.samples;
    case RuleMetric::sum:
      return period.sum;
    case RuleMetric::minimum:
      return period.minimum;
    case RuleMetric::maximum:
      return period.maximum;
    case RuleMetric::average:
      return period.sum / period.samples;
  }
  return 0;
}

}  // namespace

Result<std::vector<TimeValue>> RuleMetrics::rule_metric(const Scope& scope, const std::string& rule, RuleMetric metric,
                                                        const MathSpan& span) {
  const auto known = settings_.get(log_setting::insight_rule, scope, "", rule);
  if (!known) return fail(ErrorKind::invalid, "Rule " + rule + " does not exist");
  auto request = ContributorReports::request_of(scope, *known);
  if (!request) return std::unexpected(request.error());
  request->start_ms = to_ms(span.start);
  request->end_ms = to_ms(span.end);
  request->period_s = span.period_s;
  const auto report = reports_.count_now(std::move(*request), events_max_);
  if (!report) return std::unexpected(report.error());
  std::vector<TimeValue> points;
  for (const auto& [at_ms, period] : report->periods()) points.push_back({instant_from_ms(at_ms), figure(metric, period)});
  return points;
}

}  // namespace tocsin::telemetry
