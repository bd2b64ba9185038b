// What Incident Manager itself tells EventBridge: its calls, as CloudTrail has them. A person's StartIncident is told by the audit of the
// call; one that a service made has no call of its own, and is told here.
// https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-ssm-incidents.html
#include <boost/json.hpp>

#include "base/text_time.h"
#include "incidents/incidents.h"

namespace tocsin::incidents {

void Incidents::publish_service_event(const Incident& i) {
  if (!i.created_by.ends_with(".amazonaws.com")) return;
  Object trigger{{"source", i.source}, {"timestamp", to_rfc3339(i.detected)}};
  if (!i.trigger_arn.empty()) trigger["triggerArn"] = i.trigger_arn;
  EventEnvelope event{
      .scope = i.scope, .event_time = state_.now(), .source = "aws.ssm-incidents", .type = "AWS Service Event via CloudTrail"};
  event.subject_arn = i.arn;
  event.resources = {i.arn};
  event.detail =
      Object{{"eventVersion", "1.11"},
             {"userIdentity", Object{{"type", "AWSService"}, {"invokedBy", i.created_by}}},
             {"eventTime", to_rfc3339(state_.now())},
             {"eventSource", "ssm-incidents.amazonaws.com"},
             {"eventName", "StartIncident"},
             {"awsRegion", i.scope.region},
             {"eventType", "AwsServiceEvent"},
             {"recipientAccountId", i.scope.account},
             {"requestParameters", Object{{"responsePlanArn", i.plan_arn}, {"title", i.title}, {"triggerDetails", std::move(trigger)}}},
             {"responseElements", Object{{"incidentRecordArn", i.arn}}}};
  journal_.append(std::move(event));
}

}  // namespace tocsin::incidents
