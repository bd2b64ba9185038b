#include "api/logs/service.h"

#include "api/logs/operations.h"
#include "api/logs/query_operations.h"

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

std::vector<Operation> event_operations(LogStore& store, const ListTokens& tokens) {
  using namespace logs;
  return {operation("CreateLogGroup", create_log_group, store),
          listing("DescribeLogGroups", describe_log_groups, store, tokens),
          operation("DeleteLogGroup", delete_log_group, store),
          operation("PutRetentionPolicy", put_retention_policy, store),
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

Service make_logs_service(LogStore& store, LogQueries& queries, ListTokens tokens) {
  using namespace logs;
  Service service{"logs", event_operations(store, tokens)};
  service.operations.push_back({"StartQuery", Handle([&store, &queries](const Call& call) { return start_query(store, queries, call); })});
  service.operations.push_back(listing("GetQueryResults", get_query_results, queries, tokens));
  service.operations.push_back({"StopQuery", Handle([&queries](const Call& call) { return stop_query(queries, call); })});
  service.operations.push_back(listing("DescribeQueries", describe_queries, queries, tokens));
  return service;
}

}  // namespace tocsin::api
