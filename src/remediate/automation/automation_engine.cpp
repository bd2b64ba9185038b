#include "remediate/automation/automation_engine.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/ids.h"
#include "base/log.h"
#include "remediate/automation/execution_events.h"
#include "remediate/automation/variables.h"

namespace tocsin::remediate {
namespace {

constexpr std::int64_t active_max = 1000;
constexpr auto wake_timer = "automation.wake";
constexpr auto deadline_timer = "automation.deadline";
constexpr auto retry_delay = std::chrono::seconds(1);

Document timer_payload(const Execution& execution) {
  return Object{{"account", execution.scope.account}, {"region", execution.scope.region}, {"run", execution.steps.back().id}};
}

Scope scope_of(const Document& payload) { return {text_or(payload, "account"), text_or(payload, "region")}; }

std::unexpected<Error> no_execution(const std::string& id) {
  return fail(ErrorKind::not_found, "Couldn't find an automation execution with the ID: " + id, "AutomationExecutionNotFoundException");
}

std::unexpected<Error> wrong_parameters(const std::string& message) {
  return fail(ErrorKind::invalid, message, "InvalidAutomationExecutionParametersException");
}

Object to_object(const GivenParameters& given) {
  Object object;
  for (const auto& [name, values] : given) object[name] = Array(values.begin(), values.end());
  return object;
}

/// The incident's ARN among the parameters: response plans hand it over as INCIDENT_RECORD_ARN under the name that the document gives it.
std::string incident_among(const GivenParameters& given) {
  for (const auto& [name, values] : given)
    if (values.size() == 1 && values.front().starts_with("arn:aws:ssm-incidents:") &&
        values.front().find(":incident-record/") != std::string::npos)
      return values.front();
  return {};
}

}  // namespace

AutomationEngine::AutomationEngine(AutomationParts parts) : parts_(parts), store_(parts.state.database()) {
  parts_.timers.handle(wake_timer, [this](const std::string& id, Instant, const Document& payload) {
    return apply_to(scope_of(payload), id, WokeUp{text_or(payload, "run")});
  });
  parts_.timers.handle(deadline_timer, [this](const std::string& id, Instant, const Document& payload) {
    return apply_to(scope_of(payload), id, DeadlinePassed{text_or(payload, "run")});
  });
}

Result<void> AutomationEngine::migrate() { return store_.migrate(); }

Result<Execution> AutomationEngine::prepare(const Scope& scope, const StartAutomation& request) {
  const auto document = parts_.documents.get(scope, request.document, {request.version, ""});
  if (!document && document.error().reason == "InvalidDocumentVersion")
    return fail(ErrorKind::not_found, "The version " + request.version + " of " + request.document + " couldn't be found.",
                "AutomationDefinitionVersionNotFoundException");
  if (!document || document->type != "Automation")
    return fail(ErrorKind::not_found, "Document with name " + request.document + " doesn't exist or isn't an Automation runbook.",
                "AutomationDefinitionNotFoundException");
  auto runbook = parse_runbook(document->content.content);
  if (!runbook) return wrong_parameters(runbook.error().message);
  auto values = resolve_parameters(runbook->parameters, request.parameters, [&](const std::string& name) -> Result<std::string> {
    const auto stored = parts_.parameters.get(scope, name, false);
    if (!stored) return std::unexpected(stored.error());
    if (stored->type == ParameterType::secure_string)
      return fail(ErrorKind::invalid, "Parameters of type SecureString can't be used in {{ssm:" + name + "}}.");
    return stored->value;
  });
  if (!values) return wrong_parameters(values.error().message);
  Execution execution{.id = make_uuid_v4(parts_.random),
                      .scope = scope,
                      .document_name = document->name,
                      .document_version = std::to_string(document->version)};
  execution.content = document->content.content;
  execution.parameters = std::move(*values);
  execution.given_parameters = to_object(request.parameters);
  execution.variables = runbook->variables;
  execution.principal = request.principal;
  execution.client_token = request.client_token;
  execution.incident_arn = request.incident_arn.empty() ? incident_among(request.parameters) : request.incident_arn;
  execution.started_at = parts_.state.now();
  const auto role = substitute(Document(runbook->assume_role), [&](std::string_view name) -> std::optional<Document> {
    const Document* value = tocsin::find(execution.parameters, name);
    return value ? std::optional(*value) : std::nullopt;
  });
  if (!role) return wrong_parameters("assumeRole: " + role.error().message);
  execution.role_arn = to_plain_text(*role).empty() ? request.role_arn : to_plain_text(*role);
  return execution;
}

Result<std::string> AutomationEngine::begin(const Scope& scope, const StartAutomation& request) {
  if (!request.client_token.empty())
    if (const auto earlier = store_.find_by_token(scope, request.client_token)) {
      if (earlier->given_parameters == to_object(request.parameters)) return earlier->id;
      return fail(ErrorKind::conflict, "The client token was used before with other parameters.", "IdempotentParameterMismatch");
    }
  if (store_.active_count(scope) >= active_max)
    return fail(ErrorKind::limit_exceeded, "The number of simultaneously running Automation executions exceeded the allowable limit.",
                "AutomationExecutionLimitExceededException");
  auto execution = prepare(scope, request);
  if (!execution) return std::unexpected(execution.error());
  if (auto tagged = parts_.tags.add(scope, {"Automation", execution->id}, request.tags); !tagged) return std::unexpected(tagged.error());
  const std::string event_id = parts_.journal.append(execution_event(*execution, parts_.state.now()));
  if (const auto event = parts_.journal.find(event_id)) execution->correlation_id = event->correlation_id;
  store_.add(*execution);
  parts_.state.after_commit([this, scope, id = execution->id] { proceed(scope, id); });
  return execution->id;
}

Result<std::string> AutomationEngine::start_for_incident(const Scope& scope, const std::string& document, const std::string& version,
                                                         const GivenParameters& parameters, const std::string& role_arn,
                                                         const std::string& incident_arn) {
  return begin(scope, {.document = document,
                       .version = version,
                       .parameters = parameters,
                       .principal = service_principal(scope.account, "ssm-incidents.amazonaws.com"),
                       .role_arn = role_arn,
                       .incident_arn = incident_arn});
}

Result<void> AutomationEngine::signal(const Scope& scope, const std::string& id, const SignalSent& signal) {
  auto execution = store_.find(scope, id);
  if (!execution) return no_execution(id);
  return apply(std::move(*execution), signal);
}

Result<void> AutomationEngine::stop(const Scope& scope, const std::string& id, bool is_cancel) {
  auto execution = store_.find(scope, id);
  if (!execution) return no_execution(id);
  return apply(std::move(*execution), StopAsked{is_cancel});
}

void AutomationEngine::command_ended(const Scope& scope, const std::string& command_id) {
  for (Execution& execution : store_.active())
    if (execution.scope == scope && execution.is_running && text_or(execution.steps.back().progress, "command_id") == command_id)
      (void)apply(std::move(execution), CommandChanged{command_id});
}

Result<void> AutomationEngine::apply_to(const Scope& scope, const std::string& id, const Happening& happening) {
  auto execution = store_.find(scope, id);
  if (!execution) return {};
  return apply(std::move(*execution), happening);
}

Result<void> AutomationEngine::apply(Execution execution, const Happening& happening) {
  const auto runbook = parse_runbook(execution.content);
  if (!runbook) return std::unexpected(runbook.error());
  auto planned = plan(*runbook, execution, happening, parts_.state.now());
  if (!planned) return std::unexpected(planned.error());
  store_.save(planned->next);
  announce(planned->next, *planned);
  set_timers(*planned);
  act(*planned);
  return {};
}

void AutomationEngine::announce(Execution& execution, const Plan& plan) {
  if (plan.step_changed) parts_.journal.append(step_event(execution, execution.steps.back(), parts_.state.now()));
  if (plan.execution_changed) parts_.journal.append(execution_event(execution, parts_.state.now()));
}

void AutomationEngine::set_timers(const Plan& plan) {
  const Execution& execution = plan.next;
  if (is_over(execution.status)) {
    parts_.timers.cancel(wake_timer, execution.id);
    parts_.timers.cancel(deadline_timer, execution.id);
    return;
  }
  if (!execution.is_running) return;
  if (plan.set_wake) parts_.timers.set(wake_timer, execution.id, execution.steps.back().wake_at, timer_payload(execution));
  if (plan.set_deadline) parts_.timers.set(deadline_timer, execution.id, execution.steps.back().deadline, timer_payload(execution));
}

void AutomationEngine::act(const Plan& plan) {
  const Execution& execution = plan.next;
  if (plan.send_call && execution.is_running && execution.steps.back().call)
    parts_.state.after_commit([this, execution] { send(execution); });
  if (plan.keep_evidence && execution.is_running) parts_.state.after_commit([this, execution] { keep_evidence(execution); });
  if (!plan.cancel_command_id.empty())
    parts_.state.after_commit([this, execution, id = plan.cancel_command_id] { cancel_command(execution, id); });
  if (plan.go_on) parts_.state.after_commit([this, scope = execution.scope, id = execution.id] { proceed(scope, id); });
}

void AutomationEngine::proceed(Scope scope, std::string id) {
  parts_.state.submit([this, scope, id] { return apply_to(scope, id, Proceed{}); },
                      [this, scope, id](Result<void> done) {
                        if (done) return;
                        log::warning("remediate/automation", "a move was not committed and is tried again",
                                     {{"execution", id}, {"error", done.error().message}});
                        parts_.state.executor().post_after(retry_delay, [this, scope, id] { proceed(scope, id); });
                      });
}

void AutomationEngine::send(const Execution& execution) {
  const PendingCall& call = *execution.steps.back().call;
  const Scope scope = execution.scope;
  const std::string id = execution.id, key = call.key;
  ApiRequest request{.key = key,
                     .scope = scope,
                     .principal = execution.principal,
                     .role_arn = execution.role_arn,
                     .role_session = "Automation-" + id,
                     .service = call.service,
                     .operation = call.operation,
                     .input = call.input};
  auto record = [this, scope, id, key](ApiOutcome outcome) -> Result<void> {
    return apply_to(scope, id,
                    CallAnswered{key, std::move(outcome.output), std::move(outcome.error_code), std::move(outcome.error_message),
                                 outcome.is_transient});
  };
  auto lost = [this, scope, id, key] {
    parts_.state.executor().post_after(retry_delay, [this, scope, id, key] { send_again(scope, id, key); });
  };
  parts_.api.call(std::move(request), std::move(record), std::move(lost));
}

void AutomationEngine::send_again(Scope scope, std::string id, std::string key) {
  parts_.state.submit(
      [this, scope, id, key]() -> Result<void> {
        auto execution = store_.find(scope, id);
        if (!execution || !execution->is_running || !execution->steps.back().call || execution->steps.back().call->key != key) return {};
        execution->steps.back().resends += 1;
        store_.save(*execution);
        parts_.state.after_commit([this, execution = *execution] { send(execution); });
        return {};
      },
      [this, scope, id, key](Result<void> done) {
        if (!done) parts_.state.executor().post_after(retry_delay, [this, scope, id, key] { send_again(scope, id, key); });
      });
}

void AutomationEngine::keep_evidence(const Execution& execution) {
  const StepRun& step = execution.steps.back();
  EvidenceRequest request{execution.scope, execution.incident_arn, execution.id, step.name, execution.evidence.back().targets};
  parts_.evidence.keep(std::move(request), [this, scope = execution.scope, id = execution.id, run = step.id](Result<Document> outcome) {
    // when this unit is lost, the 10 s timer goes on without the evidence
    parts_.state.submit([this, scope, id, run, outcome = std::move(outcome)] {
      return apply_to(scope, id, EvidenceSettled{run, outcome});
    });
  });
}

void AutomationEngine::cancel_command(const Execution& execution, const std::string& command_id) {
  ApiRequest request{.key = execution.id + "/cancel/" + command_id,
                     .scope = execution.scope,
                     .principal = execution.principal,
                     .role_arn = execution.role_arn,
                     .role_session = "Automation-" + execution.id,
                     .service = "ssm",
                     .operation = "CancelCommand",
                     .input = Object{{"CommandId", command_id}}};
  parts_.api.call(
      std::move(request),
      [command_id](ApiOutcome outcome) -> Result<void> {
        if (!outcome.error_code.empty())
          log::info("remediate/automation", "a command was not cancelled", {{"command", command_id}, {"error", outcome.error_code}});
        return {};
      },
      [] {});
}

void AutomationEngine::start() {
  parts_.state.submit([this]() -> Result<void> {
    for (Execution& execution : store_.active()) resume(std::move(execution));
    return {};
  });
}

void AutomationEngine::resume(Execution execution) {
  const Scope scope = execution.scope;
  if (!execution.is_running) {
    parts_.state.after_commit([this, scope, id = execution.id] { proceed(scope, id); });
  } else if (const StepRun& step = execution.steps.back(); step.phase == StepPhase::call && step.call) {
    parts_.state.after_commit([this, scope, id = execution.id, key = step.call->key] { send_again(scope, id, key); });
  } else if (step.phase == StepPhase::evidence) {
    parts_.state.after_commit([this, execution] { keep_evidence(execution); });
  }
}

}  // namespace tocsin::remediate
