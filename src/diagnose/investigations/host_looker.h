// Who can have a script run on hosts at once; server/ binds it to their agents.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/scope.h"

namespace tocsin::diagnose {

class HostLooker {
 public:
  /// What each host printed, by its instance id; hosts that did not answer in time are missing.
  using Done = std::move_only_function<void(std::map<std::string, std::string> printed)>;
  virtual ~HostLooker() = default;
  /// On the StateExecutor, outside a unit; `done` too, once, after `at_most` at the latest.
  virtual void look(const Scope& scope, std::map<std::string, std::string> scripts_by_instance, Duration at_most, Done done) = 0;
};

}  // namespace tocsin::diagnose
