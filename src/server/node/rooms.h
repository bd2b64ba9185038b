// The furnished rooms, each built over the foundation. Built in order, ended in reverse; what one asks of another goes through partners.h.
#pragma once

#include "access/accounts/account_settings.h"
#include "access/credentials/access_key_store.h"
#include "access/credentials/session_store.h"
#include "access/identities/authorizer.h"
#include "access/identities/identity_store.h"
#include "access/identities/policy_store.h"
#include "access/identities/role_assumption.h"
#include "access/ingest_keys/ingest_key_store.h"
#include "access/login_profiles/login_profile_store.h"
#include "access/mfa_devices/mfa_device_store.h"
#include "access/web_identity/identity_provider_store.h"
#include "communicate/chat_channels/chat_channels.h"
#include "communicate/chat_channels/chat_link_handler.h"
#include "communicate/oncall/acknowledge_handler.h"
#include "communicate/oncall/browser_handler.h"
#include "communicate/oncall/gateway_handler.h"
#include "communicate/oncall/oncall.h"
#include "communicate/status_page/status_page.h"
#include "communicate/topics/public_endpoints.h"
#include "communicate/topics/topics.h"
#include "communicate/updates/updates.h"
#include "delivery/queues/message_moves.h"
#include "delivery/queues/queues.h"
#include "detect/alarms/alarms.h"
#include "detect/anomalies/anomaly_detectors.h"
#include "detect/feeds/feeds.h"
#include "detect/health/health.h"
#include "detect/probes/probes.h"
#include "detect/reports/heartbeats.h"
#include "detect/reports/reports.h"
#include "detect/log_anomalies/log_anomalies.h"
#include "diagnose/investigations/error_logs.h"
#include "diagnose/investigations/new_lines.h"
#include "diagnose/investigations/recent_changes.h"
#include "diagnose/investigations/service_changes.h"
#include "diagnose/investigations/shared_source.h"
#include "diagnose/log_query/log_queries.h"
#include "diagnose/log_query/lookup_tables.h"
#include "diagnose/log_query/query_definitions.h"
#include "diagnose/scheduled_queries/scheduled_queries.h"
#include "diagnose/trace_map/map_evidence.h"
#include "diagnose/trace_map/trace_groups.h"
#include "events/archives/archives.h"
#include "events/connections/connections.h"
#include "events/rules/rules.h"
#include "events/schedules/schedules.h"
#include "hosts/control_channels.h"
#include "hosts/host_registry.h"
#include "incidents/incidents.h"
#include "learn/reviews/reviews.h"
#include "remediate/automation/automation_engine.h"
#include "remediate/commands/commands.h"
#include "remediate/documents/document_store.h"
#include "remediate/parameters/parameter_store.h"
#include "server/node/foundation.h"
#include "server/node/gateways.h"
#include "server/node/partners.h"
#include "server/node/resource_guard.h"
#include "storage/objects/blob_folder.h"
#include "storage/objects/object_store.h"
#include "telemetry/audit/audit_trail.h"
#include "telemetry/dashboards/dashboards.h"
#include "telemetry/logs/contributors/contributor_reports.h"
#include "telemetry/logs/contributors/rule_metrics.h"
#include "telemetry/logs/exports/log_exports.h"
#include "telemetry/logs/intake/log_intake.h"
#include "telemetry/sampling/sampling_rules.h"
#include "telemetry/traces/service_graph.h"
#include "wire/http/body_stream.h"

namespace tocsin::server {

struct Rooms {
  Rooms(Foundation& foundation, wire::BodyStreams& body_streams);
  Result<void> migrate();
  /// Starts what runs by itself; the journal, the timers and the outbox are started after all rooms have said what they handle.
  void start();
  /// How lines of the group are masked; nothing when they are shown as they are. Inside a unit, or before anything runs.
  std::function<std::string(std::string_view, std::int64_t)> mask_of(telemetry::LogGroupId id);
  /// What a gateway's setting names as {ssm:NAME}; inside a unit.
  Result<std::string> gateway_parameter(const std::string& name);
  void hear(const delivery::HeardSms& heard);
  void sweep_blobs();

  Foundation& ground;

  // what one asks of another
  OwnApi own_api;
  RunbookBinding runbook_binding;
  HostEvidence host_evidence;
  HostLooks host_looks;
  AlarmActionBinding alarm_actions;
  ResourceGuard resource_guard;

  // access
  access::AccessKeyStore access_keys;
  access::SessionStore sessions;
  access::IdentityStore identities;
  access::PolicyStore policies;
  access::Authorizer authorizer;
  access::RoleAssumption roles;
  access::IngestKeyStore ingest_keys;
  access::LoginProfileStore login_profiles;
  access::AccountSettings accounts;
  access::MfaDeviceStore mfa_devices;
  access::IdentityProviderStore identity_providers;

  // what was recorded
  telemetry::AuditTrail audit;
  telemetry::ServiceGraph service_graph;
  telemetry::Dashboards dashboards;
  telemetry::SamplingRules sampling;
  storage::ObjectStore objects;
  storage::BlobFolder blobs;
  std::unique_ptr<Executor> files;  ///< reads and writes blobs
  hosts::HostRegistry hosts;
  hosts::ControlChannels channels;

  // detect
  detect::AnomalyDetectors anomalies;
  telemetry::RuleMetrics rule_metrics;
  detect::MetricAlarmData alarm_data;
  detect::Alarms alarms;
  detect::Reports reports;
  detect::Heartbeats heartbeats;
  detect::Probes probes;
  detect::Health health;
  detect::Feeds feeds;

  // the record
  incidents::Incidents incidents;

  // diagnose
  diagnose::ServiceChanges service_changes;
  diagnose::RecentChanges recent_changes;
  diagnose::ErrorLogs error_logs;
  diagnose::NewLines new_lines;
  diagnose::LogQueries log_queries;
  diagnose::QueryDefinitions query_definitions;
  diagnose::LookupTables lookup_tables;
  diagnose::TraceSettings trace_settings;
  diagnose::TraceGroups trace_groups;
  diagnose::MapEvidence trace_map;
  diagnose::SharedSource shared_service_changes{ground.state, service_changes};
  diagnose::SharedSource shared_trace_map{ground.state, trace_map};
  diagnose::SharedSource shared_error_logs{ground.state, error_logs};
  diagnose::SharedSource shared_new_lines{ground.state, new_lines};

  // remediate
  remediate::ResourceTags resource_tags;
  remediate::ParameterStore parameters;
  remediate::DocumentStore documents;
  remediate::Commands commands;
  remediate::AutomationEngine automation;

  // communicate
  delivery::Queues queues;
  delivery::MessageMoves message_moves;
  telemetry::LogSettings log_settings;
  telemetry::SubscriptionTargets log_targets;
  wire::BodyStreams& body_streams;
  telemetry::LiveTails live_tails;
  telemetry::LogIntake log_intake;
  telemetry::LogExports log_exports;
  detect::LogAnomalies log_anomalies;
  LogAlarmBinding log_alarm_queries;
  detect::LogAlarms log_alarms;
  diagnose::ScheduledQueries scheduled_queries;
  telemetry::ContributorReports contributor_reports;
  events::Rules rules;
  events::Archives archives;
  events::Connections connections;
  events::Schedules schedules;
  communicate::Topics topics;
  communicate::TopicPublicEndpoints topic_pages;
  oncall::OnCall oncall;
  oncall::AcknowledgeHandler acknowledge_pages;
  oncall::BrowserHandler browser_pages;
  Gateways gateways;
  oncall::GatewayHandler gateway_answers;
  chat::ChatChannels chat_channels;
  chat::ChatLinkHandler chat_links;
  updates::Updates updates;
  status_page::StatusPage status_page;

  // learn
  reviews::MayRead may_read_reviews;  ///< bound once there is a gate
  reviews::Reviews reviews;
};

}  // namespace tocsin::server
