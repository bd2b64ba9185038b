// One accepted batch as a record of the ingest log. It names its series in full, so that it can be applied by itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "telemetry/metrics/metric.h"

namespace tocsin::telemetry {

struct PointBatch {
  Scope scope;
  std::vector<MetricPoint> points;
};

std::string encode_record(const Scope& scope, const std::vector<MetricPoint>& points);
/// `internal` when the bytes are no whole record.
Result<PointBatch> decode_record(std::string_view bytes);

}  // namespace tocsin::telemetry
