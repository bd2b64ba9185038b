#include "communicate/oncall/oncall.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/ids.h"
#include "communicate/oncall/oncall_schema.h"
#include "incidents/event_names.h"
#include "model/arn.h"

namespace tocsin::oncall {
namespace {
Scope scope_of(const Document& payload) { return {text_or(payload, "account"), text_or(payload, "region")}; }
}  // namespace

OnCall::OnCall(storage::StateExecutor& state, Random& random, events::Journal& journal, delivery::Outbox& outbox, delivery::Timers& timers,
               incidents::Incidents& incidents, OnCallSettings settings)
    : state_(state),
      random_(random),
      journal_(journal),
      outbox_(outbox),
      timers_(timers),
      incidents_(incidents),
      settings_(std::move(settings)),
      contacts_(state),
      engagements_(state),
      outgoing_(state) {
  timers_.handle("oncall.stage",
                 [this](const std::string&, Instant, const Document& payload) { return on_stage_due(scope_of(payload), payload); });
  timers_.handle("oncall.retry",
                 [this](const std::string&, Instant, const Document& payload) { return on_retry_due(scope_of(payload), payload); });
  timers_.handle("oncall.fold",
                 [this](const std::string&, Instant, const Document& payload) { return on_fold_due(scope_of(payload), payload); });
  timers_.handle("oncall.digest",
                 [this](const std::string&, Instant, const Document& payload) { return on_digest_due(scope_of(payload), payload); });
  timers_.handle("oncall.patience", [this](const std::string&, Instant, const Document& payload) { return on_patience_due(payload); });
  outbox_.handle(
      "oncall", [this](const delivery::Settlement& settlement) { return on_settled(settlement); },
      [this](const delivery::Parcel& parcel, int attempt, const delivery::CarryOutcome& outcome) { on_attempt(parcel, attempt, outcome); });
}

Result<void> OnCall::migrate() { return state_.database().migrate("oncall", oncall_migrations); }

PageFacts OnCall::facts_of(const Engagement& engagement) {
  if (const auto incident = incidents_.store().find(engagement.scope, engagement.incident_arn))
    return page_facts(*incident, incidents_.store().evidence(engagement.scope, incident->arn),
                      incidents_.store().related(engagement.scope, incident->arn));
  PageFacts facts;
  facts.what = engagement.subject;
  facts.since = engagement.start;
  facts.content = engagement.content;
  return facts;
}

Result<std::string> OnCall::engage(const Scope& scope, const std::string& contact_arn, const incidents::Incident& incident) {
  EngagementRequest request{.contact_arn = contact_arn, .sender = "Tocsin incident " + incident.id};
  request.subject = incidents::severity_word(incident.impact) + ' ' + incident.title;
  request.content = incident.summary.empty() ? incident.title : incident.summary;
  request.incident_arn = incident.arn;
  return start_engagement(scope, request);
}

Result<std::string> OnCall::start_engagement(const Scope& scope, const EngagementRequest& request) {
  if (const auto known = contacts_.outcome_of(scope, "StartEngagement", request.token)) return *known;
  const auto contact = contacts_.find(scope, request.contact_arn);
  if (!contact) return fail(ErrorKind::not_found, "Contact " + request.contact_arn + " was not found", "CONTACT");
  Engagement e{.scope = scope, .contact_arn = contact->arn, .incident_arn = request.incident_arn, .sender = request.sender};
  e.arn = make_arn("ssm-contacts", scope, fmt::format("engagement/{}/{}", contact->alias, make_uuid_v7(random_, state_.now())));
  e.subject = request.subject;
  e.content = request.content;
  e.public_subject = request.public_subject;
  e.public_content = request.public_content;
  e.start = state_.now();
  engagements_.insert(e);
  contacts_.record_outcome(scope, "StartEngagement", request.token, e.arn);
  publish(e, incidents::engagement_started, contact->name() + " is engaged");
  begin_run(e, contact->arn, "", true);
  return e.arn;
}

void OnCall::stand_down(const Scope& scope, const std::string& arn, const std::string& reason) {
  (void)stop_engagement(scope, arn, reason);
}

Result<void> OnCall::stop_engagement(const Scope& scope, const std::string& arn, const std::string& reason) {
  const auto e = engagements_.find(scope, arn);
  if (!e) return fail(ErrorKind::not_found, "Engagement " + arn + " was not found", "ENGAGEMENT");
  if (e->stop) return {};
  engagements_.set_stop(*e, state_.now());
  for (const Run& run : engagements_.runs(*e))
    if (run.state == RunState::waiting) stop_run(*e, run, RunState::stopped, reason);
  publish(*e, incidents::engagement_stopped,
          name_of(scope, e->contact_arn) + " is no longer engaged: " + (reason.empty() ? "stopped" : reason));
  return {};
}

std::string OnCall::name_of(const Scope& scope, const std::string& contact_arn) {
  const auto contact = contacts_.find(scope, contact_arn);
  return contact ? contact->name() : contact_arn;
}

void OnCall::publish(const Engagement& e, std::string_view type, const std::string& summary, const Page* page, Object detail) {
  detail["engagementArn"] = e.arn;
  detail["summary"] = summary;
  if (!e.incident_arn.empty()) detail["incidentRecordArn"] = e.incident_arn;
  detail["contactArn"] = page ? page->contact_arn : e.contact_arn;
  detail["contact"] = name_of(e.scope, page ? page->contact_arn : e.contact_arn);
  EventEnvelope event{
      .scope = e.scope, .event_time = state_.now(), .source = std::string(incidents::oncall_source), .type = std::string(type)};
  event.subject_arn = page ? page->arn : e.arn;
  event.resources = {e.arn};
  if (page) detail["pageArn"] = page->arn, event.resources.push_back(page->arn);
  event.detail = std::move(detail);
  journal_.append(std::move(event));
}

}  // namespace tocsin::oncall
