// The planner's inside: one turn over a copy of the execution. Included by the planner's own sources only.
#pragma once

#include "remediate/automation/planner.h"
#include "remediate/automation/variables.h"

namespace tocsin::remediate {

class Turn {
 public:
  Turn(const Runbook& runbook, const Execution& execution, Instant now) : runbook_(runbook), now_(now), plan_{.next = execution} {}

  Result<void> take(const Proceed&);
  Result<void> take(const CallAnswered& answer);
  Result<void> take(const WokeUp& woke);
  Result<void> take(const CommandChanged& changed);
  Result<void> take(const DeadlinePassed& passed);
  Result<void> take(const EvidenceSettled& settled);
  Result<void> take(const SignalSent& signal);
  Result<void> take(const StopAsked& asked);

  Plan finish() { return std::move(plan_); }

 private:
  // planner.cpp: from step to step
  void begin_step(const StepDefinition& step);
  void begin_attempt();
  void succeed(std::string next_step = {});
  void fail_attempt(std::string message, std::string type, StepStatus status = StepStatus::failed);
  void end_step(StepStatus status);
  void after_failure(StepStatus status);
  std::string after(const StepDefinition& step) const;
  void move_to(const std::string& step_name);
  void end_execution(ExecutionStatus status);
  void decide(const SignalSent& signal);
  void cancel_running();
  bool is_current(const std::string& step_run) const;
  StepRun& run() { return plan_.next.steps.back(); }
  const StepDefinition& definition() { return *runbook_.find_step(run().name); }
  std::optional<Document> value_of(std::string_view name) const;
  Lookup lookup() const {
    return [this](std::string_view name) { return value_of(name); };
  }

  // step_actions.cpp: how each action begins, and what an answer means to it
  void begin_action();
  void begin_sleep();
  void begin_approval();
  void begin_branch();
  void begin_call_of_inputs(std::string purpose);
  void begin_command();
  void begin_child();
  void begin_update_variable();
  void send_command();
  bool needs_evidence();
  void send(std::string purpose, std::string service, std::string operation, Document input);
  void poll_later(Duration delay);
  void poll_now();
  void on_answer(const PendingCall& call, const Document& output);
  void on_property(const Document& output);
  void on_command_answer(const PendingCall& call, const Document& output);
  void on_child_answer(const PendingCall& call, const Document& output);
  void take_outputs(const Document& output);

  const Runbook& runbook_;
  const Instant now_;
  Plan plan_;
};

}  // namespace tocsin::remediate
