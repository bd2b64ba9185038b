// An Automation document (schemaVersion 0.3), parsed: what the planner follows. Pure.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "remediate/documents/document_parameters.h"

namespace tocsin::remediate {

enum class StepAction {
  approve,
  assert_property,
  branch,
  execute_automation,
  execute_api,
  pause,
  run_command,
  sleep,
  update_variable,
  wait_for_property,
  not_offered,  ///< known to the service, not carried out here: the step fails and says so
};

struct OutputDefinition {
  std::string name;
  std::string selector;
  std::string type = "String";
};

/// What comes after a failure or a cancellation.
struct Aftermath {
  enum class Kind { abort, go_on, step } kind = Kind::abort;
  std::string step;
  std::string text() const;
};

struct StepDefinition {
  std::string name;
  std::string action_text;  ///< "aws:executeAwsApi"
  StepAction action = StepAction::not_offered;
  Object inputs;
  std::vector<OutputDefinition> outputs;
  int attempts_max = 1;
  Document timeout_seconds;  ///< null, a number, or a text with a reference
  Aftermath on_failure;
  Aftermath on_cancel;
  bool is_end = false;
  bool is_critical = true;
  std::string next_step;
};

struct Runbook {
  std::string description;
  std::string assume_role;  ///< may be a reference
  std::vector<ParameterDefinition> parameters;
  Object variables;  ///< name → first value
  std::vector<StepDefinition> steps;
  std::vector<std::string> outputs;  ///< "step.Output"

  const StepDefinition* find_step(std::string_view name) const;
  /// The step that follows by order; nullptr after the last.
  const StepDefinition* following(std::string_view name) const;
};

/// `content` as read_document_content left it. Errors (InvalidDocumentContent) name the step and what is wrong.
Result<Runbook> parse_runbook(const Document& content);
/// For DocumentStore's checks of the type Automation.
Result<void> check_runbook(const Document& content);

}  // namespace tocsin::remediate
