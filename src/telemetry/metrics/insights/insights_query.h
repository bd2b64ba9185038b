// A Metrics Insights query, parsed.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/scope.h"
#include "telemetry/metrics/metric.h"

namespace tocsin::telemetry {

enum class InsightsFunction { avg, count, max, min, sum };

/// What WHERE and GROUP BY speak of.
struct InsightsKey {
  enum class Kind { dimension, tag, account };
  Kind kind = Kind::dimension;
  std::string name;  ///< of a dimension or tag
};

struct InsightsCondition {
  InsightsKey key;
  bool equal = true;
  std::optional<std::string> value;  ///< absent: CURRENT_ACCOUNT_ID()
};

struct InsightsOrder {
  InsightsFunction by = InsightsFunction::avg;
  bool descending = false;
};

struct InsightsQuery {
  InsightsFunction function = InsightsFunction::avg;
  std::string metric_name;
  std::string metric_namespace;
  /// Of SCHEMA(…): exactly these dimensions, sorted. Absent: any.
  std::optional<std::vector<std::string>> dimensions;
  std::vector<InsightsCondition> conditions;  ///< all of them
  std::vector<InsightsKey> group_by;
  std::optional<InsightsOrder> order;
  std::size_t limit = 500;

  /// Whether the metric is one of those asked for.
  bool matches(const Scope& scope, const MetricId& metric) const;
  /// The values of the keys of GROUP BY; "Other" for one that the metric lacks.
  std::vector<std::string> group_of(const Scope& scope, const MetricId& metric) const;
};

/// Whether an expression is meant as one: it begins with SELECT.
bool is_insights_query(std::string_view expression);
/// `invalid` with what is wrong and where.
Result<InsightsQuery> parse_insights(std::string_view text);

}  // namespace tocsin::telemetry
