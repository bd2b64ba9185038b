#include "access/identities/policy_store.h"

#include <algorithm>
#include <boost/json.hpp>

#include "access/credentials/access_changes.h"
#include "model/arn.h"

namespace tocsin::access {
namespace {

constexpr std::string_view id_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t versions_max = 5;
constexpr std::size_t attachments_max = 10;
constexpr const char* columns = "account, name, path, id, created, updated, description, default_version, next_version, tags";

std::unexpected<Error> missing(std::string words) { return fail(ErrorKind::not_found, std::move(words), "NoSuchEntity"); }
std::unexpected<Error> in_use(std::string words) { return fail(ErrorKind::conflict, std::move(words), "DeleteConflict"); }

struct PolicyName {
  std::string account;
  std::string name;
};

// arn:aws:iam::ACCOUNT:policy/path/NAME
std::optional<PolicyName> name_of(const std::string& text) {
  const auto arn = parse_arn(text);
  if (!arn || arn->service != "iam" || !arn->resource.starts_with("policy/")) return std::nullopt;
  return PolicyName{arn->account, arn->resource.substr(arn->resource.rfind('/') + 1)};
}

ManagedPolicy from_shipped(const ShippedPolicy& policy) {
  // the day on which the first of them was published
  const Instant published = instant_from_ms(1'423'180'800'000);
  return {.account = "aws",
          .name = std::string(policy.name),
          .path = std::string(policy.path),
          .id = std::string(policy.id),
          .created = published,
          .updated = published,
          .description = std::string(policy.description)};
}

const ShippedPolicy* shipped_by_arn(const std::string& arn) {
  const auto name = name_of(arn);
  return name && name->account == "aws" ? find_shipped_policy(name->name) : nullptr;
}

Document to_document(const Tags& tags) {
  Array out;
  for (const auto& [name, value] : tags) out.push_back(Array{Document(name), Document(value)});
  return out;
}

ManagedPolicy read(const storage::Row& row) {
  ManagedPolicy policy{.account = row.text(0),
                       .name = row.text(1),
                       .path = row.text(2),
                       .id = row.text(3),
                       .created = row.instant(4),
                       .updated = row.instant(5),
                       .description = row.text(6),
                       .default_version = row.text(7),
                       .next_version = static_cast<int>(row.integer(8))};
  const Document tags = row.document(9);
  if (tags.is_array())
    for (const Document& tag : tags.as_array()) policy.tags.emplace_back(tag.as_array()[0].as_string(), tag.as_array()[1].as_string());
  return policy;
}

std::unexpected<Error> cannot_change(const std::string& arn) {
  return fail(ErrorKind::denied, "Policy " + arn + " is managed by the provider and cannot be changed.", "AccessDenied");
}

}  // namespace

Result<void> PolicyStore::migrate() {
  return state_.database().migrate("policy", {{1, R"(
    CREATE TABLE policy_managed (
      account TEXT NOT NULL, name_key TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL, id TEXT NOT NULL, created INTEGER NOT NULL,
      updated INTEGER NOT NULL, description TEXT NOT NULL, default_version TEXT NOT NULL, next_version INTEGER NOT NULL, tags TEXT NOT NULL,
      PRIMARY KEY (account, name_key));
    CREATE TABLE policy_versions (
      policy_id TEXT NOT NULL, version TEXT NOT NULL, document TEXT NOT NULL, created INTEGER NOT NULL, number INTEGER NOT NULL,
      PRIMARY KEY (policy_id, version));
    CREATE TABLE policy_attachments (
      account TEXT NOT NULL, entity_id TEXT NOT NULL, policy_arn TEXT NOT NULL, policy_name TEXT NOT NULL, PRIMARY KEY (entity_id, policy_arn));
    CREATE INDEX policy_attachments_by_policy ON policy_attachments (account, policy_arn);
    CREATE TABLE policy_inline (entity_id TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (entity_id, name));
  )"}});
}

Result<ManagedPolicy> PolicyStore::create(ManagedPolicy policy, const std::string& document) {
  const auto taken = state_.database().query_one("SELECT 1 FROM policy_managed WHERE account = ? AND name_key = ?",
                                                 {policy.account, name_key(policy.name)});
  if (taken)
    return fail(ErrorKind::already_exists, "A policy called " + policy.name + " already exists. Duplicate names are not allowed.",
                "EntityAlreadyExists");
  policy.id = "ANPA" + random_.letters(id_letters, 17);
  policy.created = policy.updated = state_.now();
  changing(state_).execute(
      "INSERT INTO policy_managed (account, name_key, name, path, id, created, updated, description, default_version, next_version, tags) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'v1', 2, ?)",
      {policy.account, name_key(policy.name), policy.name, policy.path, policy.id, policy.created, policy.updated, policy.description,
       to_document(policy.tags)});
  changing(state_).execute("INSERT INTO policy_versions (policy_id, version, document, created, number) VALUES (?, 'v1', ?, ?, 1)",
                            {policy.id, document, policy.created});
  return policy;
}

Result<ManagedPolicy> PolicyStore::find(const std::string& arn) {
  if (const ShippedPolicy* policy = shipped_by_arn(arn)) return from_shipped(*policy);
  if (const auto name = name_of(arn)) {
    const auto row =
        state_.database().query_one(std::string("SELECT ") + columns + " FROM policy_managed WHERE account = ? AND name_key = ?",
                                    {name->account, name_key(name->name)});
    if (row && read(*row).arn() == arn) return read(*row);
  }
  return missing("Policy " + arn + " was not found.");
}

void PolicyStore::forget_attachments_but(const std::string& entity_id) {
  changing(state_).execute("DELETE FROM policy_attachments WHERE entity_id <> ?", {entity_id});
}

std::vector<ManagedPolicy> PolicyStore::list(const std::string& account) {
  std::vector<ManagedPolicy> out;
  for (const storage::Row& row :
       state_.database().query(std::string("SELECT ") + columns + " FROM policy_managed WHERE account = ? ORDER BY name_key", {account}))
    out.push_back(read(row));
  return out;
}

void PolicyStore::update_tags(const ManagedPolicy& policy) {
  changing(state_).execute("UPDATE policy_managed SET tags = ? WHERE id = ?", {to_document(policy.tags), policy.id});
}

Result<void> PolicyStore::remove(const std::string& arn) {
  const auto policy = find(arn);
  if (!policy) return std::unexpected(policy.error());
  if (policy->account == "aws") return cannot_change(arn);
  if (attachment_count(policy->account, arn) > 0) return in_use("Cannot delete a policy attached to entities.");
  if (versions(arn)->size() > 1)
    return in_use(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is "
        "deleted with the policy.");
  changing(state_).execute("DELETE FROM policy_versions WHERE policy_id = ?", {policy->id});
  changing(state_).execute("DELETE FROM policy_managed WHERE id = ?", {policy->id});
  return {};
}

Result<std::vector<PolicyVersion>> PolicyStore::versions(const std::string& arn) {
  const auto policy = find(arn);
  if (!policy) return std::unexpected(policy.error());
  if (const ShippedPolicy* shipped = shipped_by_arn(arn))
    return std::vector<PolicyVersion>{{"v1", std::string(shipped->document), true, policy->created}};
  std::vector<PolicyVersion> out;
  for (const storage::Row& row : state_.database().query(
           "SELECT version, document, created FROM policy_versions WHERE policy_id = ? ORDER BY number DESC", {policy->id}))
    out.push_back({row.text(0), row.text(1), row.text(0) == policy->default_version, row.instant(2)});
  return out;
}

Result<PolicyVersion> PolicyStore::version(const std::string& arn, const std::string& id) {
  const auto all = versions(arn);
  if (!all) return std::unexpected(all.error());
  for (const PolicyVersion& version : *all)
    if (version.id == id) return version;
  return missing("Policy " + arn + " version " + id + " does not exist or is not attachable.");
}

Result<PolicyVersion> PolicyStore::create_version(const std::string& arn, const std::string& document, bool make_default) {
  const auto policy = find(arn);
  if (!policy) return std::unexpected(policy.error());
  if (policy->account == "aws") return cannot_change(arn);
  if (versions(arn)->size() >= versions_max)
    return fail(ErrorKind::limit_exceeded,
                "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
                "LimitExceeded");
  PolicyVersion version{"v" + std::to_string(policy->next_version), document, make_default, state_.now()};
  changing(state_).execute("INSERT INTO policy_versions (policy_id, version, document, created, number) VALUES (?, ?, ?, ?, ?)",
                            {policy->id, version.id, document, version.created, policy->next_version});
  changing(state_).execute("UPDATE policy_managed SET next_version = ?, updated = ?, default_version = ? WHERE id = ?",
                            {policy->next_version + 1, version.created, make_default ? version.id : policy->default_version, policy->id});
  return version;
}

Result<void> PolicyStore::set_default_version(const std::string& arn, const std::string& id) {
  const auto found = version(arn, id);
  if (!found) return std::unexpected(found.error());
  const auto policy = find(arn);
  if (policy->account == "aws") return cannot_change(arn);
  changing(state_).execute("UPDATE policy_managed SET default_version = ?, updated = ? WHERE id = ?", {id, state_.now(), policy->id});
  return {};
}

Result<void> PolicyStore::remove_version(const std::string& arn, const std::string& id) {
  const auto found = version(arn, id);
  if (!found) return std::unexpected(found.error());
  if (found->is_default) return in_use("Cannot delete the default version of a policy.");
  changing(state_).execute("DELETE FROM policy_versions WHERE policy_id = ? AND version = ?", {find(arn)->id, id});
  return {};
}

Result<void> PolicyStore::attach(const Entity& entity, const std::string& arn) {
  const auto policy = find(arn);
  if (!policy || (policy->account != "aws" && policy->account != entity.account))
    return missing("Policy " + arn + " does not exist or is not attachable.");
  const std::vector<Attachment> now = attached(entity);
  const bool known = std::any_of(now.begin(), now.end(), [&](const Attachment& attachment) { return attachment.policy_arn == arn; });
  if (!known && now.size() >= attachments_max) {
    std::string kind(to_text(entity.kind));
    kind[0] = static_cast<char>(kind[0] - 32);
    return fail(ErrorKind::limit_exceeded, "Cannot exceed quota for PoliciesPer" + kind + ": 10", "LimitExceeded");
  }
  changing(state_).execute(
      "INSERT INTO policy_attachments (account, entity_id, policy_arn, policy_name) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
      {entity.account, entity.id, arn, policy->name});
  return {};
}

Result<void> PolicyStore::detach(const Entity& entity, const std::string& arn) {
  if (changing(state_).execute("DELETE FROM policy_attachments WHERE entity_id = ? AND policy_arn = ?", {entity.id, arn}) > 0) return {};
  return missing("Policy " + arn + " was not found.");
}

std::vector<Attachment> PolicyStore::attached(const Entity& entity) {
  std::vector<Attachment> out;
  for (const storage::Row& row : state_.database().query(
           "SELECT policy_arn, policy_name FROM policy_attachments WHERE entity_id = ? ORDER BY policy_name, policy_arn", {entity.id}))
    out.push_back({row.text(0), row.text(1)});
  return out;
}

std::vector<std::string> PolicyStore::attached_ids(const std::string& account, const std::string& arn) {
  std::vector<std::string> out;
  for (const storage::Row& row : state_.database().query(
           "SELECT entity_id FROM policy_attachments WHERE account = ? AND policy_arn = ? ORDER BY entity_id", {account, arn}))
    out.push_back(row.text(0));
  return out;
}

std::size_t PolicyStore::attachment_count(const std::string& account, const std::string& arn) {
  const auto row =
      state_.database().query_one("SELECT count(*) FROM policy_attachments WHERE account = ? AND policy_arn = ?", {account, arn});
  return row ? static_cast<std::size_t>(row->integer(0)) : 0;
}

void PolicyStore::put_inline(const Entity& entity, const std::string& name, const std::string& document) {
  changing(state_).execute(
      "INSERT INTO policy_inline (entity_id, name, document) VALUES (?, ?, ?) ON CONFLICT (entity_id, name) DO UPDATE SET document = "
      "excluded.document",
      {entity.id, name, document});
}

Result<std::string> PolicyStore::inline_document(const Entity& entity, const std::string& name) {
  const auto row = state_.database().query_one("SELECT document FROM policy_inline WHERE entity_id = ? AND name = ?", {entity.id, name});
  if (!row) return missing("The " + std::string(to_text(entity.kind)) + " policy with name " + name + " cannot be found.");
  return row->text(0);
}

Result<void> PolicyStore::remove_inline(const Entity& entity, const std::string& name) {
  if (changing(state_).execute("DELETE FROM policy_inline WHERE entity_id = ? AND name = ?", {entity.id, name}) > 0) return {};
  return missing("The " + std::string(to_text(entity.kind)) + " policy with name " + name + " cannot be found.");
}

std::vector<std::string> PolicyStore::inline_names(const Entity& entity) {
  std::vector<std::string> out;
  for (const storage::Row& row : state_.database().query("SELECT name FROM policy_inline WHERE entity_id = ? ORDER BY name", {entity.id}))
    out.push_back(row.text(0));
  return out;
}

std::optional<std::string> PolicyStore::document_of(const std::string& arn) {
  if (const ShippedPolicy* shipped = shipped_by_arn(arn)) return std::string(shipped->document);
  const auto policy = find(arn);
  if (!policy) return std::nullopt;
  const auto row = state_.database().query_one("SELECT document FROM policy_versions WHERE policy_id = ? AND version = ?",
                                               {policy->id, policy->default_version});
  if (!row) return std::nullopt;
  return row->text(0);
}

std::vector<PolicyStore::NamedDocument> PolicyStore::documents_of(const Entity& entity) {
  std::vector<NamedDocument> out;
  for (const storage::Row& row :
       state_.database().query("SELECT name, document FROM policy_inline WHERE entity_id = ? ORDER BY name", {entity.id}))
    out.push_back({row.text(0), row.text(1)});
  for (const Attachment& attachment : attached(entity))
    if (auto document = document_of(attachment.policy_arn)) out.push_back({attachment.policy_arn, std::move(*document)});
  return out;
}

}  // namespace tocsin::access
