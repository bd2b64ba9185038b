// Replication sets: the service wants one before any plan or incident. Here it is a record alone; nothing is copied to another region.
#include <boost/json.hpp>

#include "api/ssm_incidents/answers.h"
#include "api/ssm_incidents/operations.h"

namespace tocsin::api::ssm_incidents {
namespace {

std::expected<incidents::ReplicationSet, ServiceError> named_set(Incidents& incidents, const Call& call) {
  const std::string arn = text_or(call.input, "arn");
  auto set = incidents.plans().replication_set(call.scope);
  if (!set || set->arn != arn) return not_found("REPLICATION_SET", arn);
  return *set;
}

void touch(incidents::ReplicationSet& set, const Call& call) {
  set.modified = call.now;
  set.modified_by = call.principal.arn;
}

Object new_region(const Document& given, Instant now) {
  Object region{{"status", "ACTIVE"}, {"statusUpdateDateTime", to_ns(now)}};
  if (const auto key = text_at(given, "sseKmsKeyId")) region["sseKmsKeyId"] = *key;
  return region;
}

}  // namespace

Reply create_replication_set(Incidents& incidents, const Call& call) {
  const std::string token = text_or(call.input, "clientToken");
  if (const auto known = incidents.store().outcome_of(call.scope, call.operation, token)) return Object{{"arn", *known}};
  const auto set = incidents.plans().create_replication_set(call.scope, object_at(call.input, "regions"), call.principal.arn);
  if (!set) return refuse_with(set.error());
  incidents.plans().set_tags(call.scope, set->arn, tags_of(call.input, "tags"));
  incidents.store().record_outcome(call.scope, call.operation, token, set->arn);
  return Object{{"arn", set->arn}};
}

Reply get_replication_set(Incidents& incidents, const Call& call) {
  const auto set = named_set(incidents, call);
  if (!set) return std::unexpected(set.error());
  return Object{{"replicationSet", Object{{"arn", set->arn},
                                          {"createdBy", set->created_by},
                                          {"createdTime", to_ns(set->created)},
                                          {"deletionProtected", set->deletion_protected},
                                          {"lastModifiedBy", set->modified_by},
                                          {"lastModifiedTime", to_ns(set->modified)},
                                          {"regionMap", set->regions},
                                          {"status", "ACTIVE"}}}};
}

Reply list_replication_sets(Incidents& incidents, const Call& call) {
  Array arns;
  if (const auto set = incidents.plans().replication_set(call.scope)) arns.emplace_back(set->arn);
  return Object{{"replicationSetArns", std::move(arns)}};
}

Reply update_replication_set(Incidents& incidents, const Call& call) {
  auto set = named_set(incidents, call);
  if (!set) return std::unexpected(set.error());
  for (const Document& action : array_at(call.input, "actions")) {
    const Object &add = object_at(action, "addRegionAction"), &remove = object_at(action, "deleteRegionAction");
    if (!add.empty()) set->regions[text_or(add, "regionName")] = new_region(add, call.now);
    if (remove.empty()) continue;
    if (set->regions.size() == 1)
      return refuse("ConflictException", "The last region of a replication set cannot be deleted: delete the set");
    set->regions.erase(text_or(remove, "regionName"));
  }
  touch(*set, call);
  incidents.plans().replace_replication_set(call.scope, *set);
  return Object{};
}

Reply delete_replication_set(Incidents& incidents, const Call& call) {
  const auto set = named_set(incidents, call);
  if (!set) return std::unexpected(set.error());
  if (set->deletion_protected) return invalid("The replication set is protected from deletion");
  incidents.plans().remove_replication_set(call.scope);
  return Object{};
}

Reply update_deletion_protection(Incidents& incidents, const Call& call) {
  auto set = named_set(incidents, call);
  if (!set) return std::unexpected(set.error());
  set->deletion_protected = truth_or(call.input, "deletionProtected", false);
  touch(*set, call);
  incidents.plans().replace_replication_set(call.scope, *set);
  return Object{};
}

}  // namespace tocsin::api::ssm_incidents
