// How each action begins, and what the answers to its calls mean. Pages: automation-action-NAME of the Systems Manager user guide.
#include <algorithm>
#include <boost/json.hpp>

#include "base/letters.h"
#include "base/text_time.h"
#include "remediate/automation/branch_choice.h"
#include "remediate/automation/iso_duration.h"
#include "remediate/automation/planner_turn.h"
#include "remediate/automation/selector.h"
#include "remediate/automation/step_outputs.h"

namespace tocsin::remediate {
namespace {

constexpr std::size_t payload_bytes_max = 64 * 1024;
constexpr Duration sleep_max = std::chrono::seconds(604'799);

/// What aws:executeAwsApi and its kin hand to the API: all inputs but their own.
Object api_input(const Object& inputs) {
  Object input;
  for (const auto& [name, value] : inputs)
    if (name != "Service" && name != "Api" && name != "PropertySelector" && name != "DesiredValues") input[name] = value;
  return input;
}

bool is_waiting(std::string_view status) {
  static constexpr std::string_view words[] = {"",        "Pending",         "InProgress", "Cancelling", "Delayed",
                                               "Waiting", "PendingApproval", "Approved",   "Scheduled",  "RunbookInProgress"};
  return std::ranges::find(words, status) != std::end(words);
}

bool is_forbidden_while_cancelling(StepAction action) {
  return action == StepAction::approve || action == StepAction::pause || action == StepAction::sleep;
}

std::string text_input(const Object& inputs, std::string_view key) {
  const Document* value = find(inputs, key);
  return value && !value->is_null() ? to_plain_text(*value) : "";
}

Object targets_of(const Object& inputs) {
  Object targets;
  if (const Document* ids = find(inputs, "InstanceIds")) targets["InstanceIds"] = to_list(*ids);
  if (const Document* wanted = find(inputs, "Targets")) targets["Targets"] = *wanted;
  return targets;
}

Object send_command_input(const Object& inputs) {
  Object input = inputs;
  if (const Document* ids = find(inputs, "InstanceIds")) input["InstanceIds"] = to_list(*ids);
  if (const Document* parameters = find(inputs, "Parameters")) input["Parameters"] = to_lists(*parameters);
  for (const char* text : {"MaxConcurrency", "MaxErrors", "DocumentVersion", "Comment"})
    if (input.contains(text)) input[text] = text_input(inputs, text);
  return input;
}

}  // namespace

void Turn::begin_action() {
  const StepDefinition& step = definition();
  if (plan_.next.status == ExecutionStatus::cancelling && is_forbidden_while_cancelling(step.action))
    return fail_attempt("The action " + step.action_text + " can't run on the way of a cancellation", "Validation");
  if (step.action == StepAction::branch) return begin_branch();
  auto inputs = substitute(step.inputs, lookup());
  if (!inputs) return fail_attempt(inputs.error().message, "InputResolution");
  run().inputs = inputs->as_object();
  switch (step.action) {
    case StepAction::approve:
      return begin_approval();
    case StepAction::branch:
      return;
    case StepAction::execute_automation:
      return begin_child();
    case StepAction::execute_api:
    case StepAction::assert_property:
    case StepAction::wait_for_property:
      return begin_call_of_inputs("invoke");
    case StepAction::pause:
      run().phase = StepPhase::signal;
      run().status = StepStatus::waiting;
      plan_.next.status = ExecutionStatus::waiting;
      plan_.execution_changed = true;
      return;
    case StepAction::run_command:
      return begin_command();
    case StepAction::sleep:
      return begin_sleep();
    case StepAction::update_variable:
      return begin_update_variable();
    case StepAction::not_offered:
      return fail_attempt("The action " + step.action_text + " is not offered by this server", "Validation");
  }
}

void Turn::send(std::string purpose, std::string service, std::string operation, Document input) {
  StepRun& step = run();
  step.calls += 1;
  std::string key = plan_.next.id + "/" + step.id + "/" + std::to_string(step.attempt) + "/" + std::to_string(step.calls);
  step.call = PendingCall{std::move(key), std::move(purpose), std::move(service), std::move(operation), std::move(input)};
  step.phase = StepPhase::call;
  plan_.send_call = true;
}

void Turn::begin_call_of_inputs(std::string purpose) {
  const Object& inputs = run().inputs;
  std::string service = lower_case(text_input(inputs, "Service"));
  const std::string operation = to_operation_name(text_input(inputs, "Api"));
  if (operation == "SendCommand" && purpose == "invoke" && needs_evidence()) return;
  send(std::move(purpose), std::move(service), operation, api_input(inputs));
}

void Turn::begin_sleep() {
  const Object& inputs = run().inputs;
  std::optional<Instant> until;
  if (inputs.contains("Duration")) {
    const auto duration = parse_iso_duration(text_input(inputs, "Duration"));
    if (duration && *duration <= sleep_max) until = now_ + *duration;
  } else {
    until = parse_rfc3339(text_input(inputs, "Timestamp"));
    if (until && *until > now_ + sleep_max) until.reset();
  }
  if (!until) return fail_attempt("aws:sleep takes an ISO 8601 Duration or Timestamp of at most 604799 seconds from now", "Validation");
  if (*until <= now_) return succeed();
  run().phase = StepPhase::pause;
  run().wake_at = *until;
  plan_.set_wake = true;
}

void Turn::begin_approval() {
  StepRun& step = run();
  const Array approvers = to_list(step.inputs["Approvers"]);
  const std::string minimum_text = step.inputs.contains("MinRequiredApprovals") ? text_input(step.inputs, "MinRequiredApprovals") : "1";
  const auto minimum = std::atoll(minimum_text.c_str());
  if (approvers.empty() || approvers.size() > 10) return fail_attempt("aws:approve takes 1 to 10 Approvers", "Validation");
  if (minimum < 1 || minimum > static_cast<std::int64_t>(approvers.size()))
    return fail_attempt("MinRequiredApprovals must be from 1 to the number of Approvers", "Validation");
  step.inputs["Approvers"] = approvers;
  step.progress["approvals_min"] = minimum;
  step.outputs["ApprovalStatus"] = "Waiting";
  step.status = StepStatus::waiting;
  plan_.next.status = ExecutionStatus::waiting;
  plan_.execution_changed = true;
  const std::string topic = text_input(step.inputs, "NotificationArn");
  if (topic.empty()) {
    step.phase = StepPhase::signal;
    return;
  }
  const std::string message =
      text_input(step.inputs, "Message") + "\nThe runbook " + plan_.next.document_name + " waits for approval at the step " + step.name +
      ". Answer with: aws ssm send-automation-signal --automation-execution-id " + plan_.next.id + " --signal-type Approve";
  send("notify", "sns", "Publish",
       Object{{"TopicArn", topic}, {"Subject", "Approval required: " + plan_.next.document_name.substr(0, 70)}, {"Message", message}});
}

void Turn::begin_branch() {
  run().inputs = definition().inputs;
  const auto outcome = choose_branch(definition().inputs, lookup());
  if (!outcome) return fail_attempt(outcome.error().message, "InputResolution");
  run().response = outcome->matched + (outcome->next_step.empty() ? "" : ": step " + outcome->next_step);
  succeed(outcome->next_step);
}

void Turn::begin_update_variable() {
  std::string name = text_input(run().inputs, "Name");
  if (name.starts_with("variable:")) name = name.substr(9);
  if (!runbook_.variables.contains(name)) return fail_attempt("The variable " + name + " is not defined", "Validation");
  plan_.next.variables[name] = run().inputs["Value"];
  succeed();
}

bool Turn::needs_evidence() {
  Execution& execution = plan_.next;
  if (execution.incident_arn.empty()) return false;
  const Document targets = targets_of(run().inputs);
  if (std::ranges::any_of(execution.evidence, [&](const EvidenceRecord& record) { return record.targets == targets; })) return false;
  execution.evidence.push_back({.step_run = run().id, .targets = targets, .status = "Collecting", .asked_at = now_});
  run().phase = StepPhase::evidence;
  run().wake_at = now_ + evidence_wait_max;
  plan_.keep_evidence = true;
  plan_.set_wake = true;
  return true;
}

// nothing but text is an id
static std::string text_of(const Document& value) { return value.is_string() ? std::string(value.get_string()) : std::string(); }

void Turn::begin_command() {
  // evidence names hosts by their ARNs; Run Command wants their ids
  if (const auto ids = run().inputs.find("InstanceIds"); ids != run().inputs.end() && ids->value().is_array())
    for (Document& id : ids->value().get_array())
      if (const std::string text = text_of(id); text.starts_with("arn:")) id = text.substr(text.find_last_of('/') + 1);
  if (!needs_evidence()) send_command();
}

void Turn::send_command() {
  if (definition().action == StepAction::execute_api) return begin_call_of_inputs("invoke");
  send("invoke", "ssm", "SendCommand", send_command_input(run().inputs));
}

void Turn::begin_child() {
  Object input{{"DocumentName", text_input(run().inputs, "DocumentName")}};
  if (run().inputs.contains("DocumentVersion")) input["DocumentVersion"] = text_input(run().inputs, "DocumentVersion");
  if (const Document* parameters = find(run().inputs, "RuntimeParameters")) input["Parameters"] = to_lists(*parameters);
  for (const char* name : {"Targets", "TargetParameterName", "TargetMaps", "MaxConcurrency", "MaxErrors"})
    if (run().inputs.contains(name)) input[name] = run().inputs[name];
  send("invoke", "ssm", "StartAutomationExecution", std::move(input));
}

void Turn::poll_later(Duration delay) {
  run().phase = StepPhase::pause;
  run().wake_at = now_ + delay;
  plan_.set_wake = true;
}

void Turn::poll_now() {
  if (const auto command = text_at(run().progress, "command_id"))
    return send("poll", "ssm", "ListCommands", Object{{"CommandId", *command}});
  if (const auto child = text_at(run().progress, "execution_id"))
    return send("poll", "ssm", "GetAutomationExecution", Object{{"AutomationExecutionId", *child}});
  begin_call_of_inputs("poll");
}

void Turn::on_answer(const PendingCall& call, const Document& output) {
  if (call.purpose == "notify") {
    run().phase = StepPhase::signal;
    return;
  }
  switch (definition().action) {
    case StepAction::run_command:
      return on_command_answer(call, output);
    case StepAction::execute_automation:
      return on_child_answer(call, output);
    case StepAction::wait_for_property:
    case StepAction::assert_property:
      return on_property(output);
    default:
      break;
  }
  take_outputs(output);
  run().response_code = "0";
  succeed();
}

void Turn::take_outputs(const Document& output) {
  for (auto& [name, value] : select_outputs(definition().outputs, output)) run().outputs[name] = value;
  std::string payload = to_json(output);
  if (payload.size() <= payload_bytes_max) run().outputs["OutputPayload"] = std::move(payload);
}

void Turn::on_property(const Document& output) {
  std::string found;
  const auto is_there = has_desired_property(output, text_input(run().inputs, "PropertySelector"), run().inputs["DesiredValues"], found);
  if (!is_there) return fail_attempt(is_there.error().message, "Validation");
  run().response = text_input(run().inputs, "PropertySelector") + " is " + found.substr(0, 256);
  if (*is_there) {
    for (auto& [name, value] : select_outputs(definition().outputs, output)) run().outputs[name] = value;
    return succeed();
  }
  if (definition().action == StepAction::wait_for_property) return poll_later(poll_interval);
  fail_attempt("Property value " + found.substr(0, 256) +
                   " from the API output is not in desired values. Desired values: " + to_json(run().inputs["DesiredValues"]) + ".",
               "Verification");
}

void Turn::on_command_answer(const PendingCall& call, const Document& output) {
  StepRun& step = run();
  if (call.purpose == "invoke") {
    const Document* command = find(output, "Command");
    step.progress["command_id"] = command ? text_or(*command, "CommandId") : "";
    step.outputs["CommandId"] = step.progress["command_id"];
    return poll_later(poll_interval);
  }
  if (call.purpose == "poll") {
    const Array& commands = array_at(output, "Commands");
    const std::string status = commands.empty() ? "" : text_or(commands.front(), "Status");
    if (is_waiting(status)) return poll_later(poll_interval);
    step.progress["command_status"] = status;
    return send("details", "ssm", "ListCommandInvocations", Object{{"CommandId", text_or(step.progress, "command_id")}, {"Details", true}});
  }
  const std::string status = text_or(step.progress, "command_status");
  std::int64_t code = 0;
  std::string text;
  const Array& invocations = array_at(output, "CommandInvocations");
  for (const Document& invocation : invocations)
    for (const Document& plugin : array_at(invocation, "CommandPlugins")) {
      if (code == 0) code = integer_or(plugin, "ResponseCode", 0);
      text += (text.empty() || text.ends_with('\n') ? "" : "\n") + text_or(plugin, "Output");
    }
  step.response_code = std::to_string(code);
  step.outputs["Status"] = status;
  step.outputs["ResponseCode"] = code;
  step.outputs["Output"] = text.substr(0, payload_bytes_max);
  for (auto& [name, value] : select_outputs(definition().outputs, output)) step.outputs[name] = value;
  if (invocations.empty())
    return fail_attempt("No hosts were found that match the targets of the command " + text_or(step.progress, "command_id"), "NoTargets");
  if (status == "Success") return succeed();
  fail_attempt("Command " + text_or(step.progress, "command_id") + " ended " + status + " with response code " + std::to_string(code),
               status);
}

void Turn::on_child_answer(const PendingCall& call, const Document& output) {
  StepRun& step = run();
  if (call.purpose == "invoke") {
    step.progress["execution_id"] = text_or(output, "AutomationExecutionId");
    step.outputs["ExecutionId"] = step.progress["execution_id"];
    return poll_later(poll_interval);
  }
  const Document& child =
      output.is_object() && output.get_object().contains("AutomationExecution") ? output.get_object().at("AutomationExecution") : output;
  const std::string status = text_or(child, "AutomationExecutionStatus");
  if (is_waiting(status)) return poll_later(poll_interval);
  Array texts;
  for (const auto& member : object_at(child, "Outputs"))
    for (Document& text : to_list(member.value())) texts.push_back(std::move(text));
  step.outputs["Output"] = std::move(texts);
  step.outputs["Status"] = status;
  if (status == "Success") return succeed();
  fail_attempt("The execution " + text_or(step.progress, "execution_id") + " ended " + status + ": " + text_or(child, "FailureMessage"),
               status);
}

}  // namespace tocsin::remediate
