// What an account asks of its users' passwords.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/document.h"
#include "base/result.h"

namespace tocsin::access {

struct PasswordPolicy {
  int length_min = 6;
  bool needs_symbol = false, needs_number = false, needs_uppercase = false, needs_lowercase = false;
  bool users_may_change = false;
  int age_days_max = 0;      ///< 0: they never expire
  int not_among_last = 0;    ///< how many earlier passwords may not be used again
  bool hard_expiry = false;  ///< an expired one can be replaced by an administrator only
};

Object to_object(const PasswordPolicy& policy);
PasswordPolicy password_policy_from(const Document& document);

/// PasswordPolicyViolation, with what is missing. `policy` null: the one that holds where an account has set none (8 characters, three of
/// four kinds, not the account's number).
Result<void> check_password(std::string_view password, const PasswordPolicy* policy, std::string_view account);

}  // namespace tocsin::access
