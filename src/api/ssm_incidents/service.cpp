#include "api/ssm_incidents/service.h"

#include "api/ssm_incidents/operations.h"

namespace tocsin::api {

Service make_ssm_incidents_service(incidents::Incidents& incidents, ListTokens tokens) {
  using namespace ssm_incidents;
  const auto on = [&incidents](Reply (*operation)(Incidents&, const Call&)) -> Handle {
    return [&incidents, operation](const Call& call) { return operation(incidents, call); };
  };
  const auto listing = [&incidents, tokens](Reply (*operation)(Incidents&, const ListTokens&, const Call&)) -> Handle {
    return [&incidents, tokens, operation](const Call& call) { return operation(incidents, tokens, call); };
  };
  return {"ssm-incidents",
          {{"CreateReplicationSet", on(create_replication_set)},
           {"GetReplicationSet", on(get_replication_set)},
           {"ListReplicationSets", on(list_replication_sets)},
           {"UpdateReplicationSet", on(update_replication_set)},
           {"DeleteReplicationSet", on(delete_replication_set)},
           {"UpdateDeletionProtection", on(update_deletion_protection)},
           {"CreateResponsePlan", on(create_response_plan)},
           {"GetResponsePlan", on(get_response_plan)},
           {"UpdateResponsePlan", on(update_response_plan)},
           {"DeleteResponsePlan", on(delete_response_plan)},
           {"ListResponsePlans", listing(list_response_plans)},
           {"StartIncident", on(start_incident)},
           {"GetIncidentRecord", on(get_incident_record)},
           {"UpdateIncidentRecord", on(update_incident_record)},
           {"DeleteIncidentRecord", on(delete_incident_record)},
           {"ListIncidentRecords", listing(list_incident_records)},
           {"CreateTimelineEvent", on(create_timeline_event)},
           {"GetTimelineEvent", on(get_timeline_event)},
           {"UpdateTimelineEvent", on(update_timeline_event)},
           {"DeleteTimelineEvent", on(delete_timeline_event)},
           {"ListTimelineEvents", listing(list_timeline_events)},
           {"ListRelatedItems", listing(list_related_items)},
           {"UpdateRelatedItems", on(update_related_items)},
           {"ListIncidentFindings", listing(list_incident_findings)},
           {"BatchGetIncidentFindings", on(batch_get_incident_findings)},
           {"TagResource", on(tag_resource)},
           {"UntagResource", on(untag_resource)},
           {"ListTagsForResource", on(list_tags_for_resource)}}};
}

}  // namespace tocsin::api
