#include "api/logs/service.h"

#include "api/logs/operations.h"

namespace tocsin::api {
namespace {

using telemetry::LogStore;

Operation operation(const char* name, Reply (*handle)(LogStore&, const Call&), LogStore& store) {
  return {name, Handle([handle, &store](const Call& call) { return handle(store, call); })};
}

Operation listing(const char* name, Reply (*handle)(LogStore&, const ListTokens&, const Call&), LogStore& store, const ListTokens& tokens) {
  return {name, Handle([handle, &store, tokens](const Call& call) { return handle(store, tokens, call); })};
}

}  // namespace

Service make_logs_service(LogStore& store, ListTokens tokens) {
  using namespace logs;
  return {"logs",
          {operation("CreateLogGroup", create_log_group, store), listing("DescribeLogGroups", describe_log_groups, store, tokens),
           operation("DeleteLogGroup", delete_log_group, store), operation("PutRetentionPolicy", put_retention_policy, store),
           operation("DeleteRetentionPolicy", delete_retention_policy, store), operation("CreateLogStream", create_log_stream, store),
           listing("DescribeLogStreams", describe_log_streams, store, tokens), operation("DeleteLogStream", delete_log_stream, store),
           operation("PutLogEvents", put_log_events, store), operation("GetLogEvents", get_log_events, store),
           listing("FilterLogEvents", filter_log_events, store, tokens), operation("TagResource", tag_resource, store),
           operation("UntagResource", untag_resource, store), operation("ListTagsForResource", list_tags_for_resource, store)}};
}

}  // namespace tocsin::api
