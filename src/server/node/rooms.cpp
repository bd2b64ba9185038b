#include "server/node/rooms.h"

#include "delivery/smtp/mail_message.h"
#include "remediate/automation/runbook.h"
#include "server/config/data_directory.h"
#include "server/node/replace_file.h"

namespace tocsin::server {
namespace {
// the static copy of the status page, which survives the server; in a simulation it is nobody's
// and what is exported
status_page::WriteFile file_writer(const Foundation& ground, const char* below) {
  if (!ground.outside.on_a_machine) return [](const std::string&, const std::string&) { return Result<void>(); };
  return [folder = ground.config.data / below](const std::string& path, const std::string& content) { return replace_file(folder / path, content); };
}
// what connections know of their APIs is sealed as all secrets are
events::SecretSealer sealer(const access::SecretBox& box) {
  return {[&box](std::string_view secret, std::string_view context) { return box.seal(secret, context); },
          [&box](std::string_view sealed, std::string_view context) { return box.open(sealed, context); }};
}

// any operation that writes, of a service that is here
Result<void> check_universal(const wire::ServiceModels& models, const std::string& service, const std::string& action) {
  const auto bad = [&] { return fail(ErrorKind::invalid, "Invalid RequestJson provided. Reason: " + service + ":" + action + " is not a valid target.", "ValidationException"); };
  for (const char* read : {"get", "describe", "list", "poll", "receive", "search", "scan", "query", "select", "read", "lookup", "discover", "validate", "batchGet", "batchDescribe"})
    if (action.starts_with(read)) return bad();
  const wire::ServiceModel* model = models.find(universal_service_name(service));
  std::string operation = action;
  if (!operation.empty()) operation[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(operation[0])));
  if (!model || !model->operation(operation)) return bad();
  return {};
}
}  // namespace

Rooms::Rooms(Foundation& foundation, wire::BodyStreams& body_streams)
    : ground(foundation),
      own_api(*this),
      runbook_binding(*this),
      host_evidence(*this),
      host_looks(*this),
      alarm_actions(*this),
      resource_guard(*this),
      access_keys(ground.state, ground.secrets, ground.outside.random),
      sessions(ground.state, ground.secrets, ground.outside.random),
      identities(ground.state, ground.outside.random),
      policies(ground.state, ground.outside.random),
      authorizer(identities, policies, sessions),
      roles(identities, sessions, authorizer),
      ingest_keys(ground.state, ground.outside.random),
      login_profiles(ground.state, ground.outside.random),
      accounts(ground.state),
      audit(ground.state),
      service_graph(ground.state),
      dashboards(*ground.database),
      sampling(ground.state),
      hosts(ground.state, ground.outside.random, ground.journal),
      channels(ground.state, ground.outside.random),
      anomalies(ground.state, ground.outside.random, ground.metrics, [this](EventEnvelope event) { return ground.journal.append(std::move(event)); }),
      alarm_data(ground.metrics, {.bands = &anomalies}),
      alarms(ground.state, ground.outside.random, ground.timers, [this](EventEnvelope event) { return ground.journal.append(std::move(event)); }, alarm_data),
      incidents(ground.state, ground.outside.random, ground.journal, ground.timers),
      service_changes(ground.state, ground.metrics, service_graph, hosts, incidents, host_looks),
      recent_changes(ground.state, audit, incidents),
      error_logs(ground.state, ground.logs),
      log_queries(*ground.executor, ground.logs, ground.outside.random),
      query_definitions(ground.state, ground.outside.random),
      lookup_tables(ground.state),
      trace_settings(ground.state),
      trace_groups(trace_settings, ground.outside.random),
      trace_map(ground.state, ground.traces),
      resource_tags(*ground.database),
      parameters(ground.state, ground.journal, *ground.parameter_cipher, resource_tags),
      documents(ground.state, resource_tags, {{"Automation", remediate::check_runbook}}),
      commands(ground.state, ground.outside.random, ground.journal, ground.timers, hosts, channels),
      automation({ground.state, ground.outside.random, ground.journal, ground.timers, documents, parameters, resource_tags, own_api, host_evidence}),
      queues(ground.state, ground.outside.random, &ground.self_metrics),
      log_settings(ground.state),
      log_targets(ground.state, ground.logs, log_settings, ground.outbox, queues),
      body_streams(body_streams),
      live_tails(*ground.executor, ground.outside.random),
      log_intake(ground.state, ground.logs, log_settings, ground.metrics, log_targets, live_tails, &ground.self_metrics),
      log_exports(ground.state, ground.logs, log_settings, ground.outside.random, file_writer(ground, "exports")),
      contributor_reports(*ground.executor, ground.logs),
      rules(ground.state, ground.outside.random, ground.journal, ground.outbox, ground.timers, queues, &ground.self_metrics),
      archives(ground.state, ground.journal, ground.timers, rules),
      connections(ground.state, ground.outside.random, sealer(ground.secrets), ground.outside.http_carrier),
      schedules(ground.state, ground.outside.random, ground.timers, rules, [this](const std::string& service, const std::string& action) { return check_universal(ground.models, service, action); }),
      topics(ground.state, ground.outside.random, ground.outbox, queues, &ground.self_metrics,
             {.public_url = [this] { return ground.url(); }, .mail_from_address = delivery::address_of(ground.config.smtp_from).value_or("no-reply@localhost")}),
      topic_pages(topics, ground.state),
      oncall(ground.state, ground.outside.random, ground.journal, ground.outbox, ground.timers, incidents,
             {.public_url = [this] { return ground.url(); }, .mail_from = ground.config.smtp_from}),
      acknowledge_pages(ground.state, oncall),
      updates(ground.state, ground.outside.random, ground.journal, ground.timers, incidents),
      status_page(ground.state, updates,
                  {.scope = {ground.config.account, ground.config.region}, .title = "Status", .public_url = [this] { return ground.url(); }}, file_writer(ground, "status")),
      reviews(ground.state, incidents, [this] { return ground.url(); },
              [this](const wire::HttpRequest& request, const Scope& scope) { return may_read_reviews && may_read_reviews(request, scope); }) {}

namespace {
// every room that owns tables says so itself; the first that cannot stops the start
template <typename... Room>
Result<void> migrate_all(Room&... rooms) {
  Result<void> done;
  ((done = done ? rooms.migrate() : done), ...);
  return done;
}
}  // namespace

Result<void> Rooms::migrate() {
  return migrate_all(access_keys, sessions, identities, policies, ingest_keys, login_profiles, accounts, audit, service_graph, hosts, query_definitions, anomalies, alarms, incidents, resource_tags, parameters, documents, commands, automation, queues, log_settings, rules, archives, connections, schedules,
                     topics, oncall, updates, dashboards, sampling, trace_settings);
}

void Rooms::start() {
  log_queries.bind_lookup_tables([this](const Scope& scope, const std::string& name) { return lookup_tables.find(scope, name); });
  log_queries.bind_saved_queries([this](const Scope& scope, const std::string& name) { return query_definitions.find(scope, name); });
  commands.start();
  anomalies.start();
  alarms.start();
  queues.start();
  log_intake.start();
  log_exports.start();
  topics.start();
  rules.start();
  archives.start();
  schedules.start();
  automation.start();
  status_page.start();
  incidents.start();
}

}  // namespace tocsin::server
