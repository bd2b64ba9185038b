// A person's quiet hours: "22:00-07:00" or "22:00-07:00 Europe/Berlin"; without a zone UTC. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/schedule/wall_clock.h"

namespace tocsin::storm {

class QuietHours {
 public:
  static Result<QuietHours> parse(std::string_view text);
  /// When the quiet hours that `at` lies in end; `at` itself when it lies in none.
  Instant end_of(Instant at) const;

 private:
  Instant moment_of(Instant midnight, Duration time) const;
  Duration from_{}, to_{};  ///< since midnight; from after to: over midnight
  WallClock zone_;
};

}  // namespace tocsin::storm
