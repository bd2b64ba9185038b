#include "api/xray/service.h"

#include "api/xray/operations.h"

namespace tocsin::api {

Service make_xray_service(xray::Rooms rooms) {
  namespace x = xray;
  const auto on = [&rooms](Reply (*operation)(const x::Rooms&, const Call&)) -> Handle {
    return [rooms, operation](const Call& call) { return operation(rooms, call); };
  };
  const auto later = [&rooms](void (*operation)(const x::Rooms&, Call, Complete)) -> HandleLater {
    return [rooms, operation](Call call, Complete complete) { operation(rooms, std::move(call), std::move(complete)); };
  };
  return {"xray",
          {{"PutTraceSegments", on(x::put_trace_segments)},
           {"PutTelemetryRecords", on(x::put_telemetry_records)},
           {"BatchGetTraces", on(x::batch_get_traces)},
           {"GetTraceSummaries", on(x::get_trace_summaries)},
           {"GetTraceGraph", on(x::get_trace_graph)},
           {"GetServiceGraph", later(x::get_service_graph)},
           {"GetTimeSeriesServiceStatistics", later(x::get_time_series_service_statistics)},
           {"CreateGroup", on(x::create_group)},
           {"GetGroup", on(x::get_group)},
           {"GetGroups", on(x::get_groups)},
           {"UpdateGroup", on(x::update_group)},
           {"DeleteGroup", on(x::delete_group)},
           {"CreateSamplingRule", on(x::create_sampling_rule)},
           {"GetSamplingRules", on(x::get_sampling_rules)},
           {"UpdateSamplingRule", on(x::update_sampling_rule)},
           {"DeleteSamplingRule", on(x::delete_sampling_rule)},
           {"GetSamplingTargets", on(x::get_sampling_targets)},
           {"GetSamplingStatisticSummaries", on(x::get_sampling_statistic_summaries)},
           {"GetEncryptionConfig", on(x::get_encryption_config)},
           {"PutEncryptionConfig", on(x::put_encryption_config)},
           {"PutResourcePolicy", on(x::put_resource_policy)},
           {"ListResourcePolicies", on(x::list_resource_policies)},
           {"DeleteResourcePolicy", on(x::delete_resource_policy)},
           {"GetTraceSegmentDestination", on(x::get_trace_segment_destination)},
           {"UpdateTraceSegmentDestination", on(x::update_trace_segment_destination)},
           {"GetIndexingRules", on(x::get_indexing_rules)},
           {"UpdateIndexingRule", on(x::update_indexing_rule)},
           {"TagResource", on(x::tag_resource)},
           {"UntagResource", on(x::untag_resource)},
           {"ListTagsForResource", on(x::list_tags_for_resource)},
           {"StartTraceRetrieval", on(x::start_trace_retrieval)},
           {"ListRetrievedTraces", on(x::list_retrieved_traces)},
           {"GetRetrievedTracesGraph", on(x::get_retrieved_traces_graph)},
           {"CancelTraceRetrieval", on(x::cancel_trace_retrieval)}}};
}

}  // namespace tocsin::api
