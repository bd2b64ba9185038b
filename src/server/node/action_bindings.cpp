#include <boost/json.hpp>

#include "communicate/topics/alarm_notification.h"
#include "model/arn.h"
#include "server/node/partners.h"
#include "server/node/rooms.h"

namespace tocsin::server {

Result<std::string> RunbookBinding::start_runbook(const Request& request) {
  remediate::GivenParameters parameters;
  for (const auto& [name, values] : request.parameters) parameters[name] = values;
  return rooms_.automation.start_for_incident(request.scope, request.document_name, request.document_version, parameters, request.role_arn, request.incident_arn);
}

namespace {

/// Why an action that is known cannot be taken here.
std::string words_of_missing(const std::optional<Arn>& arn) {
  if (arn && arn->service == "lambda") return "The function " + arn->resource + " cannot be invoked: this server runs no functions yet.";
  if (arn && arn->service == "ssm") return "No OpsItem can be created: this server has no OpsCenter yet.";
  if (arn && (arn->service == "automate" || arn->service == "swf")) return "The instance cannot be reached: this server does not control the power of instances.";
  if (arn && arn->service == "autoscaling") return "There is no Auto Scaling group: this server scales nothing.";
  return "The action is not offered by this server.";
}

}  // namespace

Result<void> AlarmActionBinding::run(const detect::AlarmActionRequest& request) {
  const auto arn = parse_arn(request.action_arn);
  if (arn && arn->service == "sns") return publish(request);
  const bool plan = arn && arn->service == "ssm-incidents";
  if (plan && request.new_state != AlarmState::alarm) return {};
  if (plan) return open_incident(request);
  return fail(ErrorKind::unsupported, words_of_missing(arn));
}

Result<void> AlarmActionBinding::publish(const detect::AlarmActionRequest& request) {
  const ServiceAct act{"cloudwatch.amazonaws.com", "sns:Publish", request.action_arn, request.alarm_arn};
  if (auto admitted = rooms_.resource_guard.admit(act); !admitted) return admitted;
  const auto published = rooms_.topics.publish(request.action_arn, communicate::alarm_notification(request.message));
  if (!published) return std::unexpected(published.error());
  return {};
}

Result<void> AlarmActionBinding::open_incident(const detect::AlarmActionRequest& request) {
  // both arn:aws:ssm-incidents::ACCOUNT:response-plan/NAME and …:responseplan/NAME are written
  std::string plan = request.action_arn;
  if (const auto at = plan.find(":responseplan/"); at != std::string::npos) plan.replace(at, 14, ":response-plan/");
  Document event = Object{{"source", alarm_event_source}, {"detail-type", alarm_event_type}, {"resources", Array{Document(request.alarm_arn)}}, {"detail", request.event_detail},
                          {"id", request.event_id}};
  const auto started = rooms_.incidents.start_from_plan(request.scope, plan,
                                                        {.source = std::string(alarm_event_source),
                                                         .arn = request.alarm_arn,
                                                         .raw_data = to_json(event),
                                                         .title = {},
                                                         .resources = {request.alarm_arn},
                                                         .at = request.changed_at,
                                                         .created_by = "cloudwatch.amazonaws.com",
                                                         .invoked_by = "cloudwatch.amazonaws.com",
                                                         .impact = {},
                                                         .dedupe = {},
                                                         .related_items = {}});
  if (!started) return std::unexpected(started.error());
  return {};
}

}  // namespace tocsin::server
