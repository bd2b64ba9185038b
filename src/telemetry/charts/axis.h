// Where the marks of an axis stand, and what is written there.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"

namespace tocsin::telemetry {

struct Mark {
  double value;
  std::string text;
};

/// Round values (1, 2 or 5 times a power of ten) between the two, about `count` of them.
std::vector<Mark> value_marks(double least, double greatest, int count);
/// "1.5k", "20M", "0.25".
std::string short_number(double value);

struct TimeMark {
  Instant time;
  std::string text;  ///< "13:05", "11-18" where the marks are days apart
};
std::vector<TimeMark> time_marks(Instant start, Instant end, int count, std::chrono::minutes utc_offset);

}  // namespace tocsin::telemetry
