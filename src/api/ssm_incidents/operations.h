// Incident Manager's operations, one function each; all run in the request's unit of work.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "incidents/incidents.h"

namespace tocsin::api::ssm_incidents {

using incidents::Incidents;

// replication_set.cpp
Reply create_replication_set(Incidents&, const Call&);
Reply get_replication_set(Incidents&, const Call&);
Reply list_replication_sets(Incidents&, const Call&);
Reply update_replication_set(Incidents&, const Call&);
Reply delete_replication_set(Incidents&, const Call&);
Reply update_deletion_protection(Incidents&, const Call&);

// response_plan.cpp
Reply create_response_plan(Incidents&, const Call&);
Reply get_response_plan(Incidents&, const Call&);
Reply update_response_plan(Incidents&, const Call&);
Reply delete_response_plan(Incidents&, const Call&);
Reply list_response_plans(Incidents&, const ListTokens&, const Call&);

// incident_record.cpp
Reply start_incident(Incidents&, const Call&);
Reply get_incident_record(Incidents&, const Call&);
Reply update_incident_record(Incidents&, const Call&);
Reply delete_incident_record(Incidents&, const Call&);
Reply list_incident_records(Incidents&, const ListTokens&, const Call&);

// timeline_event.cpp
Reply create_timeline_event(Incidents&, const Call&);
Reply get_timeline_event(Incidents&, const Call&);
Reply update_timeline_event(Incidents&, const Call&);
Reply delete_timeline_event(Incidents&, const Call&);
Reply list_timeline_events(Incidents&, const ListTokens&, const Call&);

// related_item.cpp
Reply list_related_items(Incidents&, const ListTokens&, const Call&);
Reply update_related_items(Incidents&, const Call&);
Reply list_incident_findings(Incidents&, const ListTokens&, const Call&);
Reply batch_get_incident_findings(Incidents&, const Call&);

// tags.cpp
Reply tag_resource(Incidents&, const Call&);
Reply untag_resource(Incidents&, const Call&);
Reply list_tags_for_resource(Incidents&, const Call&);

}  // namespace tocsin::api::ssm_incidents
