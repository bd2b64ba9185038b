// What an execution does next. Pure: a runbook, the execution's state, what happened and when → the next state and what must be done in the
// outer world for it. One call moves at most one step over; `go_on` asks to be called again with Proceed, in a unit of its own.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "remediate/automation/execution.h"
#include "remediate/automation/runbook.h"

namespace tocsin::remediate {

// --- what happened
struct Proceed {};  ///< begin the next step; also after a restart, when nothing was under way
struct CallAnswered {
  std::string key;
  Document output;         ///< of a call that succeeded
  std::string error_code;  ///< empty: it succeeded
  std::string error_message;
  bool is_transient = false;  ///< throttled or unavailable
};
struct WokeUp {
  std::string step_run;
};
struct CommandChanged {  ///< someone saw that a command has ended: no need to wait for the next look
  std::string command_id;
};
struct DeadlinePassed {
  std::string step_run;
};
struct EvidenceSettled {
  std::string step_run;
  Result<Document> outcome;
};
struct SignalSent {
  std::string type;  ///< Approve, Reject, Resume …
  Object payload;
  Principal sender;
};
struct StopAsked {
  bool is_cancel = true;  ///< else: complete the running step, then stop
};
using Happening = std::variant<Proceed, CallAnswered, WokeUp, CommandChanged, DeadlinePassed, EvidenceSettled, SignalSent, StopAsked>;

// --- what is to be done
struct Plan {
  Execution next;
  bool go_on = false;
  bool send_call = false;         ///< next.steps.back().call
  bool keep_evidence = false;     ///< of next.evidence.back().targets
  bool set_wake = false;          ///< at next.steps.back().wake_at
  bool set_deadline = false;      ///< at next.steps.back().deadline
  std::string cancel_command_id;  ///< a command that its step no longer waits for
  bool step_changed = false;      ///< the last step's status is new
  bool execution_changed = false;
};

/// `invalid` with a reason (InvalidAutomationSignalException, InvalidAutomationStatusUpdateException, AutomationStepNotFoundException) for
/// a signal or stop that does not fit; a happening that is late (another key, another run) changes nothing.
Result<Plan> plan(const Runbook& runbook, const Execution& execution, const Happening& happening, Instant now);

/// How long a running command or a property is left alone between two looks.
inline constexpr Duration poll_interval = std::chrono::seconds(2);
/// How long evidence may take before the commands go ahead without it.
inline constexpr Duration evidence_wait_max = std::chrono::seconds(10);

}  // namespace tocsin::remediate
