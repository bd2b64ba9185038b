// What an account as a whole has: its alias, its password policy, the report on its credentials.
#pragma once

#include <optional>
#include <string>

#include "access/login_profiles/password_policy.h"
#include "storage/state_executor.h"

namespace tocsin::access {

/// Who has which credentials, as a table (CSV).
struct CredentialReport {
  std::string text;
  Instant made{};
};

/// Threads: only on the StateExecutor, inside a unit of work.
class AccountSettings {
 public:
  explicit AccountSettings(storage::StateExecutor& state) : state_(state) {}
  Result<void> migrate();

  /// Empty without one.
  std::string alias(const std::string& account);
  /// Whose it is; empty when nobody's: an alias is one account's alone.
  std::string account_of_alias(const std::string& alias);
  void set_alias(const std::string& account, const std::string& alias);

  std::optional<PasswordPolicy> password_policy(const std::string& account);
  /// nullopt removes it.
  void set_password_policy(const std::string& account, const std::optional<PasswordPolicy>& policy);

  /// The one that was made last.
  std::optional<CredentialReport> credential_report(const std::string& account);
  void set_credential_report(const std::string& account, const CredentialReport& report);

 private:
  storage::StateExecutor& state_;
};

}  // namespace tocsin::access
