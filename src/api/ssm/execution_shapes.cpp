#include "api/ssm/execution_shapes.h"

#include <boost/json.hpp>

#include "remediate/automation/runbook.h"

namespace tocsin::api::ssm {
namespace {

using namespace remediate;

void set_if(Object& shape, std::string_view key, const std::string& text) {
  if (!text.empty()) shape[key] = text;
}

void set_if(Object& shape, std::string_view key, Instant at) {
  if (to_ns(at) != 0) shape[key] = to_ns(at);
}

Object to_text_lists(const Object& values) {
  Object lists;
  for (const auto& [name, value] : values) {
    const auto texts = to_texts(value);
    lists[name] = Array(texts.begin(), texts.end());
  }
  return lists;
}

/// The service shows a step's inputs as JSON texts.
Object to_input_texts(const Object& inputs) {
  Object texts;
  for (const auto& [name, value] : inputs) texts[name] = to_json(value);
  return texts;
}

void describe(Object& shape, const StepDefinition& definition) {
  shape["OnFailure"] = definition.on_failure.text();
  shape["MaxAttempts"] = definition.attempts_max;
  shape["IsEnd"] = definition.is_end;
  shape["IsCritical"] = definition.is_critical;
  set_if(shape, "NextStep", definition.next_step);
  if (definition.timeout_seconds.is_number()) shape["TimeoutSeconds"] = definition.timeout_seconds;
}

Object to_step(const StepRun& run, const StepDefinition* definition) {
  Object shape{{"StepName", run.name},
               {"Action", run.action},
               {"StepStatus", to_text(run.status)},
               {"StepExecutionId", run.id},
               {"Inputs", to_input_texts(run.inputs)},
               {"Outputs", to_text_lists(run.outputs)},
               {"OverriddenParameters", Object{}}};
  if (definition) describe(shape, *definition);
  set_if(shape, "ExecutionStartTime", run.started_at);
  set_if(shape, "ExecutionEndTime", run.ended_at);
  set_if(shape, "ResponseCode", run.response_code);
  set_if(shape, "Response", run.response);
  set_if(shape, "FailureMessage", run.failure_message);
  if (run.resends > 0)
    shape["WarningMessage"] = "A call of this step was sent again " + std::to_string(run.resends) +
                              " time(s) after the server stopped before its answer was recorded.";
  if (!run.failure_type.empty())
    shape["FailureDetails"] = Object{{"FailureStage", run.failure_stage},
                                     {"FailureType", run.failure_type},
                                     {"Details", Object{{"Attempts", Array{std::to_string(run.attempt)}}}}};
  return shape;
}

/// What Automation knows beyond the service: how the evidence of the hosts was kept, told in the execution's warning.
std::string evidence_words(const Execution& execution) {
  std::string words;
  for (const EvidenceRecord& record : execution.evidence) {
    words += (words.empty() ? "" : " ") + std::string("Evidence of ") + to_json(record.targets) + ": " + record.status;
    words += record.message.empty() ? "." : " (" + record.message + ").";
    if (record.status == "Kept" && !record.result.is_null()) words += " " + to_json(record.result);
  }
  return words;
}

/// The members that AutomationExecution and AutomationExecutionMetadata have in common.
Object to_head(const Execution& execution) {
  Object shape{{"AutomationExecutionId", execution.id},
               {"DocumentName", execution.document_name},
               {"DocumentVersion", execution.document_version},
               {"AutomationExecutionStatus", to_text(execution.status)},
               {"ExecutionStartTime", to_ns(execution.started_at)},
               {"ExecutedBy", execution.principal.arn},
               {"Mode", "Auto"},
               {"Targets", Array{}},
               {"ResolvedTargets", Object{{"ParameterValues", Array{}}, {"Truncated", false}}},
               {"Outputs", to_text_lists(execution.outputs)}};
  set_if(shape, "ExecutionEndTime", execution.ended_at);
  set_if(shape, "FailureMessage", execution.failure_message);
  set_if(shape, "ParentAutomationExecutionId", execution.parent_id);
  set_if(shape, "WarningMessage", evidence_words(execution));
  if (execution.is_running) {
    shape["CurrentStepName"] = execution.steps.back().name;
    shape["CurrentAction"] = execution.steps.back().action;
  }
  return shape;
}

}  // namespace

std::vector<Object> to_steps(const Execution& execution) {
  std::vector<Object> shapes;
  const auto runbook = parse_runbook(execution.content);
  std::vector<std::string> ran;
  for (const StepRun& run : execution.steps) {
    shapes.push_back(to_step(run, runbook ? runbook->find_step(run.name) : nullptr));
    ran.push_back(run.name);
  }
  if (!runbook) return shapes;
  for (const StepDefinition& step : runbook->steps) {
    if (std::ranges::find(ran, step.name) != ran.end()) continue;
    Object shape{
        {"StepName", step.name}, {"Action", step.action_text}, {"StepStatus", "Pending"}, {"Inputs", Object{}}, {"Outputs", Object{}}};
    describe(shape, step);
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

Object to_metadata(const Execution& execution) {
  Object shape = to_head(execution);
  shape["LogFile"] = "";
  shape["AutomationType"] = "Local";
  return shape;
}

Object to_execution(const Execution& execution) {
  Object shape = to_head(execution);
  Array steps;
  int total = 0, succeeded = 0, failed = 0, cancelled = 0, timed_out = 0;
  for (Object& step : to_steps(execution)) {
    const std::string status = text_or(step, "StepStatus");
    ++total;
    succeeded += status == "Success";
    failed += status == "Failed";
    cancelled += status == "Cancelled";
    timed_out += status == "TimedOut";
    if (steps.size() < 100) steps.emplace_back(std::move(step));
  }
  shape["StepExecutions"] = std::move(steps);
  shape["StepExecutionsTruncated"] = total > 100;
  shape["Parameters"] = to_text_lists(execution.parameters);
  shape["Variables"] = to_text_lists(execution.variables);
  shape["ProgressCounters"] = Object{{"TotalSteps", total},
                                     {"SuccessSteps", succeeded},
                                     {"FailedSteps", failed},
                                     {"CancelledSteps", cancelled},
                                     {"TimedOutSteps", timed_out}};
  return shape;
}

}  // namespace tocsin::api::ssm
