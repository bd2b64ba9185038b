// Moments by patterns: strftime's for writing, Java's DateTimeFormatter's for reading, in any time zone of the database.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace tocsin::diagnose {

/// nullopt when the zone is not known or the moment is out of range.
std::optional<std::string> format_moment(std::int64_t time_ms, std::string_view format, std::string_view zone);
/// Milliseconds; a date without a time is its midnight. An offset in the text goes before the zone.
std::optional<std::int64_t> parse_moment(std::string_view text, std::string_view pattern, std::string_view zone);

}  // namespace tocsin::diagnose
