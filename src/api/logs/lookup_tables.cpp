// CreateLookupTable, UpdateLookupTable, DeleteLookupTable, GetLookupTable, DescribeLookupTables.
#include <algorithm>
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/saved_query_operations.h"

namespace tocsin::api::logs {
namespace {

using Rooms = SavedQueryRooms;
constexpr const char* missing = "The specified lookup table does not exist.";

std::string arn_of(const Scope& scope, const std::string& name) {
  return "arn:aws:logs:" + scope.region + ':' + scope.account + ":lookup-table:" + name;
}

/// The name in the ARN of one of the caller's tables, or "".
std::string name_at(const Call& call) {
  const std::string arn = text_or(call.input, "lookupTableArn"), prefix = arn_of(call.scope, {});
  return arn.starts_with(prefix) ? arn.substr(prefix.size()) : std::string();
}

std::unexpected<ServiceError> refused(const Error& error) {
  if (error.kind == ErrorKind::not_found) return refuse("ResourceNotFoundException", error.message);
  if (error.kind == ErrorKind::already_exists) return refuse("ResourceAlreadyExistsException", error.message);
  if (error.kind == ErrorKind::limit_exceeded) return refuse("LimitExceededException", error.message);
  return refuse("ValidationException", error.message);
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

/// The columns in the order in which rows first have them.
std::string csv_of(const std::vector<diagnose::ResultRow>& rows) {
  std::vector<std::string> names;
  for (const auto& row : rows)
    for (const auto& [name, value] : row)
      if (name != "@ptr" && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  std::string csv;
  const auto line = [&](const auto& field_of) {
    for (std::size_t i = 0; i < names.size(); ++i) csv += (i > 0 ? "," : "") + csv_field(field_of(names[i]));
    csv += '\n';
  };
  line([](const std::string& name) { return name; });
  for (const auto& row : rows)
    line([&](const std::string& name) {
      const auto found = std::find_if(row.begin(), row.end(), [&](const auto& each) { return each.first == name; });
      return found == row.end() ? std::string() : found->second;
    });
  return csv;
}

/// From the request, or from the results of a query that has ended.
Checked<std::string> body_at(const Rooms& rooms, const Call& call) {
  const auto body = text_at(call.input, "tableBody"), id = text_at(call.input, "queryId");
  if (body.has_value() == id.has_value()) return invalid_parameter("You must specify either tableBody or queryId, but not both.");
  if (const auto key = text_at(call.input, "kmsKeyId"); key && !key->empty()) return invalid_parameter("KMS keys are not offered.");
  if (body) return *body;
  const diagnose::LogQuery* query = rooms.queries.find(call.scope, *id);
  if (!query) return refuse("ResourceNotFoundException", "The specified query does not exist.");
  if (query->status != diagnose::QueryStatus::complete && query->status != diagnose::QueryStatus::cancelled)
    return refuse("ValidationException", "The query must be completed or cancelled.");
  if (query->results.empty()) return refuse("ValidationException", "The query has no results.");
  return csv_of(query->results);
}

Reply create_lookup_table(const Rooms& rooms, const Call& call) {
  const auto body = body_at(rooms, call);
  if (!body) return std::unexpected(body.error());
  const std::string name = text_or(call.input, "lookupTableName");
  const auto created = rooms.tables.create(call.scope, name, text_or(call.input, "description"), *body);
  if (!created) return refused(created.error());
  return Object{{"lookupTableArn", arn_of(call.scope, name)}, {"createdAt", *created}};
}

Reply update_lookup_table(const Rooms& rooms, const Call& call) {
  const auto body = body_at(rooms, call);
  if (!body) return std::unexpected(body.error());
  const auto updated = rooms.tables.update(call.scope, name_at(call), text_at(call.input, "description"), *body);
  if (!updated) return refused(updated.error());
  return Object{{"lookupTableArn", text_or(call.input, "lookupTableArn")}, {"lastUpdatedTime", *updated}};
}

Reply delete_lookup_table(const Rooms& rooms, const Call& call) {
  if (!rooms.tables.remove(call.scope, name_at(call))) return refuse("ResourceNotFoundException", missing);
  return Object{};
}

Reply get_lookup_table(const Rooms& rooms, const Call& call) {
  const auto table = rooms.tables.describe(call.scope, name_at(call));
  if (!table) return refuse("ResourceNotFoundException", missing);
  return Object{{"lookupTableArn", arn_of(call.scope, table->name)},
                {"lookupTableName", table->name},
                {"description", table->description},
                {"tableBody", rooms.tables.body(call.scope, table->name).value_or(std::string())},
                {"sizeBytes", table->bytes},
                {"lastUpdatedTime", table->updated_ms}};
}

Reply describe_lookup_tables(const Rooms& rooms, const Call& call) {
  const auto start = page_start(call, rooms.tokens);
  if (!start) return std::unexpected(start.error());
  constexpr std::int64_t tables_default = 50;
  const auto count = static_cast<std::size_t>(std::max<std::int64_t>(1, integer_or(call.input, "maxResults", tables_default)));
  auto found = rooms.tables.list(call.scope, text_or(call.input, "lookupTableNamePrefix"), *start, count + 1);
  const bool more = found.size() > count;
  if (more) found.pop_back();
  Array page;
  for (const auto& table : found) {
    Array columns;
    for (const std::string& name : table.columns) columns.emplace_back(name);
    page.emplace_back(Object{{"lookupTableArn", arn_of(call.scope, table.name)},
                             {"lookupTableName", table.name},
                             {"description", table.description},
                             {"tableFields", std::move(columns)},
                             {"recordsCount", table.records},
                             {"sizeBytes", table.bytes},
                             {"lastUpdatedTime", table.updated_ms}});
  }
  Object out{{"lookupTables", std::move(page)}};
  if (more) out["nextToken"] = rooms.tokens.seal(call, found.back().name);
  return out;
}

Operation operation(const char* name, Reply (*handle)(const Rooms&, const Call&), const Rooms& rooms) {
  return {name, Handle([handle, rooms](const Call& call) { return handle(rooms, call); })};
}

}  // namespace

std::vector<Operation> lookup_table_operations(const Rooms& rooms) {
  return {operation("CreateLookupTable", create_lookup_table, rooms), operation("UpdateLookupTable", update_lookup_table, rooms),
          operation("DeleteLookupTable", delete_lookup_table, rooms), operation("GetLookupTable", get_lookup_table, rooms),
          operation("DescribeLookupTables", describe_lookup_tables, rooms)};
}

}  // namespace tocsin::api::logs
