// Long-lived access keys (AKIA…) of users and of accounts' roots.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "access/credentials/access_changes.h"
#include "access/credentials/secret_box.h"
#include "storage/remembered.h"

namespace tocsin::access {

struct AccessKey {
  std::string id;  ///< AKIA and 16 of A-Z 2-7
  std::string account;
  std::string user_name;  ///< empty for the account's root
  bool active = true;
  Instant created{};
  std::optional<Instant> last_used;
  std::string last_used_service;  ///< the signing name
  std::string last_used_region;
};

struct NewAccessKey {
  AccessKey key;
  std::string secret;  ///< 40 characters; never to be had again
};

/// Threads: only on the StateExecutor, inside a unit of work.
class AccessKeyStore {
 public:
  /// All must outlive this object.
  AccessKeyStore(storage::StateExecutor& state, const SecretBox& box, Random& random) : state_(state), box_(box), random_(random) {}
  Result<void> migrate();

  NewAccessKey create(const std::string& account, const std::string& user_name);
  /// Takes a key and secret that are given, as `tocsin init` and tests do. `already_exists` when the id is taken.
  Result<void> import(const std::string& account, const std::string& user_name, const std::string& id, const std::string& secret);
  std::optional<AccessKey> find(const std::string& id);
  /// Only for checking a signature.
  Result<std::string> secret_of(const std::string& id);
  /// Oldest first.
  std::vector<AccessKey> list(const std::string& account, const std::string& user_name);
  /// Whether there was such a key of that user.
  bool set_active(const std::string& account, const std::string& user_name, const std::string& id, bool active);
  bool remove(const std::string& account, const std::string& user_name, const std::string& id);
  /// Of a server that is emptied: every key, of every account, goes but those of this user.
  void forget_all_but(const std::string& account, const std::string& user_name);
  /// Follows a user that changes its name.
  void rename_user(const std::string& account, const std::string& before, const std::string& after);
  /// Remembers the last use, to the quarter of an hour, so that not every call writes.
  void note_use(const AccessKey& key, const std::string& service, const std::string& region);

 private:
  storage::StateExecutor& state_;
  const SecretBox& box_;
  Random& random_;
  storage::Remembered<std::optional<AccessKey>> found_{state_, access_part, 1024};
  storage::Remembered<Result<std::string>> secrets_{state_, access_part, 1024};
};

}  // namespace tocsin::access
