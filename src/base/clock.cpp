#include "base/clock.h"

namespace tocsin {

Instant SystemClock::now() const { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

}  // namespace tocsin
