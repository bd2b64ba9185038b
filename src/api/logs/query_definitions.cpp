// PutQueryDefinition, DescribeQueryDefinitions, DeleteQueryDefinition, ListLogGroupsForQuery.
#include <algorithm>
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/saved_query_operations.h"

namespace tocsin::api::logs {
namespace {

using Rooms = SavedQueryRooms;
using diagnose::QueryDefinition;
constexpr std::int64_t definitions_default = 1000, groups_default = 500;

Reply put_query_definition(const Rooms& rooms, const Call& call) {
  QueryDefinition definition;
  definition.id = text_or(call.input, "queryDefinitionId");
  definition.name = text_or(call.input, "name");
  definition.language = text_or(call.input, "queryLanguage", "CWLI");
  definition.query.text = text_or(call.input, "queryString");
  for (const Document& name : array_at(call.input, "logGroupNames")) definition.group_names.emplace_back(name.get_string());
  for (const Document& each : array_at(call.input, "parameters"))
    definition.query.parameters.push_back({text_or(each, "name"), text_or(each, "description"), text_at(each, "defaultValue")});
  const auto id = rooms.definitions.put(call.scope, std::move(definition));
  if (id) return Object{{"queryDefinitionId", *id}};
  if (id.error().kind == ErrorKind::not_found) return refuse("ResourceNotFoundException", id.error().message);
  if (id.error().kind == ErrorKind::limit_exceeded) return refuse("LimitExceededException", id.error().message);
  return invalid_parameter(id.error().message);
}

Object to_document(const QueryDefinition& definition) {
  Object out{{"queryLanguage", definition.language},
             {"queryDefinitionId", definition.id},
             {"name", definition.name},
             {"queryString", definition.query.text},
             {"lastModified", definition.modified_ms}};
  Array groups, parameters;
  for (const std::string& name : definition.group_names) groups.emplace_back(name);
  for (const auto& each : definition.query.parameters) {
    Object parameter{{"name", each.name}};
    if (each.default_value) parameter["defaultValue"] = *each.default_value;
    if (!each.description.empty()) parameter["description"] = each.description;
    parameters.emplace_back(std::move(parameter));
  }
  if (!groups.empty()) out["logGroupNames"] = std::move(groups);
  if (!parameters.empty()) out["parameters"] = std::move(parameters);
  return out;
}

Reply describe_query_definitions(const Rooms& rooms, const Call& call) {
  const auto start = page_start(call, rooms.tokens);
  if (!start) return std::unexpected(start.error());
  const auto count = static_cast<std::size_t>(integer_or(call.input, "maxResults", definitions_default));
  auto found = rooms.definitions.list(call.scope, text_or(call.input, "queryDefinitionNamePrefix"), text_at(call.input, "queryLanguage"),
                                      *start, count + 1);
  const bool more = found.size() > count;
  if (more) found.pop_back();
  Array page;
  for (const QueryDefinition& each : found) page.emplace_back(to_document(each));
  Object out{{"queryDefinitions", std::move(page)}};
  if (more) out["nextToken"] = rooms.tokens.seal(call, found.back().name + '\n' + found.back().id);
  return out;
}

Reply delete_query_definition(const Rooms& rooms, const Call& call) {
  if (!rooms.definitions.remove(call.scope, text_or(call.input, "queryDefinitionId")))
    return refuse("ResourceNotFoundException", "The specified query definition does not exist.");
  return Object{{"success", true}};
}

Reply list_log_groups_for_query(const Rooms& rooms, const Call& call) {
  const diagnose::LogQuery* query = rooms.queries.find(call.scope, text_or(call.input, "queryId"));
  if (!query) return refuse("ResourceNotFoundException", "The specified query does not exist.");
  const auto start = page_start(call, rooms.tokens);
  if (!start) return std::unexpected(start.error());
  std::size_t at = start->empty() ? 0 : std::stoul(*start);
  const auto count = static_cast<std::size_t>(integer_or(call.input, "maxResults", groups_default));
  const std::size_t end = std::min(query->group_names.size(), at + count);
  Array identifiers;
  for (; at < end; ++at) identifiers.emplace_back(query->group_names[at]);
  Object out{{"logGroupIdentifiers", std::move(identifiers)}};
  if (end < query->group_names.size()) out["nextToken"] = rooms.tokens.seal(call, std::to_string(end));
  return out;
}

Operation operation(const char* name, Reply (*handle)(const Rooms&, const Call&), const Rooms& rooms) {
  return {name, Handle([handle, rooms](const Call& call) { return handle(rooms, call); })};
}

}  // namespace

std::vector<Operation> saved_query_operations(const Rooms& rooms) {
  std::vector<Operation> operations = {operation("PutQueryDefinition", put_query_definition, rooms),
                                       operation("DescribeQueryDefinitions", describe_query_definitions, rooms),
                                       operation("DeleteQueryDefinition", delete_query_definition, rooms),
                                       operation("ListLogGroupsForQuery", list_log_groups_for_query, rooms)};
  for (Operation& each : lookup_table_operations(rooms)) operations.push_back(std::move(each));
  return operations;
}

}  // namespace tocsin::api::logs
