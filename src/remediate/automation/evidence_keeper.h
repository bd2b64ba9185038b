// Keeps the evidence of hosts (processes, stacks, sockets, journal, disk) before an incident's runbook touches them. server/ binds it to
// hosts.
#pragma once

#include <functional>
#include <string>

#include "base/document.h"
#include "model/scope.h"

namespace tocsin::remediate {

struct EvidenceRequest {
  Scope scope;
  std::string incident_arn;
  std::string execution_id;
  std::string step_name;
  Document targets;  ///< {"InstanceIds": […], "Targets": [{"Key", "Values"}]}, either or both, as SendCommand takes them
};

class EvidenceKeeper {
 public:
  /// What was kept and where, to be shown in the execution; or why it was not.
  using Done = std::move_only_function<void(Result<Document>)>;
  virtual ~EvidenceKeeper() = default;
  /// Called on the StateExecutor's thread, outside a unit. `done` on the same thread, outside a unit, at most once; the execution waits 10
  /// s for it and then goes on.
  virtual void keep(EvidenceRequest request, Done done) = 0;
};

}  // namespace tocsin::remediate
