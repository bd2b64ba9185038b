// What a dashboard's body must be: JSON with widgets, each of a known type, in the grid, with the properties that its type needs.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::telemetry {

struct DashboardMessage {
  std::string data_path;  ///< "/widgets/0/properties/metrics/0"
  std::string message;
  bool operator==(const DashboardMessage&) const = default;
};

struct DashboardCheck {
  std::vector<DashboardMessage> errors;    ///< the body is refused
  std::vector<DashboardMessage> warnings;  ///< it is kept, and a widget may not show
};

/// `invalid` when it is no JSON object.
Result<DashboardCheck> check_dashboard(std::string_view body);
/// "The dashboard body is invalid, there are 1 validation errors: …", as the service words it.
std::string error_words(const std::vector<DashboardMessage>& errors);

}  // namespace tocsin::telemetry
