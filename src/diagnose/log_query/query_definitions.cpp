#include "diagnose/log_query/query_definitions.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/ids.h"

namespace tocsin::diagnose {
namespace {

constexpr std::int64_t definitions_max = 1000;
constexpr std::size_t parameters_max = 20;

Object to_object(const QueryDefinition& definition) {
  Array parameters, groups;
  for (const QueryParameter& each : definition.query.parameters) {
    Object parameter{{"name", each.name}, {"description", each.description}};
    if (each.default_value) parameter["default"] = *each.default_value;
    parameters.emplace_back(std::move(parameter));
  }
  for (const std::string& name : definition.group_names) groups.emplace_back(name);
  return {{"language", definition.language}, {"text", definition.query.text}, {"parameters", parameters}, {"groups", groups}};
}

QueryDefinition from_row(const storage::Row& row) {
  QueryDefinition definition;
  definition.id = row.text(0);
  definition.name = row.text(1);
  definition.modified_ms = row.integer(3);
  const Document document = row.document(2);
  definition.language = text_or(document, "language", "CWLI");
  definition.query.text = text_or(document, "text");
  for (const Document& each : array_at(document, "parameters"))
    definition.query.parameters.push_back({text_or(each, "name"), text_or(each, "description"), text_at(each, "default")});
  for (const Document& each : array_at(document, "groups")) definition.group_names.emplace_back(each.get_string());
  return definition;
}

Result<void> check(const QueryDefinition& definition) {
  const auto& parameters = definition.query.parameters;
  if (parameters.empty()) return {};
  if (definition.language != "CWLI") return fail(ErrorKind::invalid, "Parameters are only supported for CWLI query language");
  if (parameters.size() > parameters_max) return fail(ErrorKind::invalid, "Parameter count exceeds the maximum of 20");
  const auto placeholders = placeholders_in(definition.query.text);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j)
      if (parameters[j].name == parameters[i].name) return fail(ErrorKind::invalid, "Duplicate parameter name");
    if (std::find(placeholders.begin(), placeholders.end(), parameters[i].name) == placeholders.end())
      return fail(ErrorKind::invalid, "Required parameters not found in queryString");
  }
  return {};
}

}  // namespace

Result<void> QueryDefinitions::migrate() {
  return state_.database().migrate(
      "log_query", {{1,
                     "CREATE TABLE log_query_definitions (account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, "
                     "name TEXT NOT NULL, definition TEXT NOT NULL, modified_ms BIGINT NOT NULL, "
                     "PRIMARY KEY (account, region, id));"
                     "CREATE TABLE log_query_lookup_tables (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, "
                     "description TEXT NOT NULL, body TEXT NOT NULL, records BIGINT NOT NULL, columns TEXT NOT NULL, "
                     "updated_ms BIGINT NOT NULL, PRIMARY KEY (account, region, name));"}});
}

Result<std::string> QueryDefinitions::put(const Scope& scope, QueryDefinition definition) {
  if (auto right = check(definition); !right) return std::unexpected(right.error());
  auto& database = state_.database();
  const std::int64_t now_ms = to_ms(state_.now());
  if (!definition.id.empty()) {
    const auto changed = database.execute(
        "UPDATE log_query_definitions SET name = ?, definition = ?, modified_ms = ? WHERE account = ? AND region = ? AND id = ?",
        {definition.name, to_object(definition), now_ms, scope.account, scope.region, definition.id});
    if (changed == 0) return fail(ErrorKind::not_found, "The specified query definition does not exist.");
    return definition.id;
  }
  const auto count =
      database.query_one("SELECT COUNT(*) FROM log_query_definitions WHERE account = ? AND region = ?", {scope.account, scope.region});
  if (count && count->integer(0) >= definitions_max)
    return fail(ErrorKind::limit_exceeded, "The maximum number of query definitions (1000) has been reached.");
  definition.id = make_uuid_v4(random_);
  database.execute("INSERT INTO log_query_definitions (account, region, id, name, definition, modified_ms) VALUES (?, ?, ?, ?, ?, ?)",
                   {scope.account, scope.region, definition.id, definition.name, to_object(definition), now_ms});
  return definition.id;
}

std::vector<QueryDefinition> QueryDefinitions::list(const Scope& scope, const std::string& prefix,
                                                    const std::optional<std::string>& language, const std::string& after,
                                                    std::size_t count_max) {
  std::vector<QueryDefinition> all;
  for (const storage::Row& row : state_.database().query(
           "SELECT id, name, definition, modified_ms FROM log_query_definitions WHERE account = ? AND region = ? ORDER BY name, id",
           {scope.account, scope.region})) {
    QueryDefinition definition = from_row(row);
    if (!definition.name.starts_with(prefix) || (language && definition.language != *language)) continue;
    if (!after.empty() && definition.name + '\n' + definition.id <= after) continue;
    all.push_back(std::move(definition));
    if (all.size() == count_max) break;
  }
  return all;
}

std::optional<SavedQuery> QueryDefinitions::find(const Scope& scope, const std::string& name) {
  const auto row = state_.database().query_one(
      "SELECT id, name, definition, modified_ms FROM log_query_definitions WHERE account = ? AND region = ? AND name = ? ORDER BY "
      "modified_ms DESC",
      {scope.account, scope.region, name});
  if (!row) return std::nullopt;
  return from_row(*row).query;
}

bool QueryDefinitions::remove(const Scope& scope, const std::string& id) {
  return state_.database().execute("DELETE FROM log_query_definitions WHERE account = ? AND region = ? AND id = ?",
                                   {scope.account, scope.region, id}) > 0;
}

}  // namespace tocsin::diagnose
