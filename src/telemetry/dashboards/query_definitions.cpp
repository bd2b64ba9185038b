#include "telemetry/dashboards/dashboards.h"

namespace tocsin::telemetry {
namespace {

constexpr const char* columns = "account, region, id, path, expression, type, created, updated";

QueryDefinition definition_of(const storage::Row& row) {
  return {.scope = {row.text(0), row.text(1)},
          .id = row.text(2),
          .path = row.text(3),
          .expression = row.text(4),
          .type = parse_definition_type(row.text(5)).value_or(DefinitionType::metric_math),
          .created = instant_from_ns(row.integer(6)),
          .updated = instant_from_ns(row.integer(7))};
}

}  // namespace

std::string_view to_text(DefinitionType type) {
  switch (type) {
    case DefinitionType::sql:
      return "SQL";
    case DefinitionType::promql:
      return "PROMQL";
    case DefinitionType::metric_math:
      break;
  }
  return "METRIC_MATH";
}

std::optional<DefinitionType> parse_definition_type(std::string_view text) {
  for (const DefinitionType type : {DefinitionType::metric_math, DefinitionType::sql, DefinitionType::promql})
    if (to_text(type) == text) return type;
  return std::nullopt;
}

std::string QueryDefinition::arn() const {
  return "arn:aws:cloudwatch:" + scope.region + ':' + scope.account + ":metric-data-query-definition:" + id;
}

void Dashboards::put_definition(const QueryDefinition& definition) {
  database_.execute("INSERT INTO dashboards_definitions (" + std::string(columns) +
                        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (account, region, id) DO UPDATE SET path = excluded.path, "
                        "expression = excluded.expression, type = excluded.type, updated = excluded.updated",
                    {definition.scope.account, definition.scope.region, definition.id, definition.path, definition.expression,
                     std::string(to_text(definition.type)), to_ns(definition.created), to_ns(definition.updated)});
}

std::optional<QueryDefinition> Dashboards::find_definition(const Scope& scope, const std::string& id) {
  const auto row =
      database_.query_one("SELECT " + std::string(columns) + " FROM dashboards_definitions WHERE account = ? AND region = ? AND id = ?",
                          {scope.account, scope.region, id});
  return row ? std::optional(definition_of(*row)) : std::nullopt;
}

std::optional<QueryDefinition> Dashboards::definition_at(const Scope& scope, const std::string& path) {
  const auto row =
      database_.query_one("SELECT " + std::string(columns) + " FROM dashboards_definitions WHERE account = ? AND region = ? AND path = ?",
                          {scope.account, scope.region, path});
  return row ? std::optional(definition_of(*row)) : std::nullopt;
}

std::vector<QueryDefinition> Dashboards::definitions(const Scope& scope, const std::string& after_id, std::size_t count_max) {
  std::vector<QueryDefinition> found;
  for (const storage::Row& row :
       database_.query("SELECT " + std::string(columns) +
                           " FROM dashboards_definitions WHERE account = ? AND region = ? AND id > ? ORDER BY id LIMIT ?",
                       {scope.account, scope.region, after_id, static_cast<std::int64_t>(count_max)}))
    found.push_back(definition_of(row));
  return found;
}

void Dashboards::remove_definition(const Scope& scope, const std::string& id) {
  database_.execute("DELETE FROM dashboards_definitions WHERE account = ? AND region = ? AND id = ?", {scope.account, scope.region, id});
}

}  // namespace tocsin::telemetry
