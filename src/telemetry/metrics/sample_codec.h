// Samples in a record of the ingest log.
#pragma once

#include <cstdint>

#include "telemetry/metrics/byte_codec.h"
#include "telemetry/metrics/metric.h"

namespace tocsin::telemetry {

/// In the order of Sample's alternatives.
enum class SampleKind : std::uint8_t { single = 0, weighted = 1, statistic_set = 2 };

/// Its kind, and the sample. A kind that is none fails the reader.
void write_sample(ByteWriter& out, const Sample& sample);
Sample read_sample(ByteReader& in);

/// The sample alone, where the kind is told in another place.
void write_sample_body(ByteWriter& out, const Sample& sample);
Sample read_sample_body(ByteReader& in, SampleKind kind);

}  // namespace tocsin::telemetry
