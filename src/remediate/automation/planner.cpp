#include "remediate/automation/planner.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/text_time.h"
#include "remediate/automation/planner_turn.h"

namespace tocsin::remediate {
namespace {

constexpr std::size_t runs_max = 1000;
constexpr Duration cancel_path_max = std::chrono::minutes(2);

/// A UUID that is the same whenever this run is planned again.
std::string run_id(const std::string& execution_id, std::size_t number) {
  const std::string hex = to_hex(sha256(execution_id + "/" + std::to_string(number)));
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-8" + hex.substr(13, 3) + "-a" + hex.substr(17, 3) + "-" + hex.substr(20, 12);
}

std::string date_of(Instant at) { return to_rfc3339(at).substr(0, 10); }

std::string date_time_of(Instant at) {
  std::string text = to_rfc3339(at).substr(0, 19);
  std::ranges::replace(text, 'T', '_');
  std::ranges::replace(text, ':', '.');
  return text;
}

/// The first words with which the service begins every failure of a step.
std::string failure_words(const std::string& message) {
  return "Step fails when it is Execute/Cancelling action. " + message + (message.ends_with('.') ? "" : ".") +
         " Please refer to Automation Service Troubleshooting Guide for more diagnosis details.";
}

}  // namespace

Result<Plan> plan(const Runbook& runbook, const Execution& execution, const Happening& happening, Instant now) {
  Turn turn(runbook, execution, now);
  const auto taken = std::visit([&](const auto& what) { return turn.take(what); }, happening);
  if (!taken) return std::unexpected(taken.error());
  return turn.finish();
}

std::optional<Document> Turn::value_of(std::string_view name) const {
  const Execution& execution = plan_.next;
  if (name == "global:ACCOUNT_ID") return Document(execution.scope.account);
  if (name == "global:REGION") return Document(execution.scope.region);
  if (name == "global:AWS_PARTITION") return Document("aws");
  if (name == "global:DATE") return Document(date_of(now_));
  if (name == "global:DATE_TIME") return Document(date_time_of(now_));
  if (name == "automation:EXECUTION_ID") return Document(execution.id);
  if (name.starts_with("variable:")) {
    const Document* value = find(execution.variables, name.substr(9));
    return value ? std::optional(*value) : std::nullopt;
  }
  if (const Document* value = find(execution.parameters, name)) return *value;
  const auto dot = name.find('.');
  if (dot == name.npos) return std::nullopt;
  const auto run =
      std::find_if(execution.steps.rbegin(), execution.steps.rend(), [&](const StepRun& step) { return step.name == name.substr(0, dot); });
  if (run == execution.steps.rend()) return std::nullopt;
  const Document* value = find(run->outputs, name.substr(dot + 1));
  return value ? std::optional(*value) : std::nullopt;
}

bool Turn::is_current(const std::string& step_run) const {
  return !is_over(plan_.next.status) && plan_.next.is_running && plan_.next.steps.back().id == step_run;
}

Result<void> Turn::take(const Proceed&) {
  Execution& execution = plan_.next;
  if (is_over(execution.status) || execution.is_running) return {};
  if (execution.status == ExecutionStatus::pending) {
    execution.status = ExecutionStatus::in_progress;
    execution.next_step = runbook_.steps.front().name;
    plan_.execution_changed = true;
  }
  const StepDefinition* step = runbook_.find_step(execution.next_step);
  if (!step) {
    execution.failure_message = "The step " + execution.next_step + " is not there.";
    end_execution(ExecutionStatus::failed);
  } else if (execution.steps.size() >= runs_max) {
    execution.failure_message = "The runbook ran 1000 steps without coming to an end.";
    end_execution(ExecutionStatus::failed);
  } else {
    begin_step(*step);
  }
  return {};
}

void Turn::begin_step(const StepDefinition& step) {
  Execution& execution = plan_.next;
  StepRun begun{.id = run_id(execution.id, execution.steps.size()),
                .name = step.name,
                .action = step.action_text,
                .status = StepStatus::in_progress,
                .started_at = now_};
  execution.steps.push_back(std::move(begun));
  execution.is_running = true;
  plan_.step_changed = true;
  begin_attempt();
}

void Turn::begin_attempt() {
  const StepDefinition& step = definition();
  Duration limit = std::chrono::seconds(3600);
  if (step.action == StepAction::approve || step.action == StepAction::pause || step.action == StepAction::sleep)
    limit = std::chrono::hours(24 * 7);
  if (!step.timeout_seconds.is_null()) {
    const auto seconds = substitute(step.timeout_seconds, lookup());
    const double number = seconds ? std::atof(to_plain_text(*seconds).c_str()) : 0;
    if (!(number >= 1 && number <= 30 * 86'400)) return fail_attempt("timeoutSeconds must be a number from 1 to 2592000.", "Validation");
    limit = std::chrono::milliseconds(static_cast<std::int64_t>(number * 1000));
  }
  if (plan_.next.status == ExecutionStatus::cancelling) limit = std::min<Duration>(limit, cancel_path_max);
  run().deadline = now_ + limit;
  plan_.set_deadline = true;
  begin_action();
}

std::string Turn::after(const StepDefinition& step) const {
  if (!step.next_step.empty()) return step.next_step;
  const StepDefinition* following = runbook_.following(step.name);
  return following ? following->name : "";
}

void Turn::succeed(std::string next_step) {
  end_step(StepStatus::success);
  const StepDefinition& step = definition();
  // a branch's choice goes before its isEnd
  if (!next_step.empty()) return move_to(next_step);
  move_to(step.is_end ? "" : after(step));
}

void Turn::end_step(StepStatus status) {
  StepRun& step = run();
  step.status = status;
  step.phase = StepPhase::none;
  step.ended_at = now_;
  step.call.reset();
  plan_.next.is_running = false;
  plan_.step_changed = true;
  if (plan_.next.status == ExecutionStatus::waiting) plan_.next.status = ExecutionStatus::in_progress, plan_.execution_changed = true;
}

void Turn::fail_attempt(std::string message, std::string type, StepStatus status) {
  StepRun& step = run();
  step.call.reset();
  step.failure_message = failure_words(message);
  step.failure_stage = "Invocation";
  step.failure_type = std::move(type);
  if (const auto command = text_at(step.progress, "command_id"); command && status == StepStatus::timed_out)
    plan_.cancel_command_id = *command;
  if (step.attempt >= definition().attempts_max) return after_failure(status);
  step.progress = Object{{"retry", true}};
  step.phase = StepPhase::pause;
  step.wake_at = now_ + std::chrono::seconds(1);
  plan_.set_wake = true;
}

void Turn::after_failure(StepStatus status) {
  end_step(status);
  const StepDefinition& step = definition();
  Execution& execution = plan_.next;
  if (step.is_critical) execution.has_critical_failure = true, execution.worst = status;
  if (execution.failure_message.empty() && step.is_critical) execution.failure_message = run().failure_message;
  switch (step.on_failure.kind) {
    case Aftermath::Kind::abort:
      execution.failure_message = run().failure_message;
      return end_execution(execution.status == ExecutionStatus::cancelling ? ExecutionStatus::cancelled
                           : status == StepStatus::timed_out               ? ExecutionStatus::timed_out
                                                                           : ExecutionStatus::failed);
    case Aftermath::Kind::step:
      return move_to(step.on_failure.step);
    case Aftermath::Kind::go_on:
      return move_to(step.is_end ? "" : after(step));
  }
}

void Turn::move_to(const std::string& step_name) {
  Execution& execution = plan_.next;
  if (execution.stop == Execution::Stop::complete) return end_execution(ExecutionStatus::cancelled);
  if (step_name.empty()) {
    if (execution.status == ExecutionStatus::cancelling) return end_execution(ExecutionStatus::cancelled);
    if (!execution.has_critical_failure) return end_execution(ExecutionStatus::success);
    return end_execution(execution.worst == StepStatus::timed_out ? ExecutionStatus::timed_out : ExecutionStatus::failed);
  }
  execution.next_step = step_name;
  plan_.go_on = true;
}

void Turn::end_execution(ExecutionStatus status) {
  Execution& execution = plan_.next;
  execution.status = status;
  execution.ended_at = now_;
  execution.next_step.clear();
  if (status == ExecutionStatus::success) execution.failure_message.clear();
  for (const std::string& name : runbook_.outputs)
    if (auto value = value_of(name)) execution.outputs[name] = std::move(*value);
  plan_.execution_changed = true;
  plan_.go_on = false;
}

Result<void> Turn::take(const WokeUp& woke) {
  if (!is_current(woke.step_run) || run().phase == StepPhase::call || run().phase == StepPhase::signal) return {};
  if (run().phase == StepPhase::evidence) {
    if (now_ < run().wake_at) return {};
    return take(EvidenceSettled{woke.step_run, fail(ErrorKind::unavailable, "The evidence was not there within 10 s.")});
  }
  if (run().phase != StepPhase::pause || now_ < run().wake_at) return {};
  if (truth_or(run().progress, "retry", false)) {
    run().progress.clear();
    run().attempt += 1;
    begin_attempt();
  } else if (definition().action == StepAction::sleep) {
    succeed();
  } else {
    poll_now();
  }
  return {};
}

Result<void> Turn::take(const CommandChanged& changed) {
  if (is_over(plan_.next.status) || !plan_.next.is_running || run().phase != StepPhase::pause) return {};
  if (text_or(run().progress, "command_id") == changed.command_id) poll_now();
  return {};
}

Result<void> Turn::take(const DeadlinePassed& passed) {
  if (!is_current(passed.step_run) || now_ < run().deadline) return {};
  if (definition().action == StepAction::approve) run().outputs["ApprovalStatus"] = "TimedOut";
  fail_attempt("The step did not come to its end within its timeout", "Timeout", StepStatus::timed_out);
  return {};
}

Result<void> Turn::take(const EvidenceSettled& settled) {
  if (!is_current(settled.step_run) || run().phase != StepPhase::evidence) return {};
  EvidenceRecord& record = plan_.next.evidence.back();
  record.status = settled.outcome ? "Kept" : "Failed";
  record.ended_at = now_;
  if (settled.outcome)
    record.result = *settled.outcome;
  else
    record.message = settled.outcome.error().message;
  send_command();
  return {};
}

Result<void> Turn::take(const CallAnswered& answer) {
  if (is_over(plan_.next.status) || !plan_.next.is_running || !run().call || run().call->key != answer.key) return {};
  const PendingCall call = std::move(*run().call);
  run().call.reset();
  if (answer.error_code.empty()) {
    on_answer(call, answer.output);
    return {};
  }
  const std::string message =
      "An error occurred (" + answer.error_code + ") when calling the " + call.operation + " operation: " + answer.error_message;
  if (call.purpose == "notify") {
    run().progress["notification_error"] = message;
    run().phase = StepPhase::signal;
  } else if (answer.is_transient && (call.purpose != "invoke" || definition().action == StepAction::wait_for_property)) {
    poll_later(poll_interval);
  } else {
    fail_attempt(message, answer.error_code);
  }
  return {};
}

Result<void> Turn::take(const SignalSent& signal) {
  const auto refuse = [](const std::string& message) { return fail(ErrorKind::conflict, message, "InvalidAutomationSignalException"); };
  if (is_over(plan_.next.status) || !plan_.next.is_running) return refuse("The execution waits for no signal.");
  StepRun& step = run();
  const StepAction action = definition().action;
  if (signal.type == "Resume" && action == StepAction::pause && step.phase == StepPhase::signal) return succeed(), Result<void>{};
  const bool is_decision = signal.type == "Approve" || signal.type == "Reject";
  if (!is_decision || action != StepAction::approve || step.phase == StepPhase::pause)
    return refuse("The signal " + signal.type + " isn't valid for the current Automation execution, which is at " + step.name + " (" +
                  step.action + ").");
  const auto is_sender = [&](const Document& approver) {
    return approver == signal.sender.arn.c_str() || approver == signal.sender.name.c_str();
  };
  if (std::ranges::none_of(array_at(step.inputs, "Approvers"), is_sender))
    return refuse(signal.sender.arn + " is not one of the approvers.");
  decide(signal);
  return {};
}

/// Takes an approver's decision, which replaces an earlier one of the same person.
void Turn::decide(const SignalSent& signal) {
  StepRun& step = run();
  const bool is_approval = signal.type == "Approve";
  const Document* comment = find(signal.payload, "Comment");
  Array decisions{Object{{"Approver", signal.sender.arn}, {"Decision", signal.type}, {"Comment", comment ? *comment : Document(Array{})}}};
  for (const Document& earlier : array_at(step.progress, "decisions"))
    if (text_or(earlier, "Approver") != signal.sender.arn) decisions.push_back(earlier);
  const auto approvals =
      std::ranges::count_if(decisions, [](const Document& decision) { return text_or(decision, "Decision") == "Approve"; });
  Array texts;
  for (const Document& decision : decisions) texts.emplace_back(to_json(decision));
  step.outputs["ApproverDecisions"] = std::move(texts);
  step.progress["decisions"] = std::move(decisions);
  if (!is_approval) {
    step.outputs["ApprovalStatus"] = "Rejected";
    step.attempt = definition().attempts_max;  // a no is not asked again
    fail_attempt("Approval denied by " + signal.sender.arn, "Rejected");
  } else if (approvals >= integer_or(step.progress, "approvals_min", 1)) {
    step.outputs["ApprovalStatus"] = "Approved";
    succeed();
  }
}

Result<void> Turn::take(const StopAsked& asked) {
  Execution& execution = plan_.next;
  if (is_over(execution.status) || execution.status == ExecutionStatus::cancelling)
    return fail(ErrorKind::conflict, "The execution is " + std::string(to_text(execution.status)) + " and can't be stopped.",
                "InvalidAutomationStatusUpdateException");
  if (!asked.is_cancel) {
    execution.stop = Execution::Stop::complete;
    if (!execution.is_running) end_execution(ExecutionStatus::cancelled);
    return {};
  }
  execution.stop = Execution::Stop::cancel;
  cancel_running();
  return {};
}

void Turn::cancel_running() {
  Execution& execution = plan_.next;
  std::string path;
  if (execution.is_running) {
    if (const auto command = text_at(run().progress, "command_id")) plan_.cancel_command_id = *command;
    path = definition().on_cancel.step;
    end_step(StepStatus::cancelled);
  }
  if (path.empty()) return end_execution(ExecutionStatus::cancelled);
  execution.status = ExecutionStatus::cancelling;
  plan_.execution_changed = true;
  move_to(path);
}

}  // namespace tocsin::remediate
