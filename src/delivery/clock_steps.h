// When somebody sets the clock, timers that wait for a span (a page's next stage in five minutes) are moved with it, and so are parcels
// that wait to be tried again, so that they come neither an hour late nor at once. Those that wait for a moment (a schedule at six o'clock)
// stay where they are.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "delivery/timers.h"

namespace tocsin::delivery {

class ClockSteps {
 public:
  /// `steady` is time that nobody sets (base/steady_time.h); `moments` are the kinds of timers that stay. All must outlive this object.
  ClockSteps(storage::StateExecutor& state, Timers& timers, std::function<Duration()> steady, std::vector<std::string> moments);
  ~ClockSteps();

  /// From now on the clock is looked at every second.
  void start();
  /// Looks now.
  void look();

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace tocsin::delivery
