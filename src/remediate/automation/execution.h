// One execution of a runbook: the state that the planner moves and the store keeps.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/document.h"
#include "model/principal.h"
#include "model/scope.h"

namespace tocsin::remediate {

enum class StepStatus { pending, in_progress, waiting, success, timed_out, cancelled, failed };
enum class ExecutionStatus { pending, in_progress, waiting, success, timed_out, cancelling, cancelled, failed };

/// The service's words: Pending, InProgress, Waiting, Success, TimedOut, Cancelling, Cancelled, Failed.
std::string_view to_text(StepStatus status);
std::string_view to_text(ExecutionStatus status);
std::optional<StepStatus> parse_step_status(std::string_view text);
std::optional<ExecutionStatus> parse_execution_status(std::string_view text);
bool is_over(StepStatus status);
bool is_over(ExecutionStatus status);

/// What a running step waits for.
enum class StepPhase {
  none,      ///< it is over
  evidence,  ///< the evidence of the hosts, before a command touches them
  call,      ///< the answer of `call`
  pause,     ///< its wake-up time: the end of a sleep, the next poll, the next attempt
  signal,    ///< people: aws:approve, aws:pause
};

/// A call to a service that is on its way, kept until its answer is recorded. The key is the same when it is sent again after a crash.
struct PendingCall {
  std::string key;      ///< EXECUTION/STEP_RUN/ATTEMPT/NUMBER
  std::string purpose;  ///< "invoke", "poll", "details", "notify"
  std::string service;
  std::string operation;
  Document input;
};

/// One run of one step; a step that is returned to has several.
struct StepRun {
  std::string id;  ///< a UUID, derived from the execution's id and the run's number
  std::string name;
  std::string action;
  StepStatus status = StepStatus::pending;
  StepPhase phase = StepPhase::none;
  int attempt = 1;
  int calls = 0;    ///< made in all attempts
  int resends = 0;  ///< calls sent again because a stop left their answer unrecorded
  Instant started_at{};
  Instant ended_at{};
  Instant deadline{};  ///< the epoch: none
  Instant wake_at{};
  Object inputs;  ///< with references put in
  Object outputs;
  Object progress;  ///< the action's own: CommandId, decisions …
  std::optional<PendingCall> call;
  std::string response_code;
  std::string response;
  std::string failure_message;
  std::string failure_stage;
  std::string failure_type;
};

/// Whether and how the evidence of some hosts was kept before commands touched them.
struct EvidenceRecord {
  std::string step_run;
  Document targets;
  std::string status;  ///< Collecting, Kept, Failed
  Instant asked_at{};
  Instant ended_at{};
  std::string message;  ///< why it failed
  Document result;      ///< what the keeper says of it
};

struct Execution {
  std::string id;  ///< a UUID
  Scope scope;
  std::string document_name;
  std::string document_version;
  Document content;   ///< of the document, as it was at the start
  Object parameters;  ///< typed
  Object given_parameters;
  Object variables;
  Principal principal;
  std::string role_arn;  ///< empty: calls go out under the principal
  std::string parent_id;
  std::string incident_arn;
  std::string correlation_id;
  std::string client_token;
  ExecutionStatus status = ExecutionStatus::pending;
  Instant started_at{};
  Instant ended_at{};
  std::vector<StepRun> steps;
  bool is_running = false;  ///< the last of `steps` is under way; otherwise `next_step` comes
  std::string next_step;
  bool has_critical_failure = false;
  StepStatus worst = StepStatus::success;
  enum class Stop { none, complete, cancel } stop = Stop::none;
  std::string failure_message;
  Object outputs;
  std::vector<EvidenceRecord> evidence;
};

Document to_document(const Execution& execution);
Execution execution_from(const Document& document);

}  // namespace tocsin::remediate
