#include "access/web_identity/identity_provider_store.h"

#include <boost/json.hpp>

#include "base/document.h"
#include "model/arn.h"

namespace tocsin::access {
namespace {

Document texts(const std::vector<std::string>& list) { return Array(list.begin(), list.end()); }

std::vector<std::string> texts_of(const Document& list) {
  std::vector<std::string> out;
  if (list.is_array())
    for (const Document& each : list.as_array()) out.emplace_back(each.as_string());
  return out;
}

IdentityProvider read(const storage::Row& row) {
  IdentityProvider out{.account = row.text(0),
                       .url = row.text(1),
                       .client_ids = texts_of(row.document(2)),
                       .thumbprints = texts_of(row.document(3)),
                       .created = row.instant(4),
                       .tags = {}};
  const Document tags = row.document(5);
  if (tags.is_array())
    for (const Document& tag : tags.as_array()) out.tags.emplace_back(tag.as_array()[0].as_string(), tag.as_array()[1].as_string());
  return out;
}

constexpr const char* columns =
    "SELECT account, url, client_ids, thumbprints, created, tags FROM identity_provider_providers WHERE account = ?";

}  // namespace

Result<void> IdentityProviderStore::migrate() {
  return state_.database().migrate("identity_provider", {{1, R"(
    CREATE TABLE identity_provider_providers (
      account TEXT NOT NULL, url TEXT NOT NULL, client_ids TEXT NOT NULL, thumbprints TEXT NOT NULL, created INTEGER NOT NULL, tags TEXT NOT NULL,
      PRIMARY KEY (account, url));
  )"}});
}

std::optional<IdentityProvider> IdentityProviderStore::find(const std::string& account, const std::string& url) {
  const auto row = state_.database().query_one(std::string(columns) + " AND url = ?", {account, url});
  if (!row) return std::nullopt;
  return read(*row);
}

std::optional<IdentityProvider> IdentityProviderStore::find_by_arn(const std::string& text) {
  constexpr std::string_view prefix = "oidc-provider/";
  const auto arn = parse_arn(text);
  if (!arn || arn->service != "iam" || !arn->resource.starts_with(prefix)) return std::nullopt;
  return find(arn->account, arn->resource.substr(prefix.size()));
}

std::vector<IdentityProvider> IdentityProviderStore::list(const std::string& account) {
  std::vector<IdentityProvider> out;
  for (const storage::Row& row : state_.database().query(std::string(columns) + " ORDER BY url", {account})) out.push_back(read(row));
  return out;
}

void IdentityProviderStore::put(const IdentityProvider& provider) {
  Array tags;
  for (const auto& [name, value] : provider.tags) tags.push_back(Array{Document(name), Document(value)});
  changing(state_).execute(
      "INSERT INTO identity_provider_providers (account, url, client_ids, thumbprints, created, tags) VALUES (?, ?, ?, ?, ?, ?) ON "
      "CONFLICT "
      "(account, url) DO UPDATE SET client_ids = excluded.client_ids, thumbprints = excluded.thumbprints, tags = excluded.tags",
      {provider.account, provider.url, texts(provider.client_ids), texts(provider.thumbprints), provider.created,
       Document(std::move(tags))});
}

void IdentityProviderStore::remove(const IdentityProvider& provider) {
  changing(state_).execute("DELETE FROM identity_provider_providers WHERE account = ? AND url = ?", {provider.account, provider.url});
}

}  // namespace tocsin::access
