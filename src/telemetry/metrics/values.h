// Single values: of a time series, and as senders of many give them.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/clock.h"

namespace tocsin::telemetry {

/// A value of a time series.
struct TimeValue {
  Instant time;
  double value;
  bool operator==(const TimeValue&) const = default;
};

/// A value of a series that is named by its key without the scope (key_parts.h): namespace, name, dimensions sorted by name, unit. It is of
/// high resolution.
struct KeyedValue {
  std::string_view key;
  std::int64_t time_ms;
  double value;
};

}  // namespace tocsin::telemetry
