#include "access/login_profiles/password_policy.h"

#include <algorithm>

namespace tocsin::access {
namespace {

constexpr std::size_t default_length_min = 8;
constexpr int default_kinds_min = 3;

struct Kinds {
  bool upper = false, lower = false, number = false, symbol = false;
  int count() const { return int{upper} + int{lower} + int{number} + int{symbol}; }
};

Kinds kinds_of(std::string_view password) {
  Kinds kinds;
  for (const char c : password) {
    kinds.upper |= c >= 'A' && c <= 'Z';
    kinds.lower |= c >= 'a' && c <= 'z';
    kinds.number |= c >= '0' && c <= '9';
    // ! @ # $ % ^ & * ( ) _ + - = [ ] { } | '
    kinds.symbol |= std::string_view("!@#$%^&*()_+-=[]{}|'").find(c) != std::string_view::npos;
  }
  return kinds;
}

// a character is one of Unicode, not a byte
std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::unexpected<Error> violated(const std::string& what) { return fail(ErrorKind::invalid, what, "PasswordPolicyViolation"); }
std::unexpected<Error> too_short(std::size_t length_min) {
  return violated("Password should have a minimum length of " + std::to_string(length_min));
}

}  // namespace

Object to_object(const PasswordPolicy& policy) {
  return {{"length_min", policy.length_min},     {"symbol", policy.needs_symbol},           {"number", policy.needs_number},
          {"uppercase", policy.needs_uppercase}, {"lowercase", policy.needs_lowercase},     {"users_may_change", policy.users_may_change},
          {"age_days_max", policy.age_days_max}, {"not_among_last", policy.not_among_last}, {"hard_expiry", policy.hard_expiry}};
}

PasswordPolicy password_policy_from(const Document& document) {
  return {.length_min = static_cast<int>(integer_or(document, "length_min", 6)),
          .needs_symbol = truth_or(document, "symbol", false),
          .needs_number = truth_or(document, "number", false),
          .needs_uppercase = truth_or(document, "uppercase", false),
          .needs_lowercase = truth_or(document, "lowercase", false),
          .users_may_change = truth_or(document, "users_may_change", false),
          .age_days_max = static_cast<int>(integer_or(document, "age_days_max", 0)),
          .not_among_last = static_cast<int>(integer_or(document, "not_among_last", 0)),
          .hard_expiry = truth_or(document, "hard_expiry", false)};
}

Result<void> check_password(std::string_view password, const PasswordPolicy* policy, std::string_view account) {
  const Kinds kinds = kinds_of(password);
  if (!policy) {
    if (length_of(password) < default_length_min) return too_short(default_length_min);
    if (kinds.count() < default_kinds_min)
      return violated("Password should have at least three of: uppercase letters, lowercase letters, numbers, symbols");
    if (password == account) return violated("Password should not be the account's name");
    return {};
  }
  if (length_of(password) < static_cast<std::size_t>(policy->length_min)) return too_short(static_cast<std::size_t>(policy->length_min));
  if (policy->needs_uppercase && !kinds.upper) return violated("Password should have at least one uppercase letter");
  if (policy->needs_lowercase && !kinds.lower) return violated("Password should have at least one lowercase letter");
  if (policy->needs_number && !kinds.number) return violated("Password should have at least one number");
  if (policy->needs_symbol && !kinds.symbol) return violated("Password should have at least one symbol");
  return {};
}

}  // namespace tocsin::access
