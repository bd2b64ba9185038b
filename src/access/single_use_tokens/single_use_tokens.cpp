#include "access/single_use_tokens/single_use_tokens.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ids.h"

namespace tocsin::access {
namespace {

// so that a second click can be told that it is the second
constexpr Duration kept_after_expiry = std::chrono::hours(24 * 7);

std::string hash_of(std::string_view token) { return to_hex(sha256(token)); }

std::unexpected<Error> refused(std::string message, std::string reason) {
  return fail(ErrorKind::not_found, std::move(message), std::move(reason));
}

}  // namespace

Result<void> SingleUseTokens::migrate() {
  return state_.database().migrate("single_use", {{1, R"(
    CREATE TABLE single_use_tokens (
      token_hash TEXT NOT NULL PRIMARY KEY, purpose TEXT NOT NULL, subject TEXT NOT NULL, content TEXT NOT NULL, expires INTEGER NOT NULL,
      spent INTEGER NOT NULL);
    CREATE INDEX single_use_tokens_by_subject ON single_use_tokens (purpose, subject);
    CREATE INDEX single_use_tokens_by_expiry ON single_use_tokens (expires);
  )"}});
}

std::string SingleUseTokens::create(const TokenGrant& grant) {
  std::string token = make_secret(random_);
  state_.database().execute("DELETE FROM single_use_tokens WHERE expires < ?", {state_.now() - kept_after_expiry});
  state_.database().execute(
      "INSERT INTO single_use_tokens (token_hash, purpose, subject, content, expires, spent) VALUES (?, ?, ?, ?, ?, 0)",
      {hash_of(token), grant.purpose, grant.subject, grant.content, grant.expires});
  return token;
}

Result<TokenGrant> SingleUseTokens::peek(std::string_view purpose, std::string_view token) {
  const auto row = state_.database().query_one(
      "SELECT subject, content, expires, spent FROM single_use_tokens WHERE token_hash = ? AND purpose = ?", {hash_of(token), purpose});
  if (!row) return refused("The token is not known.", "UnknownToken");
  if (row->truth(3)) return refused("The token has been used.", "TokenSpent");
  if (row->instant(2) <= state_.now()) return refused("The token has expired.", "TokenExpired");
  return TokenGrant{std::string(purpose), row->text(0), row->document(1), row->instant(2)};
}

Result<TokenGrant> SingleUseTokens::redeem(std::string_view purpose, std::string_view token) {
  auto grant = peek(purpose, token);
  if (grant) state_.database().execute("UPDATE single_use_tokens SET spent = 1 WHERE token_hash = ?", {hash_of(token)});
  return grant;
}

void SingleUseTokens::revoke(std::string_view purpose, std::string_view subject) {
  state_.database().execute("DELETE FROM single_use_tokens WHERE purpose = ? AND subject = ?", {purpose, subject});
}

}  // namespace tocsin::access
