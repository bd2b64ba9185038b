#include "server/node/rooms.h"

#include <set>

#include <boost/json.hpp>

#include "delivery/smtp/mail_message.h"
#include "remediate/automation/runbook.h"
#include "server/config/data_directory.h"
#include "server/node/exported_files.h"
#include "server/node/replace_file.h"
#include "telemetry/logs/data_protection/data_masks.h"

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

// those of the folder were checked when the server was opened
templates::MessageTemplates message_templates(const ServerConfig& config) {
  templates::MessageTemplates out;
  if (!config.templates.empty()) (void)out.read_folder(config.templates);
  return out;
}

// under the role of the chat configuration; parameters as the command line takes them: {"Name": ["value"]}
Result<std::string> run_from_chat(Rooms& rooms, const Scope& scope, const std::string& incident_arn, const Object& argument) {
  remediate::GivenParameters parameters;
  for (const auto& each : object_at(argument, "parameters")) {
    std::vector<std::string>& values = parameters[std::string(each.key())];
    if (each.value().is_string()) values.emplace_back(std::string_view(each.value().get_string()));
    if (each.value().is_array())
      for (const Document& value : each.value().get_array()) values.push_back(value.is_string() ? std::string(std::string_view(value.get_string())) : to_json(value));
  }
  return rooms.automation.start_for_incident(scope, text_or(argument, "document"), text_or(argument, "version"), parameters, text_or(argument, "role"), incident_arn);
}

// any operation that writes, of a service that is here
Result<void> check_universal(const wire::ServiceModels& models, const std::string& service, const std::string& action) {
  const auto bad = [&] { return fail(ErrorKind::invalid, "Invalid RequestJson provided. Reason: " + service + ":" + action + " is not a valid target.", "ValidationException"); };
  for (const char* read : {"get", "describe", "list", "poll", "receive", "search", "scan", "query", "select", "read", "lookup", "discover", "validate", "batchGet", "batchDescribe"})
    if (action.starts_with(read)) return fail(ErrorKind::invalid, action + " API is not supported.", "ValidationException");
  const wire::ServiceModel* model = models.find(universal_service_name(service));
  std::string operation = action;
  if (!operation.empty()) operation[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(operation[0])));
  if (!model || !model->operation(operation)) return bad();
  return {};
}
// into a group that is made when it is missing
void write_log_line(Foundation& ground, const Scope& scope, const std::string& group, const std::string& line) {
  const Instant now = ground.state.now();
  if (const auto stream = telemetry::ensure_stream(ground.logs, scope, group, "deliveries"))
    static_cast<void>(ground.logs.append(*stream, {{.time_ms = to_ms(now), .message = line}}));
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
      authorizer(ground.state, identities, policies, sessions),
      roles(identities, sessions, authorizer),
      ingest_keys(ground.state, ground.outside.random),
      login_profiles(ground.state, ground.outside.random),
      accounts(ground.state),
      mfa_devices(ground.state, ground.secrets, ground.outside.random),
      identity_providers(ground.state),
      audit(ground.state),
      service_graph(ground.state),
      dashboards(*ground.database),
      sampling(ground.state),
      objects(ground.state),
      blobs(DataDirectory{ground.config.data}.objects()),
      files(ground.outside.make_executor("files")),
      hosts(ground.state, ground.outside.random, ground.journal),
      channels(ground.state, ground.outside.random),
      anomalies(ground.state, ground.outside.random, ground.metrics, [this](EventEnvelope event) { return ground.journal.append(std::move(event)); }),
      rule_metrics(log_settings, contributor_reports),
      alarm_data(ground.metrics, {.bands = &anomalies, .rules = &rule_metrics}),
      alarms(ground.state, ground.outside.random, ground.timers, [this](EventEnvelope event) { return ground.journal.append(std::move(event)); }, alarm_data),
      reports(ground.state, ground.journal, ground.timers),
      heartbeats(ground.state, ground.timers, reports),
      probes(ground.state, reports, &ground.self_metrics, ground.outside.probe),
      health(ground.state, ground.outside.random, ground.journal, ground.timers),
      feeds(ground.state, health, reports, &ground.self_metrics, ground.outside.page),
      incidents(ground.state, ground.outside.random, ground.journal, ground.timers),
      service_changes(ground.state, ground.metrics, service_graph, hosts, incidents, host_looks),
      recent_changes(ground.state, audit, incidents),
      error_logs(ground.state, ground.logs),
      new_lines(ground.state, ground.logs, ground.patterns),
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
      message_moves(ground.state, ground.outside.random, queues),
      log_settings(ground.state),
      log_targets(ground.state, ground.logs, log_settings, ground.outbox, queues),
      body_streams(body_streams),
      live_tails(*ground.executor, ground.outside.random),
      log_intake(ground.state, ground.logs, log_settings, ground.metrics, log_targets, live_tails, &ground.self_metrics),
      log_exports(ground.state, ground.logs, log_settings, ground.outside.random, [this](const Scope& scope, const std::string& path, const std::string& content) { return keep_export(*this, scope, path, content); }),
      log_anomalies(ground.state, ground.outside.random, ground.logs, log_settings, ground.patterns, &ground.self_metrics),
      log_alarm_queries(*this),
      log_alarms(ground.state, alarms, log_alarm_queries),
      scheduled_queries(ground.state, ground.outside.random, ground.timers, log_settings, log_queries, lookup_tables,
                        {.start = [this](const Scope& scope, const std::string& role, Object input, auto done) { own_api.start_query(scope, role, std::move(input), std::move(done)); },
                         .write_file = file_writer(ground, "exports"),
                         .append_event = [this](EventEnvelope event) -> Result<void> { return ground.journal.append(std::move(event)), Result<void>(); },
                         .managed_ended = [this](const Scope& scope, const std::string& alarm, Instant at, const Result<std::vector<diagnose::ResultRow>>& rows) { log_alarms.result(scope, alarm, at, rows); }}),
      contributor_reports(*ground.executor, ground.logs),
      rules(ground.state, ground.outside.random, ground.journal, ground.outbox, ground.timers, queues, &ground.self_metrics),
      archives(ground.state, ground.journal, ground.timers, rules),
      connections(ground.state, ground.outside.random, sealer(ground.secrets), ground.outside.http_carrier),
      schedules(ground.state, ground.outside.random, ground.timers, rules, [this](const std::string& service, const std::string& action) { return check_universal(ground.models, service, action); }),
      topics(ground.state, ground.outside.random, ground.outbox, queues, &ground.self_metrics,
             {.public_url = [this] { return ground.url(); }, .mail_from_address = delivery::address_of(ground.config.smtp_from).value_or("no-reply@localhost"),
              .sms_gateway = [this] { return ground.outbox.carries("sms"); },
              .log = [this](const Scope& scope, const std::string& group, const std::string& line) { write_log_line(ground, scope, group, line); },
              .on_published = [this](const std::string& topic, const std::string& id, const std::string& subject, const std::string& message) { chat_channels.on_published(topic, id, subject, message); }}),
      topic_pages(topics, ground.state),
      oncall(ground.state, ground.outside.random, ground.journal, ground.outbox, ground.timers, incidents,
             {.public_url = [this] { return ground.url(); }, .mail_from = ground.config.smtp_from,
              .can_send = [this](const std::string& channel) { return gateways.can_send(channel); },
              .on_keyword = [this](const std::string& from, const std::string& text) { return topics.sms().on_answer(from, text); }, .templates = message_templates(ground.config)}),
      acknowledge_pages(ground.state, oncall),
      browser_pages(ground.state, oncall),
      gateways(ground.config, ground.outside,
               {.state = ground.state, .parameter = [this](const std::string& name) { return gateway_parameter(name); },
                .hear = [this](const delivery::HeardSms& heard) { hear(heard); }, .push_key = [this] { return browser_pages.key(); }}),
      gateway_answers(ground.state, oncall, [this] { return gateways.twilio_tokens(); }),
      chat_channels(ground.state, ground.outside.random, ground.outbox, ground.timers, incidents,
                    {.public_url = [this] { return ground.url(); },
                     .endpoints = [this]() -> const delivery::ChatEndpoints& { return gateways.chat_endpoints(); },
                     .templates = oncall.settings().templates,
                     .acknowledge = [this](const Scope& scope, const std::string& incident, const std::string& how) { return oncall.acknowledge_incident(scope, incident, how); },
                     .run = [this](const Scope& scope, const std::string& incident, const Object& argument, const std::string&) { return run_from_chat(*this, scope, incident, argument); }}),
      chat_links(ground.state, chat_channels, incidents),
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
  // one a line: parts that are added side by side do not meet here
  // clang-format off
  const auto migrated = migrate_all(
      access_keys,
      sessions,
      identities,
      policies,
      ingest_keys,
      login_profiles,
      accounts,
      mfa_devices,
      identity_providers,
      audit,
      service_graph,
      hosts,
      query_definitions,
      anomalies,
      alarms,
      log_alarms,
      reports,
      probes,
      health,
      feeds,
      incidents,
      resource_tags,
      parameters,
      documents,
      commands,
      automation,
      queues,
      message_moves,
      log_settings,
      rules,
      archives,
      connections,
      schedules,
      topics,
      oncall,
      updates,
      dashboards,
      chat_channels,
      sampling,
      trace_settings,
      objects);
  // clang-format on
  return migrated ? browser_pages.read_key() : migrated;
}

Result<std::string> Rooms::gateway_parameter(const std::string& name) {
  const auto found = parameters.get({ground.config.account, ground.config.region}, name, true);
  if (!found) return std::unexpected(found.error());
  return found->value;
}

// what a kill left between the disk and the state
void Rooms::sweep_blobs() {
  if (!ground.outside.on_a_machine) return;
  const auto named = objects.blobs();
  // what could not be read must not look like nothing: the next start sweeps
  if (!named) return;
  files->post([this, named = std::set<std::string>(named->begin(), named->end())] {
    for (const std::string& id : blobs.ids())
      if (!named.contains(id)) blobs.remove(id);
  });
}

// receipts and replies of a message centre; a reply is answered by the way that it came
void Rooms::hear(const delivery::HeardSms& heard) {
  ground.state.submit([this, heard]() -> Result<void> {
    if (heard.is_receipt) {
      if (heard.receipt.is_delivered() || heard.receipt.is_failed()) oncall.on_receipt(heard.receipt.message_id, heard.receipt.is_delivered(), "The message centre says " + heard.receipt.state);
      return {};
    }
    const std::string answer = oncall.on_text(heard.from, heard.text);
    if (answer.empty()) return {};
    delivery::Parcel parcel{.channel = "sms", .owner = "replies", .plan = {{std::chrono::seconds(5), std::chrono::seconds(30)}, std::chrono::minutes(10)}};
    parcel.content = Object{{"to", heard.from}, {"text", answer}};
    ground.outbox.enqueue(std::move(parcel));
    return {};
  });
}

std::function<std::string(std::string_view, std::int64_t)> Rooms::mask_of(telemetry::LogGroupId id) {
  const telemetry::LogGroup* group = ground.logs.group(id);
  if (!group) return {};
  auto masks = std::make_shared<const telemetry::DataMasks>(telemetry::masks_of(log_settings, *group));
  if (masks->empty()) return {};
  return [masks](std::string_view message, std::int64_t ingested_ms) { return masks->masked(message, ingested_ms); };
}

Result<std::string> LogAlarmBinding::put(const Scope& scope, const std::string& alarm, Object scheduled_query) {
  return rooms_.scheduled_queries.put_managed(scope, alarm, std::move(scheduled_query));
}

void LogAlarmBinding::remove(const Scope& scope, const std::string& alarm) { rooms_.scheduled_queries.remove_managed(scope, alarm); }

void Rooms::start() {
  log_queries.bind_lookup_tables([this](const Scope& scope, const std::string& name) { return lookup_tables.find(scope, name); });
  log_queries.bind_masks([this](telemetry::LogGroupId id) { return mask_of(id); });
  error_logs.bind_masks([this](telemetry::LogGroupId id) { return mask_of(id); });
  ground.patterns.bind_masks([this](const telemetry::LogGroup& group) { return mask_of(group.id); });
  log_queries.bind_saved_queries([this](const Scope& scope, const std::string& name) { return query_definitions.find(scope, name); });
  sweep_blobs();
  commands.start();
  anomalies.start();
  alarms.start();
  reports.start();
  heartbeats.start();
  probes.start();
  feeds.start();
  health.start();
  queues.start();
  message_moves.start();
  log_intake.count_patterns(ground.patterns);
  log_intake.start();
  ground.patterns.start(ground.logs.all_groups());
  log_anomalies.start();
  scheduled_queries.start();
  log_exports.start();
  topics.start();
  gateways.start(ground.outbox);
  rules.start();
  archives.start();
  schedules.start();
  automation.start();
  status_page.start();
  incidents.start();
}

}  // namespace tocsin::server
