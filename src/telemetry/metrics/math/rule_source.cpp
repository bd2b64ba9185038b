#include "telemetry/metrics/math/rule_source.h"

#include <utility>

namespace tocsin::telemetry {

std::optional<RuleMetric> parse_rule_metric(std::string_view name) {
  constexpr std::pair<std::string_view, RuleMetric> names[] = {{"UniqueContributors", RuleMetric::unique_contributors},
                                                               {"MaxContributorValue", RuleMetric::max_contributor_value},
                                                               {"SampleCount", RuleMetric::sample_count},
                                                               {"Sum", RuleMetric::sum},
                                                               {"Minimum", RuleMetric::minimum},
                                                               {"Maximum", RuleMetric::maximum},
                                                               {"Average", RuleMetric::average}};
  for (const auto& [known, metric] : names)
    if (known == name) return metric;
  return std::nullopt;
}

}  // namespace tocsin::telemetry
