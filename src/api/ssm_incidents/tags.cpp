#include <boost/json.hpp>

#include "api/ssm_incidents/answers.h"
#include "api/ssm_incidents/operations.h"

namespace tocsin::api::ssm_incidents {
namespace {

constexpr std::size_t tags_max = 50;

std::string resource_of(const Call& call) { return text_or(call.input, "resourceArn"); }

bool exists(Incidents& incidents, const Call& call) {
  const std::string arn = resource_of(call);
  const auto set = incidents.plans().replication_set(call.scope);
  return incidents.plans().find(call.scope, arn) || incidents.store().find(call.scope, arn) || (set && set->arn == arn);
}

std::unexpected<ServiceError> unknown(const Call& call) {
  const bool plan = resource_of(call).find(":response-plan/") != std::string::npos;
  return not_found(plan ? "RESPONSE_PLAN" : "INCIDENT_RECORD", resource_of(call));
}

}  // namespace

Reply tag_resource(Incidents& incidents, const Call& call) {
  if (!exists(incidents, call)) return unknown(call);
  auto tags = incidents.plans().tags(call.scope, resource_of(call));
  for (const auto& [key, value] : tags_of(call.input, "tags")) tags[key] = value;
  if (tags.size() > tags_max) return invalid("A resource has at most 50 tags");
  incidents.plans().set_tags(call.scope, resource_of(call), tags);
  return Object{};
}

Reply untag_resource(Incidents& incidents, const Call& call) {
  if (!exists(incidents, call)) return unknown(call);
  auto tags = incidents.plans().tags(call.scope, resource_of(call));
  for (const Document& key : array_at(call.input, "tagKeys")) tags.erase(std::string(key.as_string()));
  incidents.plans().set_tags(call.scope, resource_of(call), tags);
  return Object{};
}

Reply list_tags_for_resource(Incidents& incidents, const Call& call) {
  if (!exists(incidents, call)) return unknown(call);
  Object tags;
  for (const auto& [key, value] : incidents.plans().tags(call.scope, resource_of(call))) tags[key] = value;
  return Object{{"tags", std::move(tags)}};
}

}  // namespace tocsin::api::ssm_incidents
