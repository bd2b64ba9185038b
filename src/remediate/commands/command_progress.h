// How invocations and their command move from status to status; pure.
#pragma once

#include <string>
#include <vector>

#include "remediate/commands/command.h"

namespace tocsin::remediate {

/// What an agent's reply means for an invocation: the agent's words are Success, Failed, Cancelled, TimedOut, InProgress, Skipped, SuccessAndReboot.
InvocationStatus status_of_reply(std::string_view document_status);

/// Takes the reply into the invocation: a terminal status stays, steps are merged by name (a later reply without outputs keeps the earlier ones).
/// Returns whether the status changed.
bool apply_reply(Invocation& invocation, std::string_view document_status, const std::vector<StepOutcome>& steps, Instant now);

/// Ends an invocation that is not over yet; false when it was over.
bool end_invocation(Invocation& invocation, InvocationStatus status, std::string details, Instant now);

/// Recomputes counts and status of the command from all its invocations.
void summarize(Command& command, const std::vector<Invocation>& invocations);

/// Which pending invocations may be sent now: as many as concurrency allows, none once there are more errors than allowed or the command is over.
std::vector<std::string> to_dispatch(const Command& command, const std::vector<Invocation>& invocations);

}  // namespace tocsin::remediate
