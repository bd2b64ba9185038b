// Tries probes on the real network, on a few threads of its own: whole names are resolved and connections made within the probe's time.
#pragma once

#include <memory>

#include "base/clock.h"
#include "detect/probes/probe.h"

namespace tocsin::detect {

class Prober {
 public:
  /// `clock` must outlive it.
  explicit Prober(const Clock& clock, std::size_t thread_count = 4);
  /// Waits for what is under way; what was not begun ends as failed.
  ~Prober();
  void run(const ProbeSpec& spec, std::function<void(ProbeResult)> done);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::detect
