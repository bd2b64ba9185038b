#include "api/cloudwatch/views/views.h"

#include <boost/json.hpp>

#include "api/cloudwatch/alarm_input.h"
#include "api/cloudwatch/reply.h"
#include "model/arn.h"

namespace tocsin::api::cloudwatch {
namespace {

constexpr std::size_t tags_max = 50;

/// Whether the ARN names a view of the caller's.
bool is_view(Dashboards& dashboards, const Call& call, const std::string& text) {
  constexpr std::string_view dashboard = "dashboard/", definition = "metric-data-query-definition:";
  const auto arn = parse_arn(text);
  if (!arn || arn->service != "cloudwatch" || arn->account != call.scope.account) return false;
  if (arn->resource.starts_with(dashboard)) return dashboards.find(call.scope.account, arn->resource.substr(dashboard.size())).has_value();
  return arn->resource.starts_with(definition) && arn->region == call.scope.region &&
         dashboards.find_definition(call.scope, arn->resource.substr(definition.size()));
}

Reply tag_view(Alarms& alarms, const Call& call, const std::string& arn) {
  if (call.operation == "ListTagsForResource") return Object{{"Tags", to_pairs(alarms.store().tags(arn), "Key")}};
  if (call.operation == "UntagResource") {
    alarms.store().remove_tags(arn, texts_at(call.input, "TagKeys"));
    return Object{};
  }
  const auto tags = read_tags(call.input);
  if (!tags) return std::unexpected(tags.error());
  alarms.store().put_tags(arn, *tags);
  if (alarms.store().tags(arn).size() > tags_max) return invalid_value("A resource can have at most 50 tags.");
  return Object{};
}

/// The operation, for views too.
Handle with_views(Handle of_alarms, Dashboards& dashboards, Alarms& alarms) {
  return [of_alarms = std::move(of_alarms), &dashboards, &alarms](const Call& call) {
    const std::string arn = text_or(call.input, "ResourceARN");
    return is_view(dashboards, call, arn) ? tag_view(alarms, call, arn) : of_alarms(call);
  };
}

}  // namespace

void add_views(Service& service, const ViewRooms& rooms) {
  for (Operation& operation : service.operations)
    if (operation.name == "TagResource" || operation.name == "UntagResource" || operation.name == "ListTagsForResource")
      operation.handle = with_views(std::get<Handle>(operation.handle), rooms.dashboards, rooms.alarms);
  Dashboards& dashboards = rooms.dashboards;
  Alarms& alarms = rooms.alarms;
  const ListTokens& tokens = rooms.tokens;
  const std::vector<Operation> operations = {
      {"PutDashboard", [&dashboards, &alarms](const Call& call) { return put_dashboard(dashboards, alarms, call); }},
      {"GetDashboard", [&dashboards](const Call& call) { return get_dashboard(dashboards, call); }},
      {"ListDashboards", [&dashboards, tokens](const Call& call) { return list_dashboards(dashboards, tokens, call); }},
      {"DeleteDashboards", [&dashboards, &alarms](const Call& call) { return delete_dashboards(dashboards, alarms, call); }},
      {"PutMetricDataQueryDefinition",
       [&dashboards, &alarms, &random = rooms.random](const Call& call) { return put_query_definition(dashboards, alarms, random, call); }},
      {"GetMetricDataQueryDefinition", [&dashboards](const Call& call) { return get_query_definition(dashboards, call); }},
      {"ListMetricDataQueryDefinitions",
       [&dashboards, tokens](const Call& call) { return list_query_definitions(dashboards, tokens, call); }},
      {"DeleteMetricDataQueryDefinition",
       [&dashboards, &alarms](const Call& call) { return delete_query_definition(dashboards, alarms, call); }},
      {"GetMetricWidgetImage",
       [&metrics = rooms.metrics, sources = rooms.sources](const Call& call) { return get_metric_widget_image(metrics, sources, call); }}};
  service.operations.insert(service.operations.end(), operations.begin(), operations.end());
}

}  // namespace tocsin::api::cloudwatch
