// Labels with values in them: "peak ${MAX} at ${MAX_TIME} of ${PROP('Dim.InstanceId')}".
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/scope.h"
#include "telemetry/metrics/math/math_value.h"

namespace tocsin::telemetry {

/// Of the request in which labels are shown.
struct LabelSettings {
  Scope scope;
  Instant now{};
  std::chrono::minutes utc_offset{0};  ///< of the times shown (LabelOptions.Timezone)
};

bool is_dynamic(std::string_view label);
/// `invalid` for more than six values, or ${LABEL} twice.
Result<void> check_label(std::string_view label);
/// `${…}` that is none of the documented stays as it is. A value of a series without points is "-".
std::string dynamic_label(std::string_view label, const SeriesValue& series, const LabelSettings& settings);

/// "+0130", "-0400", "0000"; `invalid` for anything else.
Result<std::chrono::minutes> parse_utc_offset(std::string_view text);

}  // namespace tocsin::telemetry
