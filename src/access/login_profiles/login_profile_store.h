// The passwords with which users sign in to the console. https://docs.aws.amazon.com/IAM/latest/APIReference/API_LoginProfile.html
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "storage/state_executor.h"

namespace tocsin::access {

struct LoginProfile {
  std::string account;
  std::string user_name;
  Instant created{};
  Instant changed{};  ///< when the password was set last
  std::optional<Instant> last_used;
  bool must_change = false;          ///< at the next sign-in
  std::string hash;                  ///< password_hash.h
  std::vector<std::string> earlier;  ///< hashes of earlier passwords, the latest first; at most 24
};

/// Threads: only on the StateExecutor, inside a unit of work. Hashing takes a tenth of a second; so of a sign-in, `find` is asked inside a
/// unit and password_matches outside.
class LoginProfileStore {
 public:
  LoginProfileStore(storage::StateExecutor& state, Random& random) : state_(state), random_(random) {}
  Result<void> migrate();

  std::optional<LoginProfile> find(const std::string& account, const std::string& user_name);
  void create(const std::string& account, const std::string& user_name, const std::string& password, bool must_change);
  /// Empty: what is not given stays.
  void update(LoginProfile profile, const std::optional<std::string>& password, std::optional<bool> must_change);
  bool remove(const std::string& account, const std::string& user_name);
  void rename_user(const std::string& account, const std::string& before, const std::string& after);
  void note_use(const LoginProfile& profile);
  std::size_t count(const std::string& account);
  /// Of a server that is emptied: every one goes but that of this user.
  void forget_all_but(const std::string& account, const std::string& user_name);

 private:
  storage::StateExecutor& state_;
  Random& random_;
};

/// Whether it is this password or one of the `count` before it. Pure.
bool was_used(const LoginProfile& profile, std::string_view password, int count);

}  // namespace tocsin::access
