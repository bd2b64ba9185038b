#include "access/login_profiles/login_profile_store.h"

#include <algorithm>
#include <boost/json.hpp>

#include "access/login_profiles/password_hash.h"

namespace tocsin::access {
namespace {

constexpr std::size_t earlier_max = 24;

LoginProfile read(const storage::Row& row) {
  LoginProfile profile{.account = row.text(0),
                       .user_name = row.text(1),
                       .created = row.instant(2),
                       .changed = row.instant(3),
                       .last_used = {},
                       .must_change = row.truth(5),
                       .hash = row.text(6),
                       .earlier = {}};
  if (!row.is_null(4)) profile.last_used = row.instant(4);
  const Document earlier = row.document(7);
  if (earlier.is_array())
    for (const Document& hash : earlier.as_array()) profile.earlier.emplace_back(hash.as_string());
  return profile;
}

}  // namespace

Result<void> LoginProfileStore::migrate() {
  return state_.database().migrate("login_profile", {{1, R"(
    CREATE TABLE login_profile_profiles (
      account TEXT NOT NULL, user_name TEXT NOT NULL, created INTEGER NOT NULL, changed INTEGER NOT NULL, last_used INTEGER,
      must_change INTEGER NOT NULL, hash TEXT NOT NULL, earlier TEXT NOT NULL, PRIMARY KEY (account, user_name));
  )"}});
}

std::optional<LoginProfile> LoginProfileStore::find(const std::string& account, const std::string& user_name) {
  const auto row = state_.database().query_one(
      "SELECT account, user_name, created, changed, last_used, must_change, hash, earlier FROM login_profile_profiles "
      "WHERE account = ? AND user_name = ?",
      {account, user_name});
  if (!row) return std::nullopt;
  return read(*row);
}

void LoginProfileStore::create(const std::string& account, const std::string& user_name, const std::string& password, bool must_change) {
  const Instant now = state_.now();
  state_.database().execute(
      "INSERT INTO login_profile_profiles (account, user_name, created, changed, must_change, hash, earlier) VALUES (?, ?, ?, ?, ?, ?, "
      "'[]')",
      {account, user_name, now, now, must_change, hash_password(password, random_)});
}

void LoginProfileStore::update(LoginProfile profile, const std::optional<std::string>& password, std::optional<bool> must_change) {
  if (password) {
    profile.earlier.insert(profile.earlier.begin(), profile.hash);
    if (profile.earlier.size() > earlier_max) profile.earlier.resize(earlier_max);
    profile.hash = hash_password(*password, random_);
    profile.changed = state_.now();
  }
  Array earlier;
  for (const std::string& hash : profile.earlier) earlier.emplace_back(hash);
  state_.database().execute(
      "UPDATE login_profile_profiles SET changed = ?, must_change = ?, hash = ?, earlier = ? WHERE account = ? AND user_name = ?",
      {profile.changed, must_change.value_or(profile.must_change), profile.hash, Document(std::move(earlier)), profile.account,
       profile.user_name});
}

bool LoginProfileStore::remove(const std::string& account, const std::string& user_name) {
  return state_.database().execute("DELETE FROM login_profile_profiles WHERE account = ? AND user_name = ?", {account, user_name}) > 0;
}

void LoginProfileStore::rename_user(const std::string& account, const std::string& before, const std::string& after) {
  state_.database().execute("UPDATE login_profile_profiles SET user_name = ? WHERE account = ? AND user_name = ?",
                            {after, account, before});
}

void LoginProfileStore::note_use(const LoginProfile& profile) {
  state_.database().execute("UPDATE login_profile_profiles SET last_used = ? WHERE account = ? AND user_name = ?",
                            {state_.now(), profile.account, profile.user_name});
}

std::size_t LoginProfileStore::count(const std::string& account) {
  const auto row = state_.database().query_one("SELECT count(*) FROM login_profile_profiles WHERE account = ?", {account});
  return row ? static_cast<std::size_t>(row->integer(0)) : 0;
}

void LoginProfileStore::forget_all_but(const std::string& account, const std::string& user_name) {
  state_.database().execute("DELETE FROM login_profile_profiles WHERE NOT (account = ? AND user_name = ?)", {account, user_name});
}

bool was_used(const LoginProfile& profile, std::string_view password, int count) {
  if (count <= 0) return false;
  if (password_matches(profile.hash, password)) return true;
  const std::size_t looked_at = std::min(profile.earlier.size(), static_cast<std::size_t>(count - 1));
  return std::any_of(profile.earlier.begin(), profile.earlier.begin() + static_cast<std::ptrdiff_t>(looked_at),
                     [&](const std::string& hash) { return password_matches(hash, password); });
}

}  // namespace tocsin::access
