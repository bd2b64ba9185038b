#include "access/ingest_keys/ingest_key_store.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ids.h"

namespace tocsin::access {
namespace {

constexpr Duration use_precision = std::chrono::minutes(15);
constexpr std::array<std::pair<Signal, std::string_view>, 4> names{
    {{Signal::metrics, "metrics"}, {Signal::logs, "logs"}, {Signal::traces, "traces"}, {Signal::webhooks, "webhooks"}}};
constexpr const char* columns = "id, name, account, region, signals, created, last_used";

// the secret has 256 bits, so a plain hash cannot be guessed back
std::string hash_of(std::string_view secret) { return to_hex(sha256(secret)); }

std::string signals_text(const std::set<Signal>& signals) {
  std::string out;
  for (const Signal signal : signals) out.append(out.empty() ? "" : ",").append(to_text(signal));
  return out;
}

std::set<Signal> signals_from(std::string_view text) {
  std::set<Signal> out;
  while (!text.empty()) {
    const auto comma = text.find(',');
    if (const auto signal = signal_from_text(text.substr(0, comma))) out.insert(*signal);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return out;
}

IngestKey read(const storage::Row& row) {
  IngestKey key{row.text(0), row.text(1), {row.text(2), row.text(3)}, signals_from(row.text(4)), row.instant(5), {}};
  if (!row.is_null(6)) key.last_used = row.instant(6);
  return key;
}

bool starts_with_word(std::string_view text, std::string_view word) {
  if (text.size() <= word.size() || text[word.size()] != ' ') return false;
  return std::equal(word.begin(), word.end(), text.begin(), [](char a, char b) { return a == b || (b >= 'A' && b <= 'Z' && a == b + 32); });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

}  // namespace

std::string_view to_text(Signal signal) {
  for (const auto& [candidate, name] : names)
    if (candidate == signal) return name;
  return "";
}

std::optional<Signal> signal_from_text(std::string_view text) {
  for (const auto& [signal, name] : names)
    if (name == text) return signal;
  return std::nullopt;
}

Principal IngestKey::principal() const {
  return {.kind = PrincipalKind::ingest_key, .account = scope.account, .arn = id, .principal_id = id, .name = name, .access_key_id = id};
}

Result<void> IngestKeyStore::migrate() {
  return state_.database().migrate("ingest_key", {{1, R"(
    CREATE TABLE ingest_key_keys (
      id TEXT NOT NULL PRIMARY KEY, secret_hash TEXT NOT NULL UNIQUE, name TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL,
      signals TEXT NOT NULL, created INTEGER NOT NULL, last_used INTEGER);
    CREATE INDEX ingest_key_keys_by_scope ON ingest_key_keys (account, region, created);
  )"}});
}

NewIngestKey IngestKeyStore::create(const Scope& scope, const std::string& name, const std::set<Signal>& signals) {
  const std::string secret = "tik_" + make_secret(random_);
  return {*import(scope, name, signals, secret), secret};
}

Result<IngestKey> IngestKeyStore::import(const Scope& scope, const std::string& name, const std::set<Signal>& signals,
                                         const std::string& secret) {
  if (state_.database().query_one("SELECT 1 FROM ingest_key_keys WHERE secret_hash = ?", {hash_of(secret)}))
    return fail(ErrorKind::already_exists, "This ingest key exists already.");
  IngestKey key{"ik-" + make_hex(random_, 17), name, scope, signals, state_.now(), {}};
  state_.database().execute(
      "INSERT INTO ingest_key_keys (id, secret_hash, name, account, region, signals, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
      {key.id, hash_of(secret), name, scope.account, scope.region, signals_text(signals), key.created});
  return key;
}

std::vector<IngestKey> IngestKeyStore::list(const Scope& scope) {
  std::vector<IngestKey> keys;
  for (const storage::Row& row : state_.database().query(
           std::string("SELECT ") + columns + " FROM ingest_key_keys WHERE account = ? AND region = ? ORDER BY created, id",
           {scope.account, scope.region}))
    keys.push_back(read(row));
  return keys;
}

bool IngestKeyStore::revoke(const Scope& scope, const std::string& id) {
  return state_.database().execute("DELETE FROM ingest_key_keys WHERE account = ? AND region = ? AND id = ?",
                                   {scope.account, scope.region, id}) > 0;
}

void IngestKeyStore::forget_all_but(const Scope& scope, const std::string& name) {
  state_.database().execute("DELETE FROM ingest_key_keys WHERE NOT (account = ? AND region = ? AND name = ?)",
                            {scope.account, scope.region, name});
}

Result<IngestKey> IngestKeyStore::verify(std::string_view authorization_header, Signal signal) {
  const auto secret = secret_of_header(authorization_header);
  if (!secret)
    return fail(ErrorKind::denied, "An ingest key is needed: Authorization: Bearer KEY, or KEY as the password of Basic.", "MissingKey");
  const auto row =
      state_.database().query_one(std::string("SELECT ") + columns + " FROM ingest_key_keys WHERE secret_hash = ?", {hash_of(*secret)});
  if (!row) return fail(ErrorKind::denied, "The ingest key is not known.", "UnknownKey");
  IngestKey key = read(*row);
  if (!key.signals.contains(signal))
    return fail(ErrorKind::denied, "The ingest key " + key.id + " may not bring in " + std::string(to_text(signal)) + ".",
                "SignalNotAllowed");
  const Instant now = state_.now();
  if (!key.last_used || now - *key.last_used >= use_precision)
    state_.database().execute("UPDATE ingest_key_keys SET last_used = ? WHERE id = ?", {now, key.id});
  return key;
}

std::optional<std::string> secret_of_header(std::string_view header) {
  header = trim(header);
  if (starts_with_word(header, "bearer")) {
    const std::string_view secret = trim(header.substr(7));
    return secret.empty() ? std::nullopt : std::optional<std::string>(secret);
  }
  if (!starts_with_word(header, "basic")) return std::nullopt;
  const auto pair = from_base64(trim(header.substr(6)));
  if (!pair) return std::nullopt;
  const auto colon = pair->find(':');
  std::string secret = colon == std::string::npos || colon + 1 == pair->size() ? pair->substr(0, colon) : pair->substr(colon + 1);
  return secret.empty() ? std::nullopt : std::optional(std::move(secret));
}

}  // namespace tocsin::access
