#include "api/logs/service.h"

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
          operation("PutDestination", put_destination, rooms),
          operation("PutDestinationPolicy", put_destination_policy, rooms),
          listing("DescribeDestinations", describe_destinations, rooms, tokens),
          operation("DeleteDestination", delete_destination, rooms)};
}

std::vector<Operation> event_operations(LogStore& store, const ListTokens& tokens) {
  using namespace logs;
  return {operation("PutRetentionPolicy", put_retention_policy, store),
          operation("DeleteRetentionPolicy", delete_retention_policy, store),
          operation("CreateLogStream", create_log_stream, store),
          listing("DescribeLogStreams", describe_log_streams, store, tokens),
          operation("DeleteLogStream", delete_log_stream, store),
          operation("PutLogEvents", put_log_events, store),
          operation("GetLogEvents", get_log_events, store),
          listing("FilterLogEvents", filter_log_events, store, tokens),
          operation("GetLogRecord", get_log_record, store),
          operation("TagResource", tag_resource, store),
          operation("UntagResource", untag_resource, store),
          operation("ListTagsForResource", list_tags_for_resource, store)};
}

}  // namespace

Service make_logs_service(LogRooms rooms, LogQueries& queries, ListTokens tokens) {
  using namespace logs;
  LogStore& store = rooms.store;
  Service service{"logs", event_operations(store, tokens)};
  for (Operation& each : setting_operations(rooms, tokens)) service.operations.push_back(std::move(each));
  service.operations.push_back({"StartQuery", Handle([&store, &queries](const Call& call) { return start_query(store, queries, call); })});
  service.operations.push_back(listing("GetQueryResults", get_query_results, queries, tokens));
  service.operations.push_back({"StopQuery", Handle([&queries](const Call& call) { return stop_query(queries, call); })});
  service.operations.push_back(listing("DescribeQueries", describe_queries, queries, tokens));
  return service;
}

}  // namespace tocsin::api
