// What an incident needs of other stages, declared here; server/ binds them. All are called on the StateExecutor.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "incidents/incident.h"

namespace tocsin::incidents {

/// Starts the plan's automation document. Inside the unit of work that decided it: what it stores is committed with the incident.
class RunbookStarter {
 public:
  struct Request {
    Scope scope;
    std::string document_name;
    std::string document_version;  ///< may be empty: the default version
    std::string role_arn;
    std::map<std::string, std::vector<std::string>> parameters;  ///< the plan's own and the dynamic ones, resolved
    std::string incident_arn;
  };
  virtual ~RunbookStarter() = default;
  /// The execution's id or ARN.
  virtual Result<std::string> start_runbook(const Request& request) = 0;
};

/// Pages people. Inside the unit of work.
class Engager {
 public:
  virtual ~Engager() = default;
  /// The engagement's ARN.
  virtual Result<std::string> engage(const Scope& scope, const std::string& contact_arn, const Incident& incident) = 0;
  /// The incident is resolved: nobody is paged for it any more.
  virtual void stand_down(const Scope& scope, const std::string& engagement_arn, const std::string& reason) = 0;
};

/// Looks for one kind of evidence when an incident opens. Asked after the incident is durable, again after a restart when it had not
/// answered.
class EvidenceSource {
 public:
  struct Request {
    Scope scope;
    std::string incident_arn;
    Instant opened;
    Instant from, to;  ///< the hour before the trigger, up to now
    std::string trigger_arn;
    std::vector<std::string> resources;
    Document trigger;  ///< the event that opened it; null when a person did
  };
  using Done = std::move_only_function<void(Result<std::vector<Evidence>>)>;

  virtual ~EvidenceSource() = default;
  /// A stable name: "logs", "service_changes", "changes", "hosts".
  virtual std::string name() const = 0;
  /// `done` may be called from any thread, exactly once; ids and gathered times may be left empty.
  virtual void gather(const Request& request, Done done) = 0;
};

}  // namespace tocsin::incidents
