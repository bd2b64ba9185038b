// Who gives INSIGHT_RULE_METRIC(rule, metric) its series. The evaluator declares it; telemetry/logs/contributors answers, server/ binds it
// (MathSources). https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-GraphReportData.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/scope.h"
#include "telemetry/metrics/math/math_value.h"

namespace tocsin::telemetry {

/// What a report of a Contributor Insights rule tells of each of its periods.
enum class RuleMetric { unique_contributors, max_contributor_value, sample_count, sum, minimum, maximum, average };
std::optional<RuleMetric> parse_rule_metric(std::string_view name);

class RuleSource {
 public:
  virtual ~RuleSource() = default;
  /// Called on the state executor, inside the unit of a request or of an alarm's evaluation. Periods without events are absent. `invalid`
  /// with words for the caller: the rule is not there, or has too many events in the span.
  virtual Result<std::vector<TimeValue>> rule_metric(const Scope& scope, const std::string& rule, RuleMetric metric,
                                                     const MathSpan& span) = 0;
};

}  // namespace tocsin::telemetry
