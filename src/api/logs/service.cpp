#include "api/logs/service.h"

#include "api/logs/group_setting_operations.h"
#include "api/logs/operations.h"
#include "api/logs/query_operations.h"
#include "api/logs/setting_operations.h"

namespace tocsin::api {
namespace {

using diagnose::LogQueries;
using telemetry::LogStore;

Operation operation(const char* name, Reply (*handle)(LogStore&, const Call&), LogStore& store) {
  return {name, Handle([handle, &store](const Call& call) { return handle(store, call); })};
}

Operation listing(const char* name, Reply (*handle)(LogStore&, const ListTokens&, const Call&), LogStore& store, const ListTokens& tokens) {
  return {name, Handle([handle, &store, tokens](const Call& call) { return handle(store, tokens, call); })};
}

Operation listing(const char* name, Reply (*handle)(LogQueries&, const ListTokens&, const Call&), LogQueries& queries,
                  const ListTokens& tokens) {
  return {name, Handle([handle, &queries, tokens](const Call& call) { return handle(queries, tokens, call); })};
}

Operation operation(const char* name, Reply (*handle)(LogRooms&, const Call&), LogRooms rooms) {
  return {name, Handle([handle, rooms](const Call& call) mutable { return handle(rooms, call); })};
}

Operation listing(const char* name, Reply (*handle)(LogRooms&, const ListTokens&, const Call&), LogRooms rooms, const ListTokens& tokens) {
  return {name, Handle([handle, rooms, tokens](const Call& call) mutable { return handle(rooms, tokens, call); })};
}

std::vector<Operation> setting_operations(LogRooms rooms, const ListTokens& tokens) {
  using namespace logs;
  return {operation("CreateLogGroup", create_log_group, rooms),
          listing("DescribeLogGroups", describe_log_groups, rooms, tokens),
          operation("DeleteLogGroup", delete_log_group, rooms),
          operation("PutMetricFilter", put_metric_filter, rooms),
          listing("DescribeMetricFilters", describe_metric_filters, rooms, tokens),
          operation("DeleteMetricFilter", delete_metric_filter, rooms),
          operation("TestMetricFilter", test_metric_filter, rooms),
          operation("PutSubscriptionFilter", put_subscription_filter, rooms),
          listing("DescribeSubscriptionFilters", describe_subscription_filters, rooms, tokens),
          operation("DeleteSubscriptionFilter", delete_subscription_filter, rooms),
          operation("StartLiveTail", start_live_tail, rooms),
          operation("PutDestination", put_destination, rooms),
          operation("PutDestinationPolicy", put_destination_policy, rooms),
          listing("DescribeDestinations", describe_destinations, rooms, tokens),
          operation("DeleteDestination", delete_destination, rooms),
          operation("GetLogEvents", get_log_events, rooms),
          listing("FilterLogEvents", filter_log_events, rooms, tokens),
          operation("TagResource", tag_resource, rooms),
          operation("UntagResource", untag_resource, rooms),
          operation("ListTagsForResource", list_tags_for_resource, rooms),
          operation("TagLogGroup", tag_log_group, rooms),
          operation("UntagLogGroup", untag_log_group, rooms),
          operation("ListTagsLogGroup", list_tags_log_group, rooms),
          operation("GetLogRecord", get_log_record, rooms),
          listing("ListLogGroups", list_log_groups, rooms, tokens)};
}

std::vector<Operation> policy_operations(LogRooms rooms, const ListTokens& tokens) {
  using namespace logs;
  return {operation("PutDataProtectionPolicy", put_data_protection_policy, rooms),
          operation("GetDataProtectionPolicy", get_data_protection_policy, rooms),
          operation("DeleteDataProtectionPolicy", delete_data_protection_policy, rooms),
          operation("PutTransformer", put_transformer, rooms),
          operation("GetTransformer", get_transformer, rooms),
          operation("DeleteTransformer", delete_transformer, rooms),
          operation("TestTransformer", test_transformer, rooms),
          operation("PutIndexPolicy", put_index_policy, rooms),
          listing("DescribeIndexPolicies", describe_index_policies, rooms, tokens),
          operation("DeleteIndexPolicy", delete_index_policy, rooms),
          listing("DescribeFieldIndexes", describe_field_indexes, rooms, tokens),
          operation("PutLogGroupDeletionProtection", put_log_group_deletion_protection, rooms),
          operation("PutSyslogConfiguration", put_syslog_configuration, rooms),
          listing("ListSyslogConfigurations", list_syslog_configurations, rooms, tokens),
          operation("DeleteSyslogConfiguration", delete_syslog_configuration, rooms),
          operation("PutAccountPolicy", put_account_policy, rooms),
          listing("DescribeAccountPolicies", describe_account_policies, rooms, tokens),
          operation("DeleteAccountPolicy", delete_account_policy, rooms),
          operation("PutResourcePolicy", put_resource_policy, rooms),
          listing("DescribeResourcePolicies", describe_resource_policies, rooms, tokens),
          operation("DeleteResourcePolicy", delete_resource_policy, rooms),
          operation("CreateExportTask", create_export_task, rooms),
          listing("DescribeExportTasks", describe_export_tasks, rooms, tokens),
          operation("CancelExportTask", cancel_export_task, rooms)};
}

std::vector<Operation> delivery_operations(LogRooms rooms, const ListTokens& tokens) {
  using namespace logs;
  return {operation("PutDeliverySource", put_delivery_source, rooms),
          operation("GetDeliverySource", get_delivery_source, rooms),
          listing("DescribeDeliverySources", describe_delivery_sources, rooms, tokens),
          operation("DeleteDeliverySource", delete_delivery_source, rooms),
          operation("PutDeliveryDestination", put_delivery_destination, rooms),
          operation("GetDeliveryDestination", get_delivery_destination, rooms),
          listing("DescribeDeliveryDestinations", describe_delivery_destinations, rooms, tokens),
          operation("DeleteDeliveryDestination", delete_delivery_destination, rooms),
          operation("PutDeliveryDestinationPolicy", put_delivery_destination_policy, rooms),
          operation("GetDeliveryDestinationPolicy", get_delivery_destination_policy, rooms),
          operation("DeleteDeliveryDestinationPolicy", delete_delivery_destination_policy, rooms),
          operation("CreateDelivery", create_delivery, rooms),
          operation("GetDelivery", get_delivery, rooms),
          listing("DescribeDeliveries", describe_deliveries, rooms, tokens),
          operation("DeleteDelivery", delete_delivery, rooms),
          operation("UpdateDeliveryConfiguration", update_delivery_configuration, rooms)};
}

std::vector<Operation> event_operations(LogStore& store, const ListTokens& tokens) {
  using namespace logs;
  return {operation("PutRetentionPolicy", put_retention_policy, store),
          operation("DeleteRetentionPolicy", delete_retention_policy, store),
          operation("CreateLogStream", create_log_stream, store),
          listing("DescribeLogStreams", describe_log_streams, store, tokens),
          operation("DeleteLogStream", delete_log_stream, store),
          operation("PutLogEvents", put_log_events, store),
          operation("GetLogGroupFields", get_log_group_fields, store)};
}

}  // namespace

Service make_logs_service(LogRooms rooms, LogQueries& queries, ListTokens tokens) {
  using namespace logs;
  LogStore& store = rooms.store;
  Service service{"logs", event_operations(store, tokens)};
  for (auto* family : {setting_operations, policy_operations, delivery_operations})
    for (Operation& each : family(rooms, tokens)) service.operations.push_back(std::move(each));
  service.operations.push_back({"StartQuery", Handle([rooms, &queries](const Call& call) mutable { return start_query(rooms.store, queries, call, rooms.may_unmask); })});
  service.operations.push_back(listing("GetQueryResults", get_query_results, queries, tokens));
  service.operations.push_back({"StopQuery", Handle([&queries](const Call& call) { return stop_query(queries, call); })});
  service.operations.push_back(listing("DescribeQueries", describe_queries, queries, tokens));
  return service;
}

}  // namespace tocsin::api
