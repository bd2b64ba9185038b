#include "api/ssm/hosts/command_operations.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "api/ssm/reply.h"
#include "base/text_time.h"
#include "remediate/commands/command_progress.h"

namespace tocsin::api::ssm {
namespace {

using namespace remediate;

struct Room {
  Commands& commands;
  DocumentStore& documents;
  hosts::HostRegistry& hosts;
  ListTokens pages;
};

// what SendCommand has and we do not honour is refused by name
constexpr std::string_view not_offered[] = {"OutputS3BucketName", "OutputS3KeyPrefix", "NotificationConfig", "AlarmConfiguration"};

// "50" or "10%" of `total`; at least `least`
std::int64_t share_of(const std::string& text, std::int64_t total, std::int64_t least) {
  const std::int64_t number = std::strtoll(text.c_str(), nullptr, 10);
  return std::max(least, text.ends_with('%') ? total * number / 100 : number);
}

Object to_shape(const Command& command) {
  const CommandSpec& spec = command.spec;
  Object parameters;
  for (const auto& [name, value] : spec.parameters) parameters[name] = value.is_array() ? value : Document(Array{value});
  return {{"CommandId", command.id},
          {"DocumentName", spec.document_name},
          {"DocumentVersion", spec.document_version},
          {"Comment", spec.comment},
          {"ExpiresAfter", to_ns(command.requested_at + std::chrono::seconds(spec.timeout_seconds))},
          {"Parameters", std::move(parameters)},
          {"InstanceIds", to_array(spec.instance_ids)},
          {"Targets", spec.targets},
          {"RequestedDateTime", to_ns(command.requested_at)},
          {"Status", to_text(command.status)},
          {"StatusDetails", command.status_details},
          {"OutputS3BucketName", ""},
          {"OutputS3KeyPrefix", ""},
          {"MaxConcurrency", spec.max_concurrency_text},
          {"MaxErrors", spec.max_errors_text},
          {"TargetCount", command.target_count},
          {"CompletedCount", command.completed_count},
          {"ErrorCount", command.error_count},
          {"DeliveryTimedOutCount", command.timed_out_count},
          {"TimeoutSeconds", spec.timeout_seconds}};
}

// the agents' words for a step have more than the service's: a step that did not apply counts as done
InvocationStatus status_of(const StepOutcome& step) {
  return step.status.empty() ? InvocationStatus::pending : status_of_reply(step.status);
}

std::string_view details_of(const StepOutcome& step) {
  const InvocationStatus status = status_of(step);
  return status == InvocationStatus::timed_out ? "ExecutionTimedOut" : to_text(status);
}

Object to_shape(const StepOutcome& step) {
  Object shape{{"Name", step.name},
               {"Status", to_text(status_of(step))},
               {"StatusDetails", details_of(step)},
               {"ResponseCode", step.response_code},
               {"Output", step.standard_output.substr(0, 2500)}};
  if (const auto at = parse_rfc3339(step.started_at)) shape["ResponseStartDateTime"] = to_ns(*at);
  if (const auto at = parse_rfc3339(step.ended_at)) shape["ResponseFinishDateTime"] = to_ns(*at);
  return shape;
}

Reply send_command(Room& room, const Call& call) {
  const Document& input = call.input;
  for (const std::string_view member : not_offered)
    if (find(input, member)) return refuse("InvalidParameters", fmt::format("{} is not offered by this server.", member));
  const auto document = room.documents.get(call.scope, text_or(input, "DocumentName"), {text_or(input, "DocumentVersion"), ""});
  if (!document) return to_service_error(document.error());
  if (document->type != "Command") return refuse("InvalidDocument", "The document is not of type Command.");
  if (const auto hash = text_at(input, "DocumentHash"); hash && *hash != document->hash)
    return refuse("InvalidDocument", "The document's hash is another.");
  CommandSpec spec{.scope = call.scope,
                   .document_name = document->name,
                   .document_version = text_or(input, "DocumentVersion", "$DEFAULT"),
                   .document = document->content.content,
                   .parameters = object_at(input, "Parameters"),
                   .instance_ids = texts_at(input, "InstanceIds"),
                   .targets = array_at(input, "Targets"),
                   .comment = text_or(input, "Comment"),
                   .timeout_seconds = integer_or(input, "TimeoutSeconds", 3600),
                   .max_concurrency_text = text_or(input, "MaxConcurrency", "50"),
                   .max_errors_text = text_or(input, "MaxErrors", "0"),
                   .requested_by = call.principal.arn};
  if (spec.instance_ids.empty() && spec.targets.empty()) return refuse("InvalidInstanceId", "InstanceIds or Targets must be given.");
  const auto total = static_cast<std::int64_t>(std::max<std::size_t>(spec.instance_ids.size(), 1));
  spec.concurrency_max = share_of(spec.max_concurrency_text, total, 1);
  spec.errors_max = share_of(spec.max_errors_text, total, 0);
  const auto command = room.commands.send(std::move(spec));
  if (!command) return to_service_error(command.error());
  return Object{{"Command", to_shape(*command)}};
}

std::expected<CommandStore::Page, ServiceError> page_of(Room& room, const Call& call) {
  const auto start = page_start(call, room.pages);
  if (!start) return std::unexpected(start.error());
  CommandStore::Page page{.command_id = text_or(call.input, "CommandId"),
                          .instance_id = text_or(call.input, "InstanceId"),
                          .after = *start,
                          .count = static_cast<std::size_t>(integer_or(call.input, "MaxResults", 50))};
  for (const Document& filter : array_at(call.input, "Filters")) {
    if (text_or(filter, "key") != "Status") return refuse("InvalidFilterKey", "Only the filter key Status is offered by this server.");
    page.status = text_or(filter, "value");
  }
  return page;
}

Reply list_commands(Room& room, const Call& call) {
  const auto page = page_of(room, call);
  if (!page) return std::unexpected(page.error());
  const auto [commands, last] = room.commands.store().list_commands(call.scope, *page);
  Object output;
  Array list;
  for (const Command& command : commands) list.push_back(to_shape(command));
  output["Commands"] = std::move(list);
  if (!last.empty()) output["NextToken"] = room.pages.seal(call, last);
  return output;
}

Object to_shape(Room& room, const Invocation& invocation, bool details) {
  const auto command = room.commands.store().command(invocation.command_id);
  const auto host = room.hosts.find(invocation.instance_id);
  Object shape{{"CommandId", invocation.command_id},
               {"InstanceId", invocation.instance_id},
               {"InstanceName", host ? host->computer_name : ""},
               {"Comment", command ? command->spec.comment : ""},
               {"DocumentName", command ? command->spec.document_name : ""},
               {"DocumentVersion", command ? command->spec.document_version : ""},
               {"RequestedDateTime", to_ns(invocation.requested_at)},
               {"Status", to_text(invocation.status)},
               {"StatusDetails", invocation.status_details}};
  Array plugins;
  for (const StepOutcome& step : invocation.steps) plugins.push_back(to_shape(step));
  if (details) shape["CommandPlugins"] = std::move(plugins);
  return shape;
}

Reply list_invocations(Room& room, const Call& call) {
  const auto page = page_of(room, call);
  if (!page) return std::unexpected(page.error());
  const auto [invocations, last] = room.commands.store().list_invocations(call.scope, *page);
  Object output;
  Array list;
  for (const Invocation& invocation : invocations) list.push_back(to_shape(room, invocation, truth_or(call.input, "Details", false)));
  output["CommandInvocations"] = std::move(list);
  if (!last.empty()) output["NextToken"] = room.pages.seal(call, last);
  return output;
}

std::string elapsed(const Invocation& invocation) {
  const double seconds = std::chrono::duration<double>(invocation.ended_at - invocation.started_at).count();
  return fmt::format("PT{:.3f}S", std::max(0.0, seconds));
}

Reply get_invocation(Room& room, const Call& call) {
  const auto invocation = room.commands.store().invocation(text_or(call.input, "CommandId"), text_or(call.input, "InstanceId"));
  if (!invocation || invocation->scope != call.scope) return refuse("InvocationDoesNotExist", "");
  const auto command = room.commands.store().command(invocation->command_id);
  const auto name = text_at(call.input, "PluginName");
  const auto chosen = std::find_if(invocation->steps.begin(), invocation->steps.end(),
                                   [&](const StepOutcome& step) { return !name || step.name == *name; });
  if (name && chosen == invocation->steps.end()) return refuse("InvalidPluginName", "");
  if (!name && invocation->steps.size() > 1) return refuse("InvalidPluginName", "The command has several steps: name one.");
  const bool any = chosen != invocation->steps.end();
  // a step that is named answers with its own status, once it has one
  const bool own_status = name && any && is_terminal(status_of(*chosen));
  Object output{{"CommandId", invocation->command_id},
                {"InstanceId", invocation->instance_id},
                {"Comment", command->spec.comment},
                {"DocumentName", command->spec.document_name},
                {"DocumentVersion", command->spec.document_version},
                {"PluginName", any ? chosen->name : ""},
                {"ResponseCode", any ? chosen->response_code : -1},
                {"ExecutionStartDateTime", any ? chosen->started_at : ""},
                {"ExecutionEndDateTime", any ? chosen->ended_at : ""},
                {"Status", own_status ? to_text(status_of(*chosen)) : to_text(invocation->status)},
                {"StatusDetails", own_status ? details_of(*chosen) : std::string_view(invocation->status_details)},
                {"StandardOutputContent", any ? chosen->standard_output : ""},
                {"StandardOutputUrl", ""},
                {"StandardErrorContent", any ? chosen->standard_error : ""},
                {"StandardErrorUrl", ""}};
  if (invocation->ended_at != Instant{}) output["ExecutionElapsedTime"] = elapsed(*invocation);
  return output;
}

Reply cancel_command(Room& room, const Call& call) {
  const auto cancelled = room.commands.cancel(call.scope, text_or(call.input, "CommandId"), texts_at(call.input, "InstanceIds"));
  if (!cancelled) return refuse("InvalidCommandId", "");
  return Object{};
}

}  // namespace

std::vector<Operation> command_operations(Commands& commands, DocumentStore& documents, hosts::HostRegistry& hosts, ListTokens pages) {
  auto room = std::make_shared<Room>(Room{commands, documents, hosts, std::move(pages)});
  const auto bind = [room](Reply (*serve)(Room&, const Call&)) {
    return Handle([room, serve](const Call& call) { return serve(*room, call); });
  };
  return {{"SendCommand", bind(send_command)},
          {"ListCommands", bind(list_commands)},
          {"ListCommandInvocations", bind(list_invocations)},
          {"GetCommandInvocation", bind(get_invocation)},
          {"CancelCommand", bind(cancel_command)}};
}

}  // namespace tocsin::api::ssm
