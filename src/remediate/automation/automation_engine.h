// Carries runbooks out: the durable shell around the planner. Each move is one unit of work; after a restart every execution goes on where
// it was, a step that was recorded done is not run again, and a call whose answer was not recorded is sent again under the same key (and
// counted in the step's resends). Threads: all but `command_ended` and the constructor only on the StateExecutor, inside a unit of work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "delivery/timers.h"
#include "events/journal/journal.h"
#include "remediate/automation/api_caller.h"
#include "remediate/automation/evidence_keeper.h"
#include "remediate/automation/execution_store.h"
#include "remediate/automation/planner.h"
#include "remediate/documents/document_store.h"
#include "remediate/parameters/parameter_store.h"
#include "remediate/resource_tags/resource_tags.h"
#include "storage/state_executor.h"

namespace tocsin::remediate {

struct StartAutomation {
  std::string document;  ///< name or ARN
  std::string version;   ///< "", "$DEFAULT", "$LATEST" or a number
  GivenParameters parameters;
  std::string client_token;
  Principal principal;
  std::string role_arn;      ///< for documents without an assumeRole of their own
  std::string incident_arn;  ///< when it is an incident's runbook: evidence is kept before commands touch hosts
  Tags tags;
};

/// All outlive the engine.
struct AutomationParts {
  storage::StateExecutor& state;
  Random& random;
  events::Journal& journal;
  delivery::Timers& timers;
  DocumentStore& documents;
  ParameterStore& parameters;
  ResourceTags& tags;
  ApiCaller& api;
  EvidenceKeeper& evidence;
};

class AutomationEngine {
 public:
  /// Registers its timers' handlers; before Timers::start().
  explicit AutomationEngine(AutomationParts parts);
  /// Outside a unit.
  Result<void> migrate();
  /// Goes on with what was under way. Outside a unit, after ApiCaller and EvidenceKeeper are ready.
  void start();

  /// The execution's id. Reasons: AutomationDefinitionNotFoundException, AutomationDefinitionVersionNotFoundException,
  /// InvalidAutomationExecutionParametersException, IdempotentParameterMismatch, AutomationExecutionLimitExceededException.
  Result<std::string> begin(const Scope& scope, const StartAutomation& request);
  /// For incidents: runs as ssm-incidents.amazonaws.com, under `role_arn` unless the document has a role of its own.
  Result<std::string> start_for_incident(const Scope& scope, const std::string& document, const std::string& version,
                                         const GivenParameters& parameters, const std::string& role_arn, const std::string& incident_arn);
  std::optional<Execution> find(const Scope& scope, const std::string& id) { return store_.find(scope, id); }
  std::vector<ExecutionStore::Numbered> list(const Scope& scope, std::int64_t before, std::size_t count_max) {
    return store_.list(scope, before, count_max);
  }
  Result<void> signal(const Scope& scope, const std::string& id, const SignalSent& signal);
  Result<void> stop(const Scope& scope, const std::string& id, bool is_cancel);
  /// Spares the waiting step its next look; for the subscription to Run Command's status events.
  void command_ended(const Scope& scope, const std::string& command_id);

 private:
  Result<Execution> prepare(const Scope& scope, const StartAutomation& request);
  Result<void> apply(Execution execution, const Happening& happening);
  Result<void> apply_to(const Scope& scope, const std::string& id, const Happening& happening);
  void announce(Execution& execution, const Plan& plan);
  void set_timers(const Plan& plan);
  void act(const Plan& plan);
  void proceed(Scope scope, std::string id);
  void send(const Execution& execution);
  void send_again(Scope scope, std::string id, std::string key);
  void keep_evidence(const Execution& execution);
  void cancel_command(const Execution& execution, const std::string& command_id);
  void resume(Execution execution);

  AutomationParts parts_;
  ExecutionStore store_;
};

}  // namespace tocsin::remediate
