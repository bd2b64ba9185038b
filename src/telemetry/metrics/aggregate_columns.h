// Aggregates of many periods as columns: counts, least and greatest values, sums, distributions; what follows from another column takes
// next to nothing.
#pragma once

#include "telemetry/metrics/aggregate.h"
#include "telemetry/metrics/number_column.h"

namespace tocsin::telemetry {

void write_aggregates(std::string& out, const std::vector<Aggregate>& aggregates);
/// False when the bytes are damaged.
bool read_aggregates(ByteReader& in, std::size_t count, std::vector<Aggregate>& aggregates, Integers& scratch);

}  // namespace tocsin::telemetry
