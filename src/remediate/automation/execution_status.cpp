#include "remediate/automation/execution.h"

namespace tocsin::remediate {
namespace {
constexpr StepStatus step_statuses[] = {StepStatus::pending,   StepStatus::in_progress, StepStatus::waiting, StepStatus::success,
                                        StepStatus::timed_out, StepStatus::cancelled,   StepStatus::failed};
constexpr ExecutionStatus execution_statuses[] = {ExecutionStatus::pending,   ExecutionStatus::in_progress, ExecutionStatus::waiting,
                                                  ExecutionStatus::success,   ExecutionStatus::timed_out,   ExecutionStatus::cancelling,
                                                  ExecutionStatus::cancelled, ExecutionStatus::failed};
}  // namespace

std::string_view to_text(StepStatus status) {
  switch (status) {
    case StepStatus::pending:
      return "Pending";
    case StepStatus::in_progress:
      return "InProgress";
    case StepStatus::waiting:
      return "Waiting";
    case StepStatus::success:
      return "Success";
    case StepStatus::timed_out:
      return "TimedOut";
    case StepStatus::cancelled:
      return "Cancelled";
    case StepStatus::failed:
      return "Failed";
  }
  return "Pending";
}

std::string_view to_text(ExecutionStatus status) {
  switch (status) {
    case ExecutionStatus::pending:
      return "Pending";
    case ExecutionStatus::in_progress:
      return "InProgress";
    case ExecutionStatus::waiting:
      return "Waiting";
    case ExecutionStatus::success:
      return "Success";
    case ExecutionStatus::timed_out:
      return "TimedOut";
    case ExecutionStatus::cancelling:
      return "Cancelling";
    case ExecutionStatus::cancelled:
      return "Cancelled";
    case ExecutionStatus::failed:
      return "Failed";
  }
  return "Pending";
}

std::optional<StepStatus> parse_step_status(std::string_view text) {
  for (const auto status : step_statuses)
    if (to_text(status) == text) return status;
  return std::nullopt;
}

std::optional<ExecutionStatus> parse_execution_status(std::string_view text) {
  for (const auto status : execution_statuses)
    if (to_text(status) == text) return status;
  return std::nullopt;
}

bool is_over(StepStatus status) {
  return status != StepStatus::pending && status != StepStatus::in_progress && status != StepStatus::waiting;
}

bool is_over(ExecutionStatus status) {
  return status == ExecutionStatus::success || status == ExecutionStatus::timed_out || status == ExecutionStatus::cancelled ||
         status == ExecutionStatus::failed;
}

}  // namespace tocsin::remediate
