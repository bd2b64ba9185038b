// The OpenID Connect providers that an account trusts. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "access/credentials/access_changes.h"

namespace tocsin::access {

struct IdentityProvider {
  std::string account;
  std::string url;  ///< without the scheme, as the service shows it
  std::vector<std::string> client_ids;
  std::vector<std::string> thumbprints;
  Instant created{};
  std::vector<std::pair<std::string, std::string>> tags;  ///< in the order of their keys

  std::string arn() const { return "arn:aws:iam::" + account + ":oidc-provider/" + url; }
};

/// Threads: only on the StateExecutor, inside a unit of work.
class IdentityProviderStore {
 public:
  explicit IdentityProviderStore(storage::StateExecutor& state) : state_(state) {}
  Result<void> migrate();

  std::optional<IdentityProvider> find(const std::string& account, const std::string& url);
  std::optional<IdentityProvider> find_by_arn(const std::string& arn);
  /// In the order of their URLs.
  std::vector<IdentityProvider> list(const std::string& account);
  void put(const IdentityProvider& provider);
  void remove(const IdentityProvider& provider);

 private:
  storage::StateExecutor& state_;
};

}  // namespace tocsin::access
