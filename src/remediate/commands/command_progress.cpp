#include "remediate/commands/command_progress.h"

#include <algorithm>

namespace tocsin::remediate {

std::string_view to_text(InvocationStatus status) {
  switch (status) {
    case InvocationStatus::pending: return "Pending";
    case InvocationStatus::in_progress: return "InProgress";
    case InvocationStatus::success: return "Success";
    case InvocationStatus::failed: return "Failed";
    case InvocationStatus::timed_out: return "TimedOut";
    case InvocationStatus::cancelling: return "Cancelling";
    case InvocationStatus::cancelled: return "Cancelled";
  }
  return "Failed";
}

// the two have the same states; they are two types so that one cannot stand for the other
std::string_view to_text(CommandStatus status) { return to_text(static_cast<InvocationStatus>(status)); }

bool is_terminal(InvocationStatus status) {
  return status == InvocationStatus::success || status == InvocationStatus::failed || status == InvocationStatus::timed_out || status == InvocationStatus::cancelled;
}

bool is_terminal(CommandStatus status) { return is_terminal(static_cast<InvocationStatus>(status)); }

InvocationStatus status_of_reply(std::string_view word) {
  if (word == "Success" || word == "SuccessAndReboot" || word == "Skipped") return InvocationStatus::success;
  if (word == "Cancelled") return InvocationStatus::cancelled;
  if (word == "TimedOut") return InvocationStatus::timed_out;
  if (word == "InProgress") return InvocationStatus::in_progress;
  return InvocationStatus::failed;
}

namespace {

void merge_step(std::vector<StepOutcome>& steps, const StepOutcome& incoming) {
  const auto known = std::find_if(steps.begin(), steps.end(), [&](const StepOutcome& step) { return step.name == incoming.name; });
  if (known == steps.end()) {
    steps.push_back(incoming);
    return;
  }
  StepOutcome merged = incoming;
  if (merged.standard_output.empty()) merged.standard_output = known->standard_output;
  if (merged.standard_error.empty()) merged.standard_error = known->standard_error;
  if (merged.output.empty()) merged.output = known->output;
  *known = std::move(merged);
}

std::string details_of(InvocationStatus status) { return status == InvocationStatus::timed_out ? "ExecutionTimedOut" : std::string(to_text(status)); }

CommandStatus overall(const Command& command, const std::vector<Invocation>& invocations) {
  const auto any = [&](InvocationStatus status) {
    return std::any_of(invocations.begin(), invocations.end(), [&](const Invocation& one) { return one.status == status; });
  };
  const bool over = command.completed_count == command.target_count;
  if (!over) {
    if (any(InvocationStatus::cancelling) || command.status == CommandStatus::cancelling) return CommandStatus::cancelling;
    return any(InvocationStatus::in_progress) || command.completed_count > 0 ? CommandStatus::in_progress : CommandStatus::pending;
  }
  if (any(InvocationStatus::failed)) return CommandStatus::failed;
  if (any(InvocationStatus::timed_out)) return CommandStatus::timed_out;
  return any(InvocationStatus::cancelled) ? CommandStatus::cancelled : CommandStatus::success;
}

}  // namespace

bool apply_reply(Invocation& invocation, std::string_view document_status, const std::vector<StepOutcome>& steps, Instant now) {
  for (const StepOutcome& step : steps) merge_step(invocation.steps, step);
  const InvocationStatus status = status_of_reply(document_status);
  const bool sticky = is_terminal(invocation.status) || (invocation.status == InvocationStatus::cancelling && !is_terminal(status));
  if (sticky || status == invocation.status) return false;
  if (invocation.started_at == Instant{}) invocation.started_at = now;
  if (is_terminal(status)) invocation.ended_at = now;
  invocation.status = status;
  invocation.status_details = details_of(status);
  return true;
}

bool end_invocation(Invocation& invocation, InvocationStatus status, std::string details, Instant now) {
  if (is_terminal(invocation.status)) return false;
  invocation.status = status;
  invocation.status_details = std::move(details);
  invocation.ended_at = now;
  return true;
}

void summarize(Command& command, const std::vector<Invocation>& invocations) {
  const auto count = [&](auto matches) { return static_cast<std::int64_t>(std::count_if(invocations.begin(), invocations.end(), matches)); };
  command.target_count = static_cast<std::int64_t>(invocations.size());
  command.completed_count = count([](const Invocation& one) { return is_terminal(one.status); });
  command.error_count = count([](const Invocation& one) { return one.status == InvocationStatus::failed; });
  command.timed_out_count = count([](const Invocation& one) { return one.status == InvocationStatus::timed_out && one.status_details == "DeliveryTimedOut"; });
  command.status = overall(command, invocations);
  command.status_details = command.status == CommandStatus::timed_out && command.timed_out_count > 0 ? "DeliveryTimedOut" : std::string(to_text(command.status));
}

std::vector<std::string> to_dispatch(const Command& command, const std::vector<Invocation>& invocations) {
  std::vector<std::string> chosen;
  if (is_terminal(command.status) || command.status == CommandStatus::cancelling) return chosen;
  if (command.error_count > command.spec.errors_max) return chosen;
  const auto in_the_air = std::count_if(invocations.begin(), invocations.end(), [](const Invocation& one) { return one.status == InvocationStatus::in_progress; });
  std::int64_t room = command.spec.concurrency_max - in_the_air;
  for (const Invocation& invocation : invocations) {
    if (room <= 0) break;
    if (invocation.status != InvocationStatus::pending) continue;
    chosen.push_back(invocation.instance_id);
    --room;
  }
  return chosen;
}

}  // namespace tocsin::remediate
