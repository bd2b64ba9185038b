#include "telemetry/logs/subscriptions/subscription_filter.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "telemetry/logs/metric_filters/metric_filter.h"

namespace tocsin::telemetry {

Result<SubscriptionFilter> compile_subscription_filter(const std::string& name, const Document& definition) {
  constexpr std::array<std::string_view, 3> emitted = {"@aws.account", "@aws.region", "@source.log"};
  auto pattern = FilterPattern::parse(text_or(definition, "filterPattern"));
  if (!pattern) return std::unexpected(pattern.error());
  auto selection = SelectionCriteria::parse(text_or(definition, "fieldSelectionCriteria"), system_fields);
  if (!selection) return std::unexpected(selection.error());
  SubscriptionFilter filter{.name = name,
                            .pattern = *pattern,
                            .selection = *selection,
                            .destination_arn = text_or(definition, "destinationArn"),
                            .on_transformed = truth_or(definition, "applyOnTransformedLogs", false),
                            .system_fields = {}};
  for (const Document& field : array_at(definition, "emitSystemFields")) {
    filter.system_fields.emplace_back(field.get_string());
    if (std::find(emitted.begin(), emitted.end(), filter.system_fields.back()) == emitted.end())
      return fail(ErrorKind::invalid, "Invalid system field '" + filter.system_fields.back() +
                                          "': valid values are @aws.account, @aws.region and @source.log.");
  }
  return filter;
}

}  // namespace tocsin::telemetry
