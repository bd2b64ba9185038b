// ISO 8601 durations of days and smaller ("PT10S", "P1DT2H"), as aws:sleep takes them.
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"

namespace tocsin::remediate {

/// nullopt for what is no such duration, or is longer than a year.
std::optional<Duration> parse_iso_duration(std::string_view text);

}  // namespace tocsin::remediate
