// A subscription filter as it is kept (PutSubscriptionFilter's input), compiled. Pure.
#pragma once

#include "base/document.h"
#include "model/scope.h"
#include "telemetry/logs/filters/filter_pattern.h"
#include "telemetry/logs/filters/selection_criteria.h"

namespace tocsin::telemetry {

struct SubscriptionFilter {
  std::string name;
  FilterPattern pattern;
  SelectionCriteria selection;
  std::string destination_arn;
  bool on_transformed = false;
  std::vector<std::string> system_fields;  ///< given with each event: @aws.account, @aws.region, @source.log
};

/// `invalid` with the service's words.
Result<SubscriptionFilter> compile_subscription_filter(const std::string& name, const Document& definition);

}  // namespace tocsin::telemetry
