#include "remediate/resource_tags/resource_tags.h"

namespace tocsin::remediate {
namespace {
constexpr std::int64_t tags_max = 50;
}

Result<void> ResourceTags::migrate() {
  return database_.migrate(
      "resource_tags", {{1,
                         "CREATE TABLE resource_tags (account TEXT NOT NULL, region TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL,"
                         " key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (account, region, type, id, key));"}});
}

Result<void> ResourceTags::add(const Scope& scope, const TaggedResource& resource, const Tags& tags) {
  for (const auto& [key, value] : tags) {
    if (key.starts_with("aws:"))
      return fail(ErrorKind::invalid, "aws: prefixed tag key names are not allowed for external use.", "ValidationException");
    database_.execute(
        "INSERT INTO resource_tags (account, region, type, id, key, value) VALUES (?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (account, region, type, id, key) DO UPDATE SET value = excluded.value",
        {scope.account, scope.region, resource.type, resource.id, key, value});
  }
  const auto row = database_.query_one("SELECT COUNT(*) FROM resource_tags WHERE account = ? AND region = ? AND type = ? AND id = ?",
                                       {scope.account, scope.region, resource.type, resource.id});
  if (row && row->integer(0) > tags_max)
    return fail(ErrorKind::limit_exceeded, "Number of tags exceeds the limit of 50 per resource.", "TooManyTagsError");
  return {};
}

void ResourceTags::remove(const Scope& scope, const TaggedResource& resource, const std::vector<std::string>& keys) {
  for (const std::string& key : keys)
    database_.execute("DELETE FROM resource_tags WHERE account = ? AND region = ? AND type = ? AND id = ? AND key = ?",
                      {scope.account, scope.region, resource.type, resource.id, key});
}

void ResourceTags::remove_all(const Scope& scope, const TaggedResource& resource) {
  database_.execute("DELETE FROM resource_tags WHERE account = ? AND region = ? AND type = ? AND id = ?",
                    {scope.account, scope.region, resource.type, resource.id});
}

Tags ResourceTags::list(const Scope& scope, const TaggedResource& resource) const {
  Tags tags;
  for (const auto& row :
       database_.query("SELECT key, value FROM resource_tags WHERE account = ? AND region = ? AND type = ? AND id = ? ORDER BY key",
                       {scope.account, scope.region, resource.type, resource.id}))
    tags.emplace_back(row.text(0), row.text(1));
  return tags;
}

}  // namespace tocsin::remediate
