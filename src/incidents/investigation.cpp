// What an incident does by itself when it opens: ask for evidence, then engage people and start the runbook.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/ids.h"
#include "base/log.h"
#include "incidents/event_names.h"
#include "incidents/evidence_command.h"
#include "incidents/incidents.h"

namespace tocsin::incidents {

void Incidents::start() {
  state_.submit([this]() -> Result<void> {
    for (const auto& awaited : store_.awaited()) {
      const auto incident = store_.find(awaited.scope, awaited.incident_arn);
      const auto source = std::ranges::find_if(sources_, [&](EvidenceSource* each) { return each->name() == awaited.what; });
      if (incident && source != sources_.end())
        ask(**source, *incident);
      else if (!awaited.what.empty())
        store_.settle(awaited.scope, awaited.incident_arn, awaited.what);
    }
    return {};
  });
}

void Incidents::begin_gathering(const Incident& i) {
  store_.await(i, "");
  for (EvidenceSource* source : sources_) {
    store_.await(i, source->name());
    ask(*source, i);
  }
  const Duration wait = sources_.empty() ? Duration{0} : evidence_wait_max;
  timers_.set("incidents.proceed", i.arn, state_.now() + wait, Object{{"account", i.scope.account}, {"region", i.scope.region}});
}

void Incidents::ask(EvidenceSource& source, const Incident& i) {
  EvidenceSource::Request request{i.scope,      i.arn,         i.created,   i.detected - std::chrono::hours(1),
                                  state_.now(), i.trigger_arn, i.resources, {}};
  if (auto trigger = parse_json(i.trigger_raw)) request.trigger = std::move(*trigger);
  state_.after_commit([this, &source, request = std::move(request)] {
    source.gather(
        request, [this, scope = request.scope, arn = request.incident_arn, name = source.name()](Result<std::vector<Evidence>> answer) {
          state_.submit_behind(
              [this, scope, arn, name, answer = std::move(answer)]() mutable { return take_answer(scope, arn, name, std::move(answer)); });
        });
  });
}

Result<void> Incidents::take_answer(const Scope& scope, const std::string& arn, const std::string& source,
                                    Result<std::vector<Evidence>> answer) {
  const auto i = store_.find(scope, arn);
  if (!i || !store_.settle(scope, arn, source)) return {};
  if (answer) {
    for (Evidence& evidence : *answer) (void)add_evidence(scope, arn, std::move(evidence));
  } else {
    write_system(*i, "Investigation", fmt::format("Could not gather {}: {}", source, answer.error().message), "");
  }
  if (!store_.awaits_evidence(scope, arn))
    timers_.set("incidents.proceed", arn, state_.now(), Object{{"account", scope.account}, {"region", scope.region}});
  return {};
}

Result<std::string> Incidents::add_evidence(const Scope& scope, const std::string& arn, Evidence evidence) {
  const auto i = store_.find(scope, arn);
  if (!i) return fail(ErrorKind::not_found, "Incident record " + arn + " was not found", "INCIDENT_RECORD");
  if (evidence.id.empty()) evidence.id = make_uuid_v7(random_, state_.now());
  if (evidence.gathered == Instant{}) evidence.gathered = state_.now();
  store_.add_evidence(*i, evidence);
  const std::string event =
      publish(*i, incident_evidence,
              {{"evidenceId", evidence.id}, {"kind", evidence.kind}, {"evidenceTitle", evidence.title}, {"summary", evidence.summary}});
  Array references;
  if (evidence.resource.starts_with("arn:")) references.push_back(Object{{"resource", evidence.resource}});
  write_system(*i, "Investigation", evidence.title + ": " + evidence.summary, event, evidence_command(evidence.query),
               std::move(references));
  return evidence.id;
}

Result<void> Incidents::proceed(const Scope& scope, const std::string& arn) {
  auto i = store_.find(scope, arn);
  if (!i || !store_.settle(scope, arn, "")) return {};
  const auto plan = plans_.find(scope, i->plan_arn);
  if (!plan) {
    write_system(*i, "SSM Incident record update", "The response plan is gone: nobody is engaged and no runbook is started", "");
    return {};
  }
  engage(*i, *plan);
  start_runbook(*i, *plan);
  store_.replace(*i);
  return {};
}

void Incidents::engage(Incident& i, const ResponsePlan& plan) {
  for (const Document& contact : array_at(plan.definition, "engagements")) {
    const std::string contact_arn(contact.as_string());
    const auto engagement =
        engager_ ? engager_->engage(i.scope, contact_arn, i) : Result<std::string>(fail(ErrorKind::unavailable, "no on-call engine runs"));
    if (!engagement) {
      write_system(i, "SSM Contacts Engagement for Incident",
                   fmt::format("{} could not be engaged: {}", contact_arn, engagement.error().message), "");
      continue;
    }
    i.engagements.push_back(*engagement);
    store_.link(i, *engagement);
  }
}

void Incidents::start_runbook(Incident& i, const ResponsePlan& plan) {
  for (const Document& action : array_at(plan.definition, "actions")) {
    const Document automation = object_at(action, "ssmAutomation");
    RunbookStarter::Request request{
        i.scope, text_or(automation, "documentName"), text_or(automation, "documentVersion"), text_or(automation, "roleArn"), {}, i.arn};
    for (const auto& [name, values] : object_at(automation, "parameters"))
      if (values.is_array())
        for (const Document& value : values.get_array())
          request.parameters[std::string(name)].emplace_back(value.is_string() ? value.get_string() : "");
    for (const auto& [name, value] : object_at(automation, "dynamicParameters")) {
      auto& target = request.parameters[std::string(name)];
      target = text_or(value, "variable") == "INVOLVED_RESOURCES" ? i.resources : std::vector<std::string>{i.arn};
    }
    const auto execution =
        runbooks_ ? runbooks_->start_runbook(request) : Result<std::string>(fail(ErrorKind::unavailable, "no automation engine runs"));
    if (!execution) {
      write_system(i, "SSM Automation Run",
                   fmt::format("Runbook {} could not be started: {}", request.document_name, execution.error().message), "");
      continue;
    }
    const std::string id = execution->substr(execution->rfind('/') + 1);
    const std::string execution_arn = "arn:aws:ssm:" + i.scope.region + ':' + i.scope.account + ":automation-execution/" + id;
    i.executions.push_back(execution_arn);
    store_.link(i, id);
    store_.link(i, execution_arn);
    store_.replace(i);
    (void)add_related(i.scope, i.arn, {"", "AUTOMATION", Object{{"arn", execution_arn}}, request.document_name});
    write_system(i, "SSM Automation Run", fmt::format("Runbook {} started as {}", request.document_name, id), "",
                 "aws ssm get-automation-execution --automation-execution-id " + id, {Object{{"resource", execution_arn}}});
  }
}

}  // namespace tocsin::incidents
