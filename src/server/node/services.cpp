#include "server/node/services.h"

#include "api/cloudwatch/log_alarms.h"
#include "api/chatbot/service.h"
#include "api/cloudwatch/service.h"
#include "api/cloudtrail/service.h"
#include "api/events/service.h"
#include "api/health/service.h"
#include "api/iam/service.h"
#include "api/logs/log_anomaly_operations.h"
#include "api/logs/saved_query_operations.h"
#include "api/logs/scheduled_query_operations.h"
#include "api/insight_rules/insight_rules.h"
#include "api/scheduler/service.h"
#include "api/logs/service.h"
#include "api/sns/service.h"
#include "api/sqs/service.h"
#include "api/sts/service.h"
#include "api/ssm_contacts/service.h"
#include "api/ssm_incidents/service.h"
#include "api/cloudwatch/views/views.h"
#include "api/ec2/service.h"
#include "api/s3/service.h"
#include "api/xray/service.h"
#include "api/ssm/automation_operations.h"
#include "api/ssm/document_operations.h"
#include "api/ssm/hosts/command_operations.h"
#include "api/ssm/hosts/host_operations.h"
#include "api/ssm/parameter_operations.h"
#include "api/ssm/service.h"
#include "api/ssm/tag_operations.h"
#include "server/node/identity_documents.h"

namespace tocsin::server {
namespace {

// tokens are bound to the caller's account and the operation
api::ListTokens list_tokens(const wire::PageTokens& tokens) {
  return {.seal = [&tokens](const api::Call& call, std::string_view key) { return tokens.seal(call.scope.account, call.service + '.' + call.operation, key); },
          .open = [&tokens](const api::Call& call, std::string_view token) { return tokens.open(call.scope.account, call.service + '.' + call.operation, token); }};
}

// what AddTagsToResource can name
api::ssm::ResourceExists taggable(Rooms& rooms) {
  return {{"Parameter", [&rooms](const Scope& scope, const std::string& id) { return rooms.parameters.exists(scope, id); }},
          {"Document", [&rooms](const Scope& scope, const std::string& id) { return rooms.documents.exists(scope, id); }},
          {"Automation", [&rooms](const Scope& scope, const std::string& id) { return rooms.automation.find(scope, id).has_value(); }}};
}

api::Service make_systems_manager(Rooms& rooms, const api::ListTokens& tokens) {
  return api::make_ssm_service({api::ssm::parameter_operations(rooms.parameters, tokens), api::ssm::document_operations(rooms.documents, rooms.resource_tags, tokens),
                                api::ssm::host_operations(rooms.hosts, rooms.channels, tokens),
                                api::ssm::command_operations(rooms.commands, rooms.documents, rooms.hosts, tokens),
                                api::ssm::automation_operations(rooms.automation, tokens), api::ssm::tag_operations(rooms.resource_tags, taggable(rooms))});
}

void add_metric_views(Rooms& rooms, const api::ListTokens& tokens, std::vector<api::Service>& services) {
  for (api::Service& service : services)
    if (service.name == "cloudwatch")
      api::cloudwatch::add_views(service, {rooms.ground.metrics, rooms.alarms, rooms.dashboards, rooms.ground.outside.random, tokens, {.bands = &rooms.anomalies, .rules = &rooms.rule_metrics}});
}

/// logs:Unmask on the group, by the caller's policies.
bool may_unmask(Rooms& rooms, const api::Call& call, const telemetry::LogGroup& group) {
  access::AccessRequest request{
      .action = "logs:Unmask", .resource = "arn:aws:logs:" + call.scope.region + ":" + call.scope.account + ":log-group:" + group.name, .principal = {}, .context = {}};
  return rooms.authorizer.decide(call.principal, request).allowed();
}

}  // namespace

std::vector<api::Service> make_services(Rooms& rooms) {
  const api::ListTokens tokens = list_tokens(rooms.ground.page_tokens);
  std::vector<api::Service> services;
  services.push_back(api::make_sts_service({rooms.access_keys, rooms.sessions, rooms.policies, rooms.roles, rooms.mfa_devices, rooms.identity_providers, rooms.ground.state, rooms.ground.secrets, rooms.ground.outside.fetch ? fetch_identity_documents() : FetchIdentityDocument{}}));
  services.push_back(api::make_iam_service({rooms.identities, rooms.policies, rooms.access_keys, rooms.authorizer, tokens, rooms.login_profiles, rooms.accounts, rooms.mfa_devices, rooms.identity_providers}));
  services.push_back(api::make_cloudtrail_service(rooms.audit, tokens));
  services.push_back(api::make_cloudwatch_service(rooms.ground.metrics, rooms.alarms, tokens, {.bands = &rooms.anomalies, .rules = &rooms.rule_metrics}, &rooms.anomalies));
  services.back().operations.push_back({"PutLogAlarm", api::Handle([&rooms](const api::Call& call) { return api::cloudwatch::put_log_alarm(rooms.log_alarms, call); })});
  for (api::Operation& each : api::insight_rule_operations(rooms.ground.state, rooms.log_settings, rooms.contributor_reports, tokens))
    services.back().operations.push_back(std::move(each));
  services.push_back(api::make_sqs_service(rooms.queues, rooms.message_moves, rooms.ground.state, tokens));
  services.push_back(api::make_logs_service({rooms.ground.logs, rooms.log_settings, rooms.log_targets, rooms.live_tails, rooms.log_exports, rooms.body_streams,
                                             [&rooms](const api::Call& call, const telemetry::LogGroup& group) { return may_unmask(rooms, call, group); }},
                                            rooms.log_queries, tokens));
  for (api::Operation& operation : api::logs::log_anomaly_operations({rooms.ground.logs, rooms.log_settings, rooms.log_anomalies, tokens}))
    services.back().operations.push_back(std::move(operation));
  for (api::Operation& operation : api::logs::scheduled_query_operations({rooms.log_settings, rooms.scheduled_queries, tokens}))
    services.back().operations.push_back(std::move(operation));
  for (api::Operation& operation :
       api::logs::saved_query_operations({rooms.ground.logs, rooms.log_queries, rooms.query_definitions, rooms.lookup_tables, tokens}))
    services.back().operations.push_back(std::move(operation));
  services.push_back(api::make_events_service(rooms.rules, rooms.archives, rooms.connections, rooms.ground.journal, tokens));
  services.push_back(api::make_health_service(rooms.health, tokens));
  services.push_back(api::make_scheduler_service(rooms.schedules, tokens));
  services.push_back(api::make_sns_service(rooms.topics, tokens));
  services.push_back(api::make_chatbot_service(rooms.chat_channels, tokens));
  services.push_back(make_systems_manager(rooms, tokens));
  services.push_back(api::make_ssm_incidents_service(rooms.incidents, tokens));
  services.push_back(api::make_ssm_contacts_service(rooms.oncall, tokens));
  services.push_back(api::make_xray_service({*rooms.ground.executor, rooms.ground.outside.random, rooms.ground.traces, rooms.sampling, rooms.ground.metrics, rooms.trace_settings,
                                             rooms.trace_groups, tokens}));
  services.push_back(api::make_ec2_service(rooms.hosts, rooms.channels));
  if (rooms.ground.outside.on_a_machine) services.push_back(api::make_s3_service({rooms.ground.state, *rooms.files, rooms.objects, rooms.blobs, rooms.ground.outside.random}));
  add_metric_views(rooms, tokens, services);
  return services;
}

}  // namespace tocsin::server
