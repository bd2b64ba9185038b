// One accepted batch of segment documents as a record of the ingest log.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/scope.h"
#include "telemetry/traces/segment_document.h"

namespace tocsin::telemetry {

struct TraceBatch {
  Scope scope;
  Instant received{};
  std::vector<SegmentDocument> documents;
};

std::string encode_batch(const TraceBatch& batch);
/// nullopt when damaged.
std::optional<TraceBatch> decode_trace_batch(std::string_view record);

}  // namespace tocsin::telemetry
