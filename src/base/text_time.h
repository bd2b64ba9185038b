// Moments as text and back. All UTC.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace tocsin {

/// 2026-11-24T06:49:39Z; fractions are dropped.
std::string to_rfc3339(Instant at);
/// 2026-11-24T06:49:39.123Z
std::string to_rfc3339_ms(Instant at);
/// 2026-11-24T06:49:39.123+0000, as CloudWatch writes alarm times.
std::string to_iso_offset_ms(Instant at);
/// Tue, 24 Nov 2026 06:49:39 GMT (RFC 9110 §5.6.7)
std::string to_http_date(Instant at);
/// 20261124T064939Z, as SigV4 writes it.
std::string to_amz_date(Instant at);

/// RFC 3339 or ISO 8601 with offset or Z, fractions of 1 to 9 digits; without an offset it is read as UTC; a date alone is its midnight.
std::optional<Instant> parse_rfc3339(std::string_view text);
std::optional<Instant> parse_http_date(std::string_view text);
std::optional<Instant> parse_amz_date(std::string_view text);

/// "45 s", "12 min", "3 h 5 min", "2 d 4 h": the two largest units, for people.
std::string to_words(Duration span);

}  // namespace tocsin
