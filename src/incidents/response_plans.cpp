#include "incidents/response_plans.h"

#include <boost/json.hpp>

#include "base/ids.h"

namespace tocsin::incidents {
namespace {

ResponsePlan plan_of(const Scope& scope, const storage::Row& row) { return {scope, row.text(0), row.text(1), row.document(2)}; }

std::string global_arn(const Scope& scope, std::string_view resource) {
  return "arn:aws:ssm-incidents::" + scope.account + ':' + std::string(resource);
}

}  // namespace

Result<ResponsePlan> ResponsePlans::create(const Scope& scope, const std::string& name, Document definition, const Tags& tags) {
  ResponsePlan plan{scope, name, global_arn(scope, "response-plan/" + name), std::move(definition)};
  if (find(scope, plan.arn)) return fail(ErrorKind::already_exists, "Response plan " + plan.arn + " already exists");
  state_.database().execute("INSERT INTO incidents_plans (account, region, name, arn, definition) VALUES (?, ?, ?, ?, ?)",
                            {scope.account, scope.region, name, plan.arn, plan.definition});
  set_tags(scope, plan.arn, tags);
  return plan;
}

std::optional<ResponsePlan> ResponsePlans::find(const Scope& scope, const std::string& arn) {
  const auto row = state_.database().query_one(
      "SELECT name, arn, definition FROM incidents_plans WHERE account = ? AND region = ? AND arn = ?", {scope.account, scope.region, arn});
  return row ? std::optional(plan_of(scope, *row)) : std::nullopt;
}

void ResponsePlans::replace(const ResponsePlan& plan) {
  state_.database().execute("UPDATE incidents_plans SET definition = ? WHERE account = ? AND region = ? AND arn = ?",
                            {plan.definition, plan.scope.account, plan.scope.region, plan.arn});
}

void ResponsePlans::remove(const Scope& scope, const std::string& arn) {
  state_.database().execute("DELETE FROM incidents_plans WHERE account = ? AND region = ? AND arn = ?", {scope.account, scope.region, arn});
  set_tags(scope, arn, {});
}

std::vector<ResponsePlan> ResponsePlans::list(const Scope& scope, const std::string& after, std::size_t count_max) {
  std::vector<ResponsePlan> out;
  const auto rows = state_.database().query(
      "SELECT name, arn, definition FROM incidents_plans WHERE account = ? AND region = ? AND name > ? ORDER BY name LIMIT ?",
      {scope.account, scope.region, after, count_max});
  for (const auto& row : rows) out.push_back(plan_of(scope, row));
  return out;
}

Result<ReplicationSet> ResponsePlans::create_replication_set(const Scope& scope, const Object& regions, const std::string& by) {
  if (replication_set(scope)) return fail(ErrorKind::already_exists, "A replication set already exists for account " + scope.account);
  ReplicationSet set{.arn = global_arn(scope, "replication-set/" + make_uuid_v4(random_)), .created_by = by, .modified_by = by};
  set.created = set.modified = state_.now();
  for (const auto& [name, given] : regions) {
    Object region{{"status", "ACTIVE"}, {"statusUpdateDateTime", to_ns(state_.now())}};
    if (const auto key = text_at(given, "sseKmsKeyId")) region["sseKmsKeyId"] = *key;
    set.regions[name] = std::move(region);
  }
  replace_replication_set(scope, set);
  return set;
}

// the set of an account is the same in all its regions, as the service has it
std::optional<ReplicationSet> ResponsePlans::replication_set(const Scope& scope) {
  const auto row = state_.database().query_one(
      "SELECT arn, regions, protected, created_by, modified_by, created_ns, modified_ns FROM incidents_replication WHERE account = ?",
      {scope.account});
  if (!row) return std::nullopt;
  const Document regions = row->document(1);
  return ReplicationSet{
      row->text(0),   regions.is_object() ? regions.get_object() : Object{}, row->truth(2), row->text(3), row->text(4), row->instant(5),
      row->instant(6)};
}

void ResponsePlans::replace_replication_set(const Scope& scope, const ReplicationSet& set) {
  remove_replication_set(scope);
  state_.database().execute(
      "INSERT INTO incidents_replication (account, arn, regions, protected, created_by, modified_by, created_ns, modified_ns) VALUES (?, "
      "?, ?, ?, "
      "?, ?, ?, ?)",
      {scope.account, set.arn, set.regions, set.deletion_protected, set.created_by, set.modified_by, set.created, set.modified});
}

void ResponsePlans::remove_replication_set(const Scope& scope) {
  state_.database().execute("DELETE FROM incidents_replication WHERE account = ?", {scope.account});
}

Tags ResponsePlans::tags(const Scope& scope, const std::string& arn) {
  Tags out;
  const auto rows = state_.database().query("SELECT tag_key, tag_value FROM incidents_tags WHERE account = ? AND region = ? AND arn = ?",
                                            {scope.account, scope.region, arn});
  for (const auto& row : rows) out[row.text(0)] = row.text(1);
  return out;
}

void ResponsePlans::set_tags(const Scope& scope, const std::string& arn, const Tags& tags) {
  state_.database().execute("DELETE FROM incidents_tags WHERE account = ? AND region = ? AND arn = ?", {scope.account, scope.region, arn});
  for (const auto& [key, value] : tags)
    state_.database().execute("INSERT INTO incidents_tags (account, region, arn, tag_key, tag_value) VALUES (?, ?, ?, ?, ?)",
                              {scope.account, scope.region, arn, key, value});
}

}  // namespace tocsin::incidents
