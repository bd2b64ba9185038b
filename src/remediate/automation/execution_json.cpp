#include <boost/json.hpp>

#include "remediate/automation/execution.h"

namespace tocsin::remediate {
namespace {

Document to_document(const Principal& principal) {
  return Object{{"kind", static_cast<int>(principal.kind)},
                {"account", principal.account},
                {"arn", principal.arn},
                {"id", principal.principal_id},
                {"name", principal.name},
                {"session", principal.session_name},
                {"key", principal.access_key_id},
                {"since", to_ns(principal.session_started)}};
}

Principal principal_from(const Document& document) {
  return {.kind = static_cast<PrincipalKind>(integer_or(document, "kind", 0)),
          .account = text_or(document, "account"),
          .arn = text_or(document, "arn"),
          .principal_id = text_or(document, "id"),
          .name = text_or(document, "name"),
          .session_name = text_or(document, "session"),
          .access_key_id = text_or(document, "key"),
          .session_started = instant_from_ns(integer_or(document, "since", 0))};
}

Document to_document(const PendingCall& call) {
  return Object{
      {"key", call.key}, {"purpose", call.purpose}, {"service", call.service}, {"operation", call.operation}, {"input", call.input}};
}

Document member(const Document& document, std::string_view key) {
  const Document* found = find(document, key);
  return found ? *found : Document{};
}

PendingCall call_from(const Document& document) {
  return {text_or(document, "key"), text_or(document, "purpose"), text_or(document, "service"), text_or(document, "operation"),
          member(document, "input")};
}

Document to_document(const StepRun& run) {
  Object out{{"id", run.id},
             {"name", run.name},
             {"action", run.action},
             {"status", to_text(run.status)},
             {"phase", static_cast<int>(run.phase)},
             {"attempt", run.attempt},
             {"calls", run.calls},
             {"resends", run.resends},
             {"started", to_ns(run.started_at)},
             {"ended", to_ns(run.ended_at)},
             {"deadline", to_ns(run.deadline)},
             {"wake", to_ns(run.wake_at)},
             {"inputs", run.inputs},
             {"outputs", run.outputs},
             {"progress", run.progress},
             {"response_code", run.response_code},
             {"response", run.response},
             {"failure", run.failure_message},
             {"stage", run.failure_stage},
             {"type", run.failure_type}};
  if (run.call) out["call"] = to_document(*run.call);
  return out;
}

StepRun run_from(const Document& document) {
  StepRun run{.id = text_or(document, "id"), .name = text_or(document, "name"), .action = text_or(document, "action")};
  run.status = parse_step_status(text_or(document, "status")).value_or(StepStatus::pending);
  run.phase = static_cast<StepPhase>(integer_or(document, "phase", 0));
  run.attempt = static_cast<int>(integer_or(document, "attempt", 1));
  run.calls = static_cast<int>(integer_or(document, "calls", 0));
  run.resends = static_cast<int>(integer_or(document, "resends", 0));
  run.started_at = instant_from_ns(integer_or(document, "started", 0));
  run.ended_at = instant_from_ns(integer_or(document, "ended", 0));
  run.deadline = instant_from_ns(integer_or(document, "deadline", 0));
  run.wake_at = instant_from_ns(integer_or(document, "wake", 0));
  run.inputs = object_at(document, "inputs");
  run.outputs = object_at(document, "outputs");
  run.progress = object_at(document, "progress");
  run.response_code = text_or(document, "response_code");
  run.response = text_or(document, "response");
  run.failure_message = text_or(document, "failure");
  run.failure_stage = text_or(document, "stage");
  run.failure_type = text_or(document, "type");
  if (const Document* call = find(document, "call")) run.call = call_from(*call);
  return run;
}

Document to_document(const EvidenceRecord& record) {
  return Object{{"step_run", record.step_run},     {"targets", record.targets},       {"status", record.status},
                {"asked", to_ns(record.asked_at)}, {"ended", to_ns(record.ended_at)}, {"message", record.message},
                {"result", record.result}};
}

EvidenceRecord evidence_from(const Document& document) {
  return {text_or(document, "step_run"),
          member(document, "targets"),
          text_or(document, "status"),
          instant_from_ns(integer_or(document, "asked", 0)),
          instant_from_ns(integer_or(document, "ended", 0)),
          text_or(document, "message"),
          member(document, "result")};
}

}  // namespace

Document to_document(const Execution& execution) {
  Array steps, evidence;
  for (const StepRun& run : execution.steps) steps.push_back(to_document(run));
  for (const EvidenceRecord& record : execution.evidence) evidence.push_back(to_document(record));
  return Object{{"id", execution.id},
                {"account", execution.scope.account},
                {"region", execution.scope.region},
                {"document", execution.document_name},
                {"version", execution.document_version},
                {"content", execution.content},
                {"parameters", execution.parameters},
                {"given", execution.given_parameters},
                {"variables", execution.variables},
                {"principal", to_document(execution.principal)},
                {"role", execution.role_arn},
                {"parent", execution.parent_id},
                {"incident", execution.incident_arn},
                {"correlation", execution.correlation_id},
                {"token", execution.client_token},
                {"status", to_text(execution.status)},
                {"started", to_ns(execution.started_at)},
                {"ended", to_ns(execution.ended_at)},
                {"steps", std::move(steps)},
                {"running", execution.is_running},
                {"next", execution.next_step},
                {"critical", execution.has_critical_failure},
                {"worst", to_text(execution.worst)},
                {"stop", static_cast<int>(execution.stop)},
                {"failure", execution.failure_message},
                {"outputs", execution.outputs},
                {"evidence", std::move(evidence)}};
}

Execution execution_from(const Document& document) {
  Execution execution{.id = text_or(document, "id"), .scope = {text_or(document, "account"), text_or(document, "region")}};
  execution.document_name = text_or(document, "document");
  execution.document_version = text_or(document, "version");
  execution.content = member(document, "content");
  execution.parameters = object_at(document, "parameters");
  execution.given_parameters = object_at(document, "given");
  execution.variables = object_at(document, "variables");
  execution.principal = principal_from(member(document, "principal"));
  execution.role_arn = text_or(document, "role");
  execution.parent_id = text_or(document, "parent");
  execution.incident_arn = text_or(document, "incident");
  execution.correlation_id = text_or(document, "correlation");
  execution.client_token = text_or(document, "token");
  execution.status = parse_execution_status(text_or(document, "status")).value_or(ExecutionStatus::pending);
  execution.started_at = instant_from_ns(integer_or(document, "started", 0));
  execution.ended_at = instant_from_ns(integer_or(document, "ended", 0));
  for (const Document& run : array_at(document, "steps")) execution.steps.push_back(run_from(run));
  execution.is_running = truth_or(document, "running", false);
  execution.next_step = text_or(document, "next");
  execution.has_critical_failure = truth_or(document, "critical", false);
  execution.worst = parse_step_status(text_or(document, "worst")).value_or(StepStatus::success);
  execution.stop = static_cast<Execution::Stop>(integer_or(document, "stop", 0));
  execution.failure_message = text_or(document, "failure");
  execution.outputs = object_at(document, "outputs");
  for (const Document& record : array_at(document, "evidence")) execution.evidence.push_back(evidence_from(record));
  return execution;
}

}  // namespace tocsin::remediate
