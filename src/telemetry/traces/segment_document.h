// X-Ray's segment documents: checked as PutTraceSegments checks them. Pure.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/document.h"

namespace tocsin::telemetry {

/// One segment, or one subsegment that was sent by itself, as it is kept.
struct SegmentDocument {
  std::string trace_id;  ///< "1-<8 hex>-<24 hex>", lower case
  std::string id;        ///< 16 hex digits, lower case
  Instant start{};
  Instant end{};  ///< of one in progress: its start
  bool in_progress = false;
  std::string text;  ///< JSON
};

/// Why a document was not taken: the code as UnprocessedTraceSegments has it ("ParseError", "MissingId", "InvalidTraceId" …).
struct SegmentFault {
  std::string id;  ///< when the document has one
  std::string code;
};

inline constexpr std::size_t segment_bytes_max = 64 * 1024;
inline constexpr Duration trace_kept_for = std::chrono::hours(24 * 30);

std::expected<SegmentDocument, SegmentFault> read_segment(std::string_view text, Instant now);

/// Of a trace id, the time in it; nullopt when it is no trace id.
std::optional<Instant> trace_id_time(std::string_view trace_id);

bool is_hex(std::string_view text);
/// Seconds since 1970 as documents have them.
Instant instant_from_s(double seconds);
double to_s(Instant at);

}  // namespace tocsin::telemetry
