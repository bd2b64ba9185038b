#include <boost/json.hpp>

#include "api/ssm_incidents/answers.h"
#include "api/ssm_incidents/operations.h"

namespace tocsin::api::ssm_incidents {
namespace {

constexpr const char* plan_members[] = {"actions", "chatChannel", "displayName", "engagements", "incidentTemplate", "integrations"};
constexpr std::size_t engagements_max = 5;

// update's members of the template, flattened there by the service
constexpr std::pair<const char*, const char*> template_members[] = {{"incidentTemplateDedupeString", "dedupeString"},
                                                                    {"incidentTemplateImpact", "impact"},
                                                                    {"incidentTemplateNotificationTargets", "notificationTargets"},
                                                                    {"incidentTemplateSummary", "summary"},
                                                                    {"incidentTemplateTags", "incidentTags"},
                                                                    {"incidentTemplateTitle", "title"}};

void take(Object& definition, const Document& input, const char* member) {
  if (const Document* value = find(input, member)) definition[member] = *value;
}

std::expected<incidents::ResponsePlan, ServiceError> named_plan(Incidents& incidents, const Call& call) {
  const std::string arn = text_or(call.input, "arn");
  auto plan = incidents.plans().find(call.scope, arn);
  if (!plan) return not_found("RESPONSE_PLAN", arn);
  return *plan;
}

std::expected<void, ServiceError> check(const Document& definition) {
  if (array_at(definition, "engagements").size() > engagements_max) return invalid("A response plan has at most 5 engagements");
  if (array_at(definition, "actions").size() > 1) return invalid("A response plan has at most 1 action");
  if (array_at(definition, "integrations").size() > 1) return invalid("A response plan has at most 1 integration");
  return {};
}

}  // namespace

Reply create_response_plan(Incidents& incidents, const Call& call) {
  const std::string token = text_or(call.input, "clientToken");
  if (const auto known = incidents.store().outcome_of(call.scope, call.operation, token)) return Object{{"arn", *known}};
  if (!incidents.plans().replication_set(call.scope))
    return invalid("No replication set exists for this account: call CreateReplicationSet before creating a response plan");
  Object definition;
  for (const char* member : plan_members) take(definition, call.input, member);
  if (auto checked = check(definition); !checked) return std::unexpected(checked.error());
  const auto plan = incidents.plans().create(call.scope, text_or(call.input, "name"), std::move(definition), tags_of(call.input, "tags"));
  if (!plan) return refuse_with(plan.error());
  incidents.store().record_outcome(call.scope, call.operation, token, plan->arn);
  return Object{{"arn", plan->arn}};
}

Reply get_response_plan(Incidents& incidents, const Call& call) {
  const auto plan = named_plan(incidents, call);
  if (!plan) return std::unexpected(plan.error());
  Object out = plan->definition.is_object() ? plan->definition.get_object() : Object{};
  out["arn"] = plan->arn;
  out["name"] = plan->name;
  return out;
}

Reply update_response_plan(Incidents& incidents, const Call& call) {
  auto plan = named_plan(incidents, call);
  if (!plan) return std::unexpected(plan.error());
  Object definition = plan->definition.get_object();
  for (const char* member : {"actions", "chatChannel", "displayName", "engagements", "integrations"}) take(definition, call.input, member);
  Object incident_template = object_at(definition, "incidentTemplate");
  for (const auto& [given, stored] : template_members)
    if (const Document* value = find(call.input, given)) incident_template[stored] = *value;
  definition["incidentTemplate"] = std::move(incident_template);
  if (auto checked = check(definition); !checked) return std::unexpected(checked.error());
  plan->definition = std::move(definition);
  incidents.plans().replace(*plan);
  return Object{};
}

Reply delete_response_plan(Incidents& incidents, const Call& call) {
  incidents.plans().remove(call.scope, text_or(call.input, "arn"));
  return Object{};
}

Reply list_response_plans(Incidents& incidents, const ListTokens& tokens, const Call& call) {
  const auto from = page_start(tokens, call);
  if (!from) return std::unexpected(from.error());
  const auto plans = incidents.plans().list(call.scope, *from, page_size(call) + 1);
  Object out;
  Array summaries;
  for (const auto& plan : plans) {
    if (summaries.size() == page_size(call)) {
      out["nextToken"] = tokens.seal(call, plans[summaries.size() - 1].name);
      break;
    }
    Object summary{{"arn", plan.arn}, {"name", plan.name}};
    if (const auto shown = text_at(plan.definition, "displayName")) summary["displayName"] = *shown;
    summaries.push_back(std::move(summary));
  }
  out["responsePlanSummaries"] = std::move(summaries);
  return out;
}

}  // namespace tocsin::api::ssm_incidents
