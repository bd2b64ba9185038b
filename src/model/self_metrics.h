// How our services emit their own metrics (AWS/SNS, AWS/Events, AWS/Usage …) without knowing who stores them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/scope.h"

namespace tocsin {

using Dimensions = std::vector<std::pair<std::string, std::string>>;

/// Never fails and never blocks: a datapoint that cannot be stored is counted as lost by the implementation.
class SelfMetrics {
 public:
  virtual ~SelfMetrics() = default;
  /// One datapoint, now. `unit` is CloudWatch's: "Count", "Milliseconds", "Bytes" …
  virtual void record(const Scope& scope, std::string_view metric_namespace, std::string_view name, const Dimensions& dimensions, double value,
                      std::string_view unit) = 0;
};

}  // namespace tocsin
