#include "access/identities/identity_store.h"

#include <boost/json.hpp>

#include "access/credentials/access_changes.h"
#include "base/letters.h"

namespace tocsin::access {
namespace {

constexpr std::string_view id_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr const char* columns = "e.kind, e.account, e.name, e.path, e.id, e.created, e.body";

std::string_view id_prefix(EntityKind kind) {
  switch (kind) {
    case EntityKind::user:
      return "AIDA";
    case EntityKind::group:
      return "AGPA";
    case EntityKind::role:
      return "AROA";
    case EntityKind::instance_profile:
      return "AIPA";
  }
  return "";
}

Document body_of(const Entity& entity) {
  Array tags;
  for (const auto& [name, value] : entity.tags) tags.push_back(Array{Document(name), Document(value)});
  return Object{{"tags", std::move(tags)},
                {"boundary", entity.boundary_arn},
                {"trust", entity.trust_policy},
                {"description", entity.description},
                {"session_seconds_max", entity.session_seconds_max}};
}

Entity read(const storage::Row& row) {
  const Document body = row.document(6);
  Entity entity{.kind = static_cast<EntityKind>(row.integer(0)),
                .account = row.text(1),
                .name = row.text(2),
                .path = row.text(3),
                .id = row.text(4),
                .created = row.instant(5)};
  for (const Document& tag : array_at(body, "tags")) entity.tags.emplace_back(tag.as_array()[0].as_string(), tag.as_array()[1].as_string());
  entity.boundary_arn = text_or(body, "boundary");
  entity.trust_policy = text_or(body, "trust");
  entity.description = text_or(body, "description");
  entity.session_seconds_max = static_cast<int>(integer_or(body, "session_seconds_max", 3600));
  return entity;
}

std::vector<Entity> read_all(const storage::Rows& rows) {
  std::vector<Entity> entities;
  for (const storage::Row& row : rows) entities.push_back(read(row));
  return entities;
}

/// "User with name ann", "The user with name ann": how IAM's words begin.
std::string named(EntityKind kind, const std::string& name, bool as_subject) {
  if (kind == EntityKind::instance_profile) return "Instance Profile " + name;
  std::string word(to_text(kind));
  if (!as_subject) return "The " + word + " with name " + name;
  word[0] = static_cast<char>(word[0] - 32);
  return word + " with name " + name;
}

std::unexpected<Error> taken(EntityKind kind, const std::string& name) {
  return fail(ErrorKind::already_exists, named(kind, name, true) + " already exists.", "EntityAlreadyExists");
}

}  // namespace

std::string_view to_text(EntityKind kind) {
  switch (kind) {
    case EntityKind::user:
      return "user";
    case EntityKind::group:
      return "group";
    case EntityKind::role:
      return "role";
    case EntityKind::instance_profile:
      return "instance-profile";
  }
  return "";
}

std::string name_key(std::string_view name) { return lower_case(name); }

std::string Entity::arn() const { return "arn:aws:iam::" + account + ':' + std::string(to_text(kind)) + path + name; }

Result<void> IdentityStore::migrate() {
  return state_.database().migrate("identity", {{1, R"(
    CREATE TABLE identity_entities (
      account TEXT NOT NULL, kind INTEGER NOT NULL, name_key TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
      created INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (account, kind, name_key));
    CREATE TABLE identity_members (group_id TEXT NOT NULL, user_id TEXT NOT NULL, PRIMARY KEY (group_id, user_id));
    CREATE INDEX identity_members_by_user ON identity_members (user_id);
  )"},
                                                {2, "ALTER TABLE identity_entities ADD COLUMN boundary TEXT NOT NULL DEFAULT ''"}});
}

Result<Entity> IdentityStore::create(Entity entity) {
  if (find(entity.kind, entity.account, entity.name)) return taken(entity.kind, entity.name);
  entity.id = std::string(id_prefix(entity.kind)) + random_.letters(id_letters, 17);
  entity.created = state_.now();
  changing(state_).execute(
      "INSERT INTO identity_entities (account, kind, name_key, name, path, id, created, body, boundary) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {entity.account, static_cast<int>(entity.kind), name_key(entity.name), entity.name, entity.path, entity.id, entity.created,
       body_of(entity), entity.boundary_arn});
  return entity;
}

Result<Entity> IdentityStore::find(EntityKind kind, const std::string& account, const std::string& name) {
  const auto row = state_.database().query_one(
      std::string("SELECT ") + columns + " FROM identity_entities e WHERE e.account = ? AND e.kind = ? AND e.name_key = ?",
      {account, static_cast<int>(kind), name_key(name)});
  if (!row) return fail(ErrorKind::not_found, named(kind, name, false) + " cannot be found.", "NoSuchEntity");
  return read(*row);
}

void IdentityStore::forget_all_but(const std::string& account, const std::string& user_name) {
  changing(state_).execute("DELETE FROM identity_entities WHERE NOT (account = ? AND kind = ? AND name_key = ?)",
                            {account, static_cast<int>(EntityKind::user), name_key(user_name)});
  changing(state_).execute("DELETE FROM identity_members");
}

std::optional<Entity> IdentityStore::find_by_id(const std::string& id) {
  const auto row = state_.database().query_one(std::string("SELECT ") + columns + " FROM identity_entities e WHERE e.id = ?", {id});
  if (!row) return std::nullopt;
  return read(*row);
}

Result<void> IdentityStore::update(const std::string& before, const Entity& entity) {
  if (name_key(before) != name_key(entity.name) && find(entity.kind, entity.account, entity.name)) return taken(entity.kind, entity.name);
  changing(state_).execute(
      "UPDATE identity_entities SET name_key = ?, name = ?, path = ?, body = ?, boundary = ? WHERE account = ? AND kind = ? AND name_key = "
      "?",
      {name_key(entity.name), entity.name, entity.path, body_of(entity), entity.boundary_arn, entity.account, static_cast<int>(entity.kind),
       name_key(before)});
  return {};
}

void IdentityStore::remove(const Entity& entity) {
  changing(state_).execute("DELETE FROM identity_entities WHERE id = ?", {entity.id});
  changing(state_).execute("DELETE FROM identity_members WHERE group_id = ? OR user_id = ?", {entity.id, entity.id});
}

std::vector<Entity> IdentityStore::list(EntityKind kind, const std::string& account, const std::string& path_prefix,
                                        const std::string& after_name, std::size_t count_max) {
  return read_all(state_.database().query(
      std::string("SELECT ") + columns +
          " FROM identity_entities e WHERE e.account = ? AND e.kind = ? AND e.name_key > ? AND substr(e.path || e.name, 1, ?) = ? "
          "ORDER BY e.name_key LIMIT ?",
      {account, static_cast<int>(kind), name_key(after_name), path_prefix.size(), path_prefix, count_max}));
}

std::size_t IdentityStore::bounded_by(const std::string& account, const std::string& policy_arn) {
  const auto row =
      state_.database().query_one("SELECT count(*) FROM identity_entities WHERE account = ? AND boundary = ?", {account, policy_arn});
  return row ? static_cast<std::size_t>(row->integer(0)) : 0;
}

void IdentityStore::add_member(const Entity& group, const Entity& user) {
  changing(state_).execute("INSERT INTO identity_members (group_id, user_id) VALUES (?, ?) ON CONFLICT DO NOTHING", {group.id, user.id});
}

bool IdentityStore::remove_member(const Entity& group, const Entity& user) {
  return changing(state_).execute("DELETE FROM identity_members WHERE group_id = ? AND user_id = ?", {group.id, user.id}) > 0;
}

std::vector<Entity> IdentityStore::members(const Entity& group) {
  return read_all(state_.database().query(
      std::string("SELECT ") + columns +
          " FROM identity_members m JOIN identity_entities e ON e.id = m.user_id WHERE m.group_id = ? ORDER BY e.name_key",
      {group.id}));
}

std::vector<Entity> IdentityStore::groups_of(const Entity& user) {
  return read_all(state_.database().query(
      std::string("SELECT ") + columns +
          " FROM identity_members m JOIN identity_entities e ON e.id = m.group_id WHERE m.user_id = ? ORDER BY e.name_key",
      {user.id}));
}

}  // namespace tocsin::access
