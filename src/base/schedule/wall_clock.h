// The periods of the clock on the wall of a zone: minutes, hours, days from midnight, weeks from Monday, through daylight saving.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation-window.html
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace tocsin {

/// Immutable; threads: any.
class WallClock {
 public:
  WallClock() = default;  ///< UTC
  /// An IANA name, a fixed offset (+05:30, Z) or UTC+05:30, GMT-08:00. `invalid` for anything else, and for an offset that is no multiple
  /// of five minutes.
  static Result<WallClock> parse(const std::string& zone);

  /// The start of the period of 60, 300, 3,600, 86,400 or 604,800 seconds that `at` lies in. Days and weeks may be an hour shorter or
  /// longer.
  Instant period_start(Instant at, std::int64_t period_s) const;

 private:
  std::int64_t offset_s(Instant at) const;
  Instant midnight(std::int64_t local_day) const;

  std::string zone_;  ///< IANA; empty: fixed
  std::int64_t fixed_offset_s_ = 0;
};

}  // namespace tocsin
