// Users, groups, roles and instance profiles of the accounts. Names are unique without regard to case, within their kind and account.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "storage/state_executor.h"

namespace tocsin::access {

enum class EntityKind { user, group, role, instance_profile };

/// "user", "group", "role", "instance-profile", as ARNs have it.
std::string_view to_text(EntityKind kind);

using Tags = std::vector<std::pair<std::string, std::string>>;

struct Entity {
  EntityKind kind = EntityKind::user;
  std::string account;
  std::string name;
  std::string path = "/";  ///< begins and ends with '/'
  std::string id;          ///< AIDA…, AGPA…, AROA…, AIPA…
  Instant created{};
  Tags tags;                       ///< in the order of their keys
  std::string boundary_arn;        ///< the permissions boundary; empty for none
  std::string trust_policy;        ///< of a role: who may assume it
  std::string description;         ///< of a role
  int session_seconds_max = 3600;  ///< of a role's sessions

  /// arn:aws:iam::ACCOUNT:user/path/name
  std::string arn() const;
};

/// All errors carry IAM's code as reason and its words as message.
/// Threads: only on the StateExecutor, inside a unit of work.
class IdentityStore {
 public:
  IdentityStore(storage::StateExecutor& state, Random& random) : state_(state), random_(random) {}
  Result<void> migrate();

  /// Fills in id and creation. EntityAlreadyExists.
  Result<Entity> create(Entity entity);
  Result<Entity> find(EntityKind kind, const std::string& account, const std::string& name);
  /// By its unique id (AIDA…).
  std::optional<Entity> find_by_id(const std::string& id);
  /// Of a server that is emptied: every entity, of every account, goes but this user.
  void forget_all_but(const std::string& account, const std::string& user_name);
  /// Stores everything of `entity` under its own name; `before` is the name that it had. EntityAlreadyExists when the new name is taken.
  Result<void> update(const std::string& before, const Entity& entity);
  /// Only the entity itself; what hangs on it must be gone (see PolicyStore, AccessKeyStore).
  void remove(const Entity& entity);
  /// In the order of their names, after `after_name`, whose path begins with `path_prefix`.
  std::vector<Entity> list(EntityKind kind, const std::string& account, const std::string& path_prefix, const std::string& after_name,
                           std::size_t count_max);

  /// How many users and roles have the policy as their boundary.
  std::size_t bounded_by(const std::string& account, const std::string& policy_arn);

  /// A group's users; an instance profile's one role is kept in the same way.
  void add_member(const Entity& group, const Entity& user);
  /// Whether the user was in the group.
  bool remove_member(const Entity& group, const Entity& user);
  std::vector<Entity> members(const Entity& group);
  std::vector<Entity> groups_of(const Entity& user);

 private:
  storage::StateExecutor& state_;
  Random& random_;
};

/// Names are compared so.
std::string name_key(std::string_view name);

}  // namespace tocsin::access
