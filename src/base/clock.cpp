#include "base/clock.h"

#include "base/steady_time.h"

namespace tocsin {

Instant SystemClock::now() const { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); }

Duration steady_time() { return std::chrono::steady_clock::now().time_since_epoch(); }

}  // namespace tocsin
