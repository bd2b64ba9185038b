#include "access/credentials/session_store.h"

#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"

namespace tocsin::access {
namespace {

constexpr std::string_view id_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view secret_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr Duration kept_after_expiry = std::chrono::hours(24);

Document to_document(const SessionRequest& request) {
  const Principal& principal = request.principal;
  Object tags;
  for (const auto& [name, value] : request.tags) tags[name] = value;
  return Object{{"kind", static_cast<int>(principal.kind)},
                {"arn", principal.arn},
                {"principal_id", principal.principal_id},
                {"name", principal.name},
                {"session_name", principal.session_name},
                {"policies", boost::json::value_from(request.policies)},
                {"tags", std::move(tags)},
                {"source_identity", request.source_identity},
                {"with_mfa", request.with_mfa}};
}

Session read(const storage::Row& row) {
  const Document body = row.document(4);
  Session session;
  session.principal = {.kind = static_cast<PrincipalKind>(integer_or(body, "kind", 0)),
                       .account = row.text(1),
                       .arn = text_or(body, "arn"),
                       .principal_id = text_or(body, "principal_id"),
                       .name = text_or(body, "name"),
                       .session_name = text_or(body, "session_name"),
                       .access_key_id = row.text(0),
                       .session_started = row.instant(2)};
  for (const auto& policy : array_at(body, "policies")) session.policies.emplace_back(policy.as_string());
  for (const auto& tag : object_at(body, "tags")) session.tags.emplace(tag.key(), tag.value().as_string());
  session.source_identity = text_or(body, "source_identity");
  session.with_mfa = truth_or(body, "with_mfa", false);
  session.expires = row.instant(3);
  return session;
}

}  // namespace

Result<void> SessionStore::migrate() {
  return state_.database().migrate("access_session", {{1, R"(
    CREATE TABLE access_session_sessions (
      key_id TEXT NOT NULL PRIMARY KEY, account TEXT NOT NULL, issued INTEGER NOT NULL, expires INTEGER NOT NULL, body TEXT NOT NULL,
      principal_arn TEXT NOT NULL, sealed_secret TEXT NOT NULL, token_hash TEXT NOT NULL);
    CREATE INDEX access_session_sessions_by_expiry ON access_session_sessions (expires);
    CREATE INDEX access_session_sessions_by_principal ON access_session_sessions (account, principal_arn);
  )"}});
}

SessionCredentials SessionStore::issue(const SessionRequest& request) {
  const Instant now = state_.now();
  // SDKs take a token for opaque; a prefix that says whose it is helps a person who finds one in a log
  SessionCredentials made{"ASIA" + random_.letters(id_letters, 16), random_.letters(secret_letters, 40),
                          "tocsin" + random_.letters(secret_letters, 128), now + request.lifetime};
  storage::Database& database = changing(state_);
  database.execute("DELETE FROM access_session_sessions WHERE expires < ?", {now - kept_after_expiry});
  database.execute(
      "INSERT INTO access_session_sessions (key_id, account, issued, expires, body, principal_arn, sealed_secret, token_hash) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {made.access_key_id, request.principal.account, now, made.expires, to_document(request), request.principal.arn,
       box_.seal(made.secret_access_key, made.access_key_id), to_hex(sha256(made.session_token))});
  return made;
}

std::optional<Session> SessionStore::find(const std::string& access_key_id) {
  return *found_.get(access_key_id, [&]() -> std::optional<Session> {
    const auto row = state_.database().query_one(
        "SELECT key_id, account, issued, expires, body FROM access_session_sessions WHERE key_id = ?", {access_key_id});
    if (!row) return std::nullopt;
    return read(*row);
  });
}

bool SessionStore::token_matches(const std::string& access_key_id, std::string_view session_token) {
  const auto hash = token_hashes_.get(access_key_id, [&] {
    const auto row = state_.database().query_one("SELECT token_hash FROM access_session_sessions WHERE key_id = ?", {access_key_id});
    return row ? row->text(0) : std::string();
  });
  return !hash->empty() && equal_constant_time(*hash, to_hex(sha256(session_token)));
}

Result<std::string> SessionStore::secret_of(const std::string& access_key_id) {
  return *secrets_.get(access_key_id, [&]() -> Result<std::string> {
    const auto row = state_.database().query_one("SELECT sealed_secret FROM access_session_sessions WHERE key_id = ?", {access_key_id});
    if (!row) return fail(ErrorKind::not_found, "There is no session " + access_key_id + ".");
    return box_.open(row->text(0), access_key_id);
  });
}

void SessionStore::revoke(const std::string& account, const std::string& principal_arn) {
  changing(state_).execute("DELETE FROM access_session_sessions WHERE account = ? AND principal_arn = ?", {account, principal_arn});
}

}  // namespace tocsin::access
