// One line of StatsD: NAME:VALUE|TYPE[|@RATE][|#TAG:VALUE,TAG,…]
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Agent-custom-metrics-statsd.html
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "model/self_metrics.h"

namespace tocsin::telemetry {

enum class StatsdType { counter, gauge, timing, histogram, set };
std::string_view to_text(StatsdType type);

struct StatsdSample {
  std::string name;
  StatsdType type = StatsdType::counter;
  double value = 0;       ///< not of a set
  std::string member;     ///< of a set
  bool relative = false;  ///< a gauge's step up or down
  double rate = 1;        ///< 0 to 1: the share of the samples that was sent
  Dimensions tags;        ///< sorted by name; a tag without a value has "true"
};

/// `invalid` when it is none.
Result<StatsdSample> parse_statsd_line(std::string_view line);

}  // namespace tocsin::telemetry
