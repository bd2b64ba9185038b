#include <boost/json.hpp>

#include "api/ssm_incidents/answers.h"
#include "api/ssm_incidents/operations.h"

namespace tocsin::api::ssm_incidents {
namespace {

using incidents::Incident;
constexpr std::size_t scanned_max = 10000;

Object source_of(const Incident& i) {
  Object out{{"createdBy", i.created_by}, {"source", i.source}};
  if (!i.invoked_by.empty()) out["invokedBy"] = i.invoked_by;
  if (!i.trigger_arn.empty()) out["resourceArn"] = i.trigger_arn;
  return out;
}

Object summary_of(const Incident& i) {
  Object out{{"arn", i.arn},     {"creationTime", to_ns(i.created)},     {"impact", i.impact},
             {"title", i.title}, {"incidentRecordSource", source_of(i)}, {"status", incidents::to_text(i.status)}};
  if (i.resolved) out["resolvedTime"] = to_ns(*i.resolved);
  return out;
}

Object record_of(const Incident& i) {
  Object out = summary_of(i);
  Array executions;
  for (const std::string& arn : i.executions) executions.push_back(Object{{"ssmExecutionArn", arn}});
  if (!executions.empty()) out["automationExecutions"] = std::move(executions);
  if (i.chat_channel.is_object()) out["chatChannel"] = i.chat_channel;
  out["dedupeString"] = i.dedupe;
  out["lastModifiedBy"] = i.modified_by;
  out["lastModifiedTime"] = to_ns(i.modified);
  if (!i.notification_targets.empty()) out["notificationTargets"] = i.notification_targets;
  if (!i.summary.empty()) out["summary"] = i.summary;
  return out;
}

// the members that filters may name
Object filtered_members(const Incident& i) {
  return {{"creationTime", to_ns(i.created)}, {"impact", i.impact}, {"status", incidents::to_text(i.status)}, {"createdBy", i.created_by}};
}

}  // namespace

Reply start_incident(Incidents& incidents, const Call& call) {
  const std::string token = text_or(call.input, "clientToken");
  if (const auto known = incidents.store().outcome_of(call.scope, call.operation, token)) return Object{{"incidentRecordArn", *known}};
  const Object& details = object_at(call.input, "triggerDetails");
  incidents::Trigger trigger{.source = text_or(details, "source", "aws.ssm-incidents.custom"), .arn = text_or(details, "triggerArn")};
  trigger.raw_data = text_or(details, "rawData");
  trigger.title = text_or(call.input, "title");
  if (const auto at = integer_at(details, "timestamp")) trigger.at = instant_from_ns(*at);
  trigger.created_by = call.principal.arn;
  if (const auto impact = integer_at(call.input, "impact")) trigger.impact = static_cast<int>(*impact);
  trigger.related_items = array_at(call.input, "relatedItems");
  const auto started = incidents.start_from_plan(call.scope, text_or(call.input, "responsePlanArn"), trigger);
  if (!started) return refuse_with(started.error(), text_or(call.input, "responsePlanArn"));
  incidents.store().record_outcome(call.scope, call.operation, token, started->arn);
  return Object{{"incidentRecordArn", started->arn}};
}

Reply get_incident_record(Incidents& incidents, const Call& call) {
  const std::string arn = text_or(call.input, "arn");
  const auto incident = incidents.store().find(call.scope, arn);
  if (!incident) return not_found("INCIDENT_RECORD", arn);
  return Object{{"incidentRecord", record_of(*incident)}};
}

Reply update_incident_record(Incidents& incidents, const Call& call) {
  incidents::Incidents::Change change{.title = text_at(call.input, "title"), .summary = text_at(call.input, "summary")};
  if (const auto impact = integer_at(call.input, "impact")) change.impact = static_cast<int>(*impact);
  if (const auto status = text_at(call.input, "status"))
    change.status = *status == "OPEN" ? incidents::IncidentStatus::open : incidents::IncidentStatus::resolved;
  if (const Document* chat = find(call.input, "chatChannel")) change.chat_channel = *chat;
  if (find(call.input, "notificationTargets")) change.notification_targets = array_at(call.input, "notificationTargets");
  change.by = call.principal.arn;
  const std::string arn = text_or(call.input, "arn");
  if (auto updated = incidents.update(call.scope, arn, change); !updated) return refuse_with(updated.error(), arn);
  return Object{};
}

Reply delete_incident_record(Incidents& incidents, const Call& call) {
  incidents.store().remove(call.scope, text_or(call.input, "arn"));
  return Object{};
}

Reply list_incident_records(Incidents& incidents, const ListTokens& tokens, const Call& call) {
  const auto from = page_start(tokens, call);
  if (!from) return std::unexpected(from.error());
  Object out;
  Array summaries;
  std::string last = *from;
  for (const Incident& i : incidents.store().list(call.scope, *from, scanned_max)) {
    if (!passes(array_at(call.input, "filters"), filtered_members(i))) continue;
    if (summaries.size() == page_size(call)) {
      out["nextToken"] = tokens.seal(call, last);
      break;
    }
    summaries.push_back(summary_of(i));
    last = incidents::IncidentStore::place_of(i);
  }
  out["incidentRecordSummaries"] = std::move(summaries);
  return out;
}

}  // namespace tocsin::api::ssm_incidents
