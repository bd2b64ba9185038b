// Managed policies with their versions, inline policies, and what is attached to whom. Documents are stored as they were given.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/identities/managed_policy.h"

namespace tocsin::access {

struct Attachment {
  std::string policy_arn;
  std::string policy_name;
};

/// All errors carry IAM's code as reason and its words as message. Documents are valid already (parse_policy).
/// Threads: only on the StateExecutor, inside a unit of work.
class PolicyStore {
 public:
  PolicyStore(storage::StateExecutor& state, Random& random) : state_(state), random_(random) {}
  Result<void> migrate();

  /// Fills in id, times and the first version. EntityAlreadyExists.
  Result<ManagedPolicy> create(ManagedPolicy policy, const std::string& document);
  /// Of an account, or a shipped one. NoSuchEntity.
  Result<ManagedPolicy> find(const std::string& arn);
  /// Of the account, in the order of their names.
  std::vector<ManagedPolicy> list(const std::string& account);
  /// Of a server that is emptied: only this entity keeps the managed policies that are attached to it.
  void forget_attachments_but(const std::string& entity_id);
  void update_tags(const ManagedPolicy& policy);
  /// DeleteConflict while it is attached or has other versions.
  Result<void> remove(const std::string& arn);

  /// Newest first. NoSuchEntity.
  Result<std::vector<PolicyVersion>> versions(const std::string& arn);
  Result<PolicyVersion> version(const std::string& arn, const std::string& id);
  /// LimitExceeded at five.
  Result<PolicyVersion> create_version(const std::string& arn, const std::string& document, bool make_default);
  Result<void> set_default_version(const std::string& arn, const std::string& id);
  /// DeleteConflict for the default one.
  Result<void> remove_version(const std::string& arn, const std::string& id);

  /// Attaching again changes nothing. NoSuchEntity, LimitExceeded at ten.
  Result<void> attach(const Entity& entity, const std::string& arn);
  Result<void> detach(const Entity& entity, const std::string& arn);
  std::vector<Attachment> attached(const Entity& entity);
  /// The ids of the entities of the account to which it is attached.
  std::vector<std::string> attached_ids(const std::string& account, const std::string& arn);
  /// In how many places of the account it is used.
  std::size_t attachment_count(const std::string& account, const std::string& arn);

  void put_inline(const Entity& entity, const std::string& name, const std::string& document);
  Result<std::string> inline_document(const Entity& entity, const std::string& name);
  Result<void> remove_inline(const Entity& entity, const std::string& name);
  std::vector<std::string> inline_names(const Entity& entity);

  struct NamedDocument {
    std::string source;  ///< ARN, or the name of an inline one
    std::string document;
  };
  /// All that an entity itself has: inline and attached, in their default versions.
  std::vector<NamedDocument> documents_of(const Entity& entity);
  /// The default version's document.
  std::optional<std::string> document_of(const std::string& arn);

 private:
  storage::StateExecutor& state_;
  Random& random_;
};

}  // namespace tocsin::access
