// The agent's loop: credentials, pings, the control channel, jobs in and replies out. Everything but scripts runs on one thread of its own.
#pragma once

#include <filesystem>
#include <memory>

#include "agent/registration.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"

namespace tocsin::agent {

class Agent {
 public:
  /// `directory` holds the registration and the spool.
  Agent(Registration registration, std::filesystem::path directory, const Clock& clock, Random& random);
  ~Agent();
  /// Opens the spool and begins; from then on it tries for ever.
  Result<void> start();
  /// Cancels running scripts, closes the channel. Idempotent.
  void stop();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::agent
