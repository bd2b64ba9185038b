// Numbers, moments and bytes as the protocols write them in text.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/document.h"
#include "wire/aws/service_model.h"
#include "wire/aws/wire_error.h"

namespace tocsin::wire {

/// The member's own format, else the shape's, else the protocol's.
TimestampFormat timestamp_format(const Member& member, TimestampFormat otherwise);

/// ns, rounded down to milliseconds. iso8601 2026-11-24T06:49:39.123Z (no fraction when it is zero), unix 1700000000.123, rfc822 an HTTP
/// date.
std::string format_timestamp(std::int64_t ns, TimestampFormat format);
/// Any of the three forms is read, whatever the format asks; nullopt when it is none or not within 1678 to 2261.
std::optional<std::int64_t> parse_timestamp(std::string_view text);
/// Seconds since 1970 with a fraction, exact to the microsecond.
std::optional<std::int64_t> ns_from_seconds(double seconds);

/// The shortest text that reads back the same, with a point: "1.0", "0.1", "1e+22"; NaN, Infinity, -Infinity.
std::string format_double(double value);
/// The same of a finite one, appended.
void append_double(std::string& out, double value);
/// A moment as format_timestamp() writes it with unix_seconds, appended.
void append_unix_seconds(std::string& out, std::int64_t ns);
std::optional<double> parse_double(std::string_view text);
std::optional<std::int64_t> parse_integer(std::string_view text);

/// A scalar from a query parameter, path, header; the error is SerializationException.
Parsed<Document> scalar_from_text(std::string_view text, const Member& member, std::string_view path, TimestampFormat otherwise);
/// The scalar as text for a header or XML element.
std::string scalar_to_text(const Document& value, const Member& member, TimestampFormat otherwise);

/// Whether the integer fits the shape (32 bits for `integer`).
bool fits(std::int64_t value, const Shape& shape);

}  // namespace tocsin::wire
