// PutMetricDataQueryDefinition, GetMetricDataQueryDefinition, ListMetricDataQueryDefinitions, DeleteMetricDataQueryDefinition.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricDataQueryDefinition.html
#include <algorithm>
#include <boost/json.hpp>

#include "api/cloudwatch/alarm_input.h"
#include "api/cloudwatch/reply.h"
#include "api/cloudwatch/views/views.h"
#include "base/ids.h"

namespace tocsin::api::cloudwatch {
namespace {

using telemetry::QueryDefinition;
constexpr std::int64_t page_size_default = 100;

std::unexpected<ServiceError> not_found(const std::string& id) {
  ServiceError missing{"ResourceNotFoundException", "Metric data query definition " + id + " does not exist", 0, {}};
  missing.members = {{"ResourceType", "metric-data-query-definition"}, {"ResourceId", id}};
  return std::unexpected(std::move(missing));
}

Object to_document(const QueryDefinition& definition) {
  return {{"Id", definition.id},
          {"Arn", definition.arn()},
          {"Path", definition.path},
          {"Expression", definition.expression},
          {"Type", telemetry::to_text(definition.type)},
          {"CreatedAt", to_ns(definition.created)},
          {"UpdatedAt", to_ns(definition.updated)}};
}

}  // namespace

Reply put_query_definition(Dashboards& dashboards, Alarms& alarms, Random& random, const Call& call) {
  const auto type = telemetry::parse_definition_type(text_or(call.input, "Type"));
  if (!type) return invalid_value("The value " + text_or(call.input, "Type") + " for parameter Type is invalid.");
  const auto id = text_at(call.input, "Id");
  const auto known = id ? dashboards.find_definition(call.scope, *id) : std::nullopt;
  if (id && !known) return not_found(*id);
  const std::string path = text_or(call.input, "Path");
  if (path.starts_with('/') || path.ends_with('/') || path.contains("//"))
    return invalid_value("The value " + path + " for parameter Path is invalid.");
  const auto same_path = dashboards.definition_at(call.scope, path);
  if (same_path && (!known || same_path->id != known->id))
    return refuse("ConflictException", "A metric data query definition with the path " + path + " already exists");
  const auto tags = read_tags(call.input);
  if (!tags) return std::unexpected(tags.error());
  const QueryDefinition definition{.scope = call.scope,
                                   .id = known ? known->id : make_uuid_v4(random),
                                   .path = path,
                                   .expression = text_or(call.input, "Expression"),
                                   .type = *type,
                                   .created = known ? known->created : call.now,
                                   .updated = call.now};
  dashboards.put_definition(definition);
  if (!known) alarms.store().put_tags(definition.arn(), *tags);
  return to_document(definition);
}

Reply get_query_definition(Dashboards& dashboards, const Call& call) {
  const std::string id = text_or(call.input, "Id");
  const auto definition = dashboards.find_definition(call.scope, id);
  if (!definition) return not_found(id);
  return to_document(*definition);
}

Reply list_query_definitions(Dashboards& dashboards, const ListTokens& tokens, const Call& call) {
  const auto after = page_start(call, tokens);
  if (!after) return std::unexpected(after.error());
  const auto size = static_cast<std::size_t>(integer_or(call.input, "MaxResults", page_size_default));
  const auto found = dashboards.definitions(call.scope, *after, size + 1);
  Array items;
  for (std::size_t i = 0; i < std::min(found.size(), size); ++i)
    items.emplace_back(Object{
        {"Id", found[i].id}, {"Path", found[i].path}, {"Type", telemetry::to_text(found[i].type)}, {"UpdatedAt", to_ns(found[i].updated)}});
  Object answer{{"Items", std::move(items)}};
  if (found.size() > size) answer["NextToken"] = tokens.seal(call, found[size - 1].id);
  return answer;
}

Reply delete_query_definition(Dashboards& dashboards, Alarms& alarms, const Call& call) {
  const std::string id = text_or(call.input, "Id");
  const auto definition = dashboards.find_definition(call.scope, id);
  if (!definition) return not_found(id);
  std::vector<std::string> keys;
  for (const auto& [key, value] : alarms.store().tags(definition->arn())) keys.push_back(key);
  alarms.store().remove_tags(definition->arn(), keys);
  dashboards.remove_definition(call.scope, id);
  return Object{};
}

}  // namespace tocsin::api::cloudwatch
