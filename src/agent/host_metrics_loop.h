// Measures this host each minute and sends it to the server, on a thread of its own, for as long as the object lives.
#pragma once

#include <filesystem>
#include <memory>

#include "agent/registration.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"

namespace tocsin::agent {

class HostMetricsLoop {
 public:
  /// `directory` is the agent's; the spool is below it. `random` is used from another thread.
  HostMetricsLoop(Registration registration, const std::filesystem::path& directory, const Clock& clock, Random& random);
  ~HostMetricsLoop();
  /// `unavailable` when the spool cannot be opened.
  Result<void> start(Duration every = std::chrono::minutes(1));

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::agent
