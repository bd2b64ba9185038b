// A sample that is more than one value, in a record of the ingest log.
#pragma once

#include "telemetry/metrics/byte_codec.h"
#include "telemetry/metrics/metric.h"

namespace tocsin::telemetry {

void write_sample(ByteWriter& out, const Sample& sample);
Sample read_sample(ByteReader& in);

}  // namespace tocsin::telemetry
