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
#include "communicate/oncall/acknowledge_handler.h"
#include "communicate/oncall/oncall.h"
#include "communicate/status_page/status_page.h"
#include "communicate/topics/public_endpoints.h"
#include "communicate/topics/topics.h"
#include "communicate/updates/updates.h"
#include "delivery/queues/queues.h"
#include "detect/alarms/alarms.h"
#include "detect/anomalies/anomaly_detectors.h"
#include "diagnose/investigations/error_logs.h"
#include "diagnose/investigations/recent_changes.h"
#include "diagnose/investigations/service_changes.h"
#include "diagnose/log_query/log_queries.h"
#include "diagnose/log_query/lookup_tables.h"
#include "diagnose/log_query/query_definitions.h"
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
#include "server/node/partners.h"
#include "server/node/resource_guard.h"
#include "telemetry/audit/audit_trail.h"
#include "telemetry/dashboards/dashboards.h"
#include "telemetry/logs/contributors/contributor_reports.h"
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

  // what was recorded
  telemetry::AuditTrail audit;
  telemetry::ServiceGraph service_graph;
  telemetry::Dashboards dashboards;
  telemetry::SamplingRules sampling;
  hosts::HostRegistry hosts;
  hosts::ControlChannels channels;

  // detect
  detect::AnomalyDetectors anomalies;
  detect::MetricAlarmData alarm_data;
  detect::Alarms alarms;

  // the record
  incidents::Incidents incidents;

  // diagnose
  diagnose::ServiceChanges service_changes;
  diagnose::RecentChanges recent_changes;
  diagnose::ErrorLogs error_logs;
  diagnose::LogQueries log_queries;
  diagnose::QueryDefinitions query_definitions;
  diagnose::LookupTables lookup_tables;
  diagnose::TraceSettings trace_settings;
  diagnose::TraceGroups trace_groups;
  diagnose::MapEvidence trace_map;

  // remediate
  remediate::ResourceTags resource_tags;
  remediate::ParameterStore parameters;
  remediate::DocumentStore documents;
  remediate::Commands commands;
  remediate::AutomationEngine automation;

  // communicate
  delivery::Queues queues;
  telemetry::LogSettings log_settings;
  telemetry::SubscriptionTargets log_targets;
  wire::BodyStreams& body_streams;
  telemetry::LiveTails live_tails;
  telemetry::LogIntake log_intake;
  telemetry::LogExports log_exports;
  telemetry::ContributorReports contributor_reports;
  events::Rules rules;
  events::Archives archives;
  events::Connections connections;
  events::Schedules schedules;
  communicate::Topics topics;
  communicate::TopicPublicEndpoints topic_pages;
  oncall::OnCall oncall;
  oncall::AcknowledgeHandler acknowledge_pages;
  updates::Updates updates;
  status_page::StatusPage status_page;

  // learn
  reviews::MayRead may_read_reviews;  ///< bound once there is a gate
  reviews::Reviews reviews;
};

}  // namespace tocsin::server
