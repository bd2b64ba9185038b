// A command and its invocations, one per host.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/document.h"
#include "model/scope.h"

namespace tocsin::remediate {

enum class InvocationStatus { pending, in_progress, success, failed, timed_out, cancelling, cancelled };
enum class CommandStatus { pending, in_progress, success, failed, timed_out, cancelling, cancelled };

/// The service's words: Pending, InProgress, Success, Failed, TimedOut, Cancelling, Cancelled.
std::string_view to_text(InvocationStatus status);
std::string_view to_text(CommandStatus status);
bool is_terminal(InvocationStatus status);
bool is_terminal(CommandStatus status);

/// What SendCommand asks for, checked.
struct CommandSpec {
  Scope scope;
  std::string document_name;
  std::string document_version;
  Document document;                  ///< its content
  Object parameters;                  ///< as given: lists of text by name
  std::vector<std::string> instance_ids;
  Array targets;                      ///< as given, for reading back
  std::string comment;
  std::int64_t timeout_seconds = 3600;///< for delivery
  std::int64_t concurrency_max = 50;  ///< invocations in the air at once
  std::int64_t errors_max = 0;        ///< more failures than this stop what has not begun
  std::string max_concurrency_text = "50", max_errors_text = "0";
  std::string requested_by;           ///< the caller's ARN
};

struct Command {
  std::string id;  ///< a UUID
  CommandSpec spec;
  CommandStatus status = CommandStatus::pending;
  std::string status_details;
  Instant requested_at{};
  std::int64_t target_count = 0, completed_count = 0, error_count = 0, timed_out_count = 0;
};

/// One step (plugin) of a document on one host.
struct StepOutcome {
  std::string name;            ///< the step's, such as "aws:runShellScript" or the author's
  std::string status;          ///< the agent's word
  std::int64_t response_code = -1;
  std::string standard_output, standard_error, output;
  std::string started_at, ended_at;  ///< as the agent wrote them, RFC 3339
};

struct Invocation {
  std::string command_id;
  Scope scope;
  std::string instance_id;
  InvocationStatus status = InvocationStatus::pending;
  std::string status_details = "Pending";
  Instant requested_at{};
  Instant started_at{};  ///< the epoch: not yet
  Instant ended_at{};
  std::vector<StepOutcome> steps;
};

}  // namespace tocsin::remediate
