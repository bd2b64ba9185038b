// X-Ray's operations, one function each.
#pragma once

#include "api/xray/rooms.h"

namespace tocsin::api::xray {

Reply put_trace_segments(const Rooms&, const Call&);
Reply put_telemetry_records(const Rooms&, const Call&);
Reply batch_get_traces(const Rooms&, const Call&);
Reply get_trace_summaries(const Rooms&, const Call&);
Reply get_trace_graph(const Rooms&, const Call&);
void get_service_graph(const Rooms&, Call, Complete);
void get_time_series_service_statistics(const Rooms&, Call, Complete);

Reply create_group(const Rooms&, const Call&);
Reply get_group(const Rooms&, const Call&);
Reply get_groups(const Rooms&, const Call&);
Reply update_group(const Rooms&, const Call&);
Reply delete_group(const Rooms&, const Call&);

Reply create_sampling_rule(const Rooms&, const Call&);
Reply get_sampling_rules(const Rooms&, const Call&);
Reply update_sampling_rule(const Rooms&, const Call&);
Reply delete_sampling_rule(const Rooms&, const Call&);
Reply get_sampling_targets(const Rooms&, const Call&);
Reply get_sampling_statistic_summaries(const Rooms&, const Call&);

Reply get_encryption_config(const Rooms&, const Call&);
Reply put_encryption_config(const Rooms&, const Call&);
Reply put_resource_policy(const Rooms&, const Call&);
Reply list_resource_policies(const Rooms&, const Call&);
Reply delete_resource_policy(const Rooms&, const Call&);
Reply get_trace_segment_destination(const Rooms&, const Call&);
Reply update_trace_segment_destination(const Rooms&, const Call&);
Reply get_indexing_rules(const Rooms&, const Call&);
Reply update_indexing_rule(const Rooms&, const Call&);
Reply tag_resource(const Rooms&, const Call&);
Reply untag_resource(const Rooms&, const Call&);
Reply list_tags_for_resource(const Rooms&, const Call&);

Reply start_trace_retrieval(const Rooms&, const Call&);
Reply list_retrieved_traces(const Rooms&, const Call&);
Reply get_retrieved_traces_graph(const Rooms&, const Call&);
Reply cancel_trace_retrieval(const Rooms&, const Call&);

}  // namespace tocsin::api::xray
