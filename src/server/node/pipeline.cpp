#include "server/node/pipeline.h"

#include <boost/json.hpp>

#include "base/log.h"
#include "events/rules/delivery_sender.h"
#include "incidents/event_names.h"
#include "incidents/event_reading.h"

namespace tocsin::server {
namespace {

using events::TargetDelivery;

Result<void> to_topic(Rooms& rooms, const TargetDelivery& delivery) {
  const ServiceAct act{events::sender_service(delivery), "sns:Publish", delivery.target.text(), events::sender_arn(delivery), text_or(delivery.definition, "RoleArn")};
  if (auto admitted = rooms.resource_guard.admit(act); !admitted) return admitted;
  const auto published = rooms.topics.publish(delivery.target.text(), {.message = delivery.input});
  return published ? Result<void>() : std::unexpected(published.error());
}

Result<void> to_response_plan(Rooms& rooms, const TargetDelivery& delivery) {
  const auto event = rooms.ground.journal.find(delivery.event_id);
  const auto started = rooms.incidents.start_from_plan(
      delivery.scope, delivery.target.text(),
      {.source = "aws.events", .arn = delivery.rule_arn, .raw_data = delivery.input, .title = {}, .resources = event ? event->resources : std::vector<std::string>(),
       .at = event ? std::optional(event->event_time) : std::nullopt, .created_by = "events.amazonaws.com", .invoked_by = "events.amazonaws.com", .impact = {}, .dedupe = {},
       .related_items = {}});
  return started ? Result<void>() : std::unexpected(started.error());
}

// Input is the document's parameters: {"Name": ["value"]}; the execution's token makes a repeated delivery the same execution
Result<void> to_run_command(Rooms& rooms, const TargetDelivery& delivery);
Result<void> to_automation(Rooms& rooms, const TargetDelivery& delivery) {
  if (delivery.target.resource.starts_with("document/")) return to_run_command(rooms, delivery);
  constexpr std::string_view prefix = "automation-definition/";
  if (!delivery.target.resource.starts_with(prefix)) return fail(ErrorKind::unsupported, "Of Systems Manager only documents and automation definitions are targets.");
  std::string document = delivery.target.resource.substr(prefix.size()), version;
  if (const auto colon = document.find(':'); colon != std::string::npos) {
    version = document.substr(colon + 1);
    document.resize(colon);
  }
  remediate::StartAutomation start{.document = document, .version = version, .parameters = {}, .client_token = delivery.delivery_id,
                                   .principal = service_principal(delivery.scope.account, events::sender_service(delivery)), .role_arn = text_or(delivery.definition, "RoleArn"),
                                   .incident_arn = {}, .tags = {}};
  if (const auto input = parse_json(delivery.input); input && input->is_object())
    for (const auto& [name, values] : input->get_object())
      if (values.is_array())
        for (const Document& value : values.get_array()) start.parameters[std::string(name)].push_back(value.is_string() ? std::string(value.get_string()) : to_json(value));
  const auto begun = rooms.automation.begin(delivery.scope, start);
  return begun ? Result<void>() : std::unexpected(begun.error());
}

// Input is the document's parameters; the hosts are those of RunCommandParameters
Result<void> to_run_command(Rooms& rooms, const TargetDelivery& delivery) {
  const std::string name = delivery.target.resource.substr(delivery.target.resource.find('/') + 1);
  const auto document = rooms.documents.get(delivery.scope, name, {});
  if (!document) return std::unexpected(document.error());
  if (document->type != "Command") return fail(ErrorKind::invalid, "The document is not of type Command.");
  remediate::CommandSpec spec{.scope = delivery.scope,
                              .document_name = document->name,
                              .document_version = "$DEFAULT",
                              .document = document->content.content,
                              .comment = "by " + events::sender_arn(delivery),
                              .requested_by = "arn:aws:iam::" + delivery.scope.account + ":root"};
  if (const Document* parameters = find(delivery.definition, "RunCommandParameters")) spec.targets = array_at(*parameters, "RunCommandTargets");
  if (spec.targets.empty()) return fail(ErrorKind::invalid, "RunCommandParameters with RunCommandTargets are wanted.");
  if (const auto input = parse_json(delivery.input); input && input->is_object())
    for (const auto& [key, values] : input->get_object()) spec.parameters[key] = values.is_array() ? values : Document(Array{values});
  const auto sent = rooms.commands.send(std::move(spec));
  return sent ? Result<void>() : std::unexpected(sent.error());
}

// into the group that the ARN names, a stream for each rule
Result<void> to_log_group(Rooms& rooms, const TargetDelivery& delivery) {
  constexpr std::string_view prefix = "log-group:";
  if (!delivery.target.resource.starts_with(prefix)) return fail(ErrorKind::invalid, "The target is not a log group.");
  std::string group = delivery.target.resource.substr(prefix.size());
  if (group.ends_with(":*")) group.resize(group.size() - 2);
  const auto stream = telemetry::ensure_stream(rooms.ground.logs, delivery.scope, group, delivery.rule_arn.substr(delivery.rule_arn.rfind('/') + 1));
  if (!stream) return std::unexpected(stream.error());
  return rooms.ground.logs.append(*stream, {{.time_ms = to_ms(rooms.ground.state.now()), .message = delivery.input}});
}

bool is_of_incidents(const EventEnvelope& event) { return event.source == incidents::incident_source; }

bool is_of_incidents_or_pages(const EventEnvelope& event) { return is_of_incidents(event) || event.source == incidents::oncall_source; }

Result<void> to_health(Rooms& rooms, const EventEnvelope& event) { return rooms.health.on_reported_alert(event), Result<void>(); }

// what is probed and what operators declare stands in parameters; whoever wrote one that cannot be read finds out in the log
Result<void> from_parameter(Rooms& rooms, const EventEnvelope& event) {
  constexpr std::string_view feeds = "/tocsin/feeds/", health = "/tocsin/health/", probes = "/tocsin/probes/";
  const std::string name = text_or(event.detail, "name");
  if (!name.starts_with(feeds) && !name.starts_with(health) && !name.starts_with(probes)) return {};
  const auto parameter = rooms.parameters.get(event.scope, name, true);
  const auto text = parameter ? std::optional(parameter->value) : std::nullopt;
  const auto taken = name.starts_with(feeds)    ? rooms.feeds.on_setting(event.scope, name.substr(feeds.size()), text)
                     : name.starts_with(health) ? rooms.health.on_declaration(event.scope, name.substr(health.size()), text)
                                                : rooms.probes.on_setting(event.scope, name.substr(probes.size()), text);
  if (!taken) log::warning("server", "a parameter cannot be read", {{"parameter", name}, {"error", taken.error().message}});
  return {};
}

}  // namespace

void connect(Rooms& rooms) {
  events::Journal& journal = rooms.ground.journal;

  // who hears of every event; the names are for ever: a renamed consumer begins anew (events/rules subscribes itself as "rules")
  journal.subscribe("incidents", [&rooms](const EventEnvelope& event) { return rooms.incidents.on_event(event); }, &incidents::is_about_outages);
  journal.subscribe("oncall", [&rooms](const EventEnvelope& event) { return rooms.oncall.on_event(event); }, &is_of_incidents);
  journal.subscribe("chat", [&rooms](const EventEnvelope& event) { return rooms.chat_channels.on_event(event); }, &is_of_incidents_or_pages);
  journal.subscribe("updates", [&rooms](const EventEnvelope& event) { return rooms.updates.on_event(event); }, &is_of_incidents);
  journal.subscribe("reviews", [&rooms](const EventEnvelope& event) { return rooms.reviews.on_event(event); }, &is_of_incidents);
  journal.subscribe(
      "automation",
      [&rooms](const EventEnvelope& event) {
        rooms.automation.command_ended(event.scope, text_or(event.detail, "command-id"));
        return Result<void>();
      },
      [](const EventEnvelope& event) { return event.type == "EC2 Command Invocation Status-change Notification"; });
  // what probes and heartbeats find, and what operators declare, is an event of Health
  journal.subscribe("health", [&rooms](const EventEnvelope& event) { return to_health(rooms, event); },
                    [](const EventEnvelope& event) { return event.type == detect::reported_alert_type; });
  journal.subscribe("settings", [&rooms](const EventEnvelope& event) { return from_parameter(rooms, event); },
                    [](const EventEnvelope& event) { return event.type == "Parameter Store Change"; });

  // what resources say themselves of who may reach them
  rooms.queues.set_admission([&rooms](const delivery::Queue& queue, const delivery::OutgoingMessage& message) {
    return rooms.resource_guard.admit({message.sender_id, "sqs:SendMessage", queue.arn(), message.source_arn, message.role_arn});
  });

  // where rules can send what matched, beside queues and buses
  rooms.rules.bind("sns", [&rooms](const TargetDelivery& delivery) { return to_topic(rooms, delivery); });
  rooms.rules.bind("logs", [&rooms](const TargetDelivery& delivery) { return to_log_group(rooms, delivery); });
  rooms.rules.bind("ssm-incidents", [&rooms](const TargetDelivery& delivery) { return to_response_plan(rooms, delivery); });
  rooms.rules.bind("ssm", [&rooms](const TargetDelivery& delivery) { return to_automation(rooms, delivery); });

  rooms.rules.set_bus_admission([&rooms](const TargetDelivery& delivery) {
    return rooms.resource_guard.admit_account({events::sender_service(delivery), "events:PutEvents", delivery.target.text(), events::sender_arn(delivery)});
  });

  rooms.rules.bind_later("scheduler", [&rooms](TargetDelivery delivery, auto done) { rooms.own_api.call_universal(std::move(delivery), std::move(done)); });
  rooms.rules.bind_later("events:api-destination", [&rooms](TargetDelivery delivery, auto done) { rooms.connections.invoke(std::move(delivery), std::move(done)); });

  // what alarms do, what incidents ask for
  rooms.alarms.bind_actions(rooms.alarm_actions);
  rooms.incidents.set_engager(rooms.oncall);
  rooms.incidents.set_runbook_starter(rooms.runbook_binding);
  rooms.incidents.add_evidence_source(rooms.recent_changes);
  rooms.incidents.add_evidence_source(rooms.shared_service_changes);
  rooms.incidents.add_evidence_source(rooms.shared_trace_map);
  rooms.incidents.add_evidence_source(rooms.shared_error_logs);
  rooms.incidents.add_evidence_source(rooms.shared_new_lines);
}

}  // namespace tocsin::server
