// Links in messages: who pressed one acknowledges, joins, or runs a runbook.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/ids.h"
#include "communicate/chat_channels/chat_channels.h"

namespace tocsin::chat {
namespace {

constexpr std::string_view start_automation = "ssm start-automation-execution";

/// `ssm start-automation-execution --document-name NAME [--document-version V] [--parameters JSON]` of a custom action; nothing of others.
std::optional<Object> runbook_of(const std::string& command) {
  if (!command.starts_with(start_automation)) return std::nullopt;
  const auto option = [&](const std::string& name) -> std::string {
    const std::size_t at = command.find("--" + name);
    if (at == std::string::npos) return {};
    std::size_t begin = command.find_first_not_of(" =", at + name.size() + 2);
    if (begin == std::string::npos) return {};
    const char quote = command[begin] == '\'' || command[begin] == '"' ? command[begin] : ' ';
    if (quote != ' ') ++begin;
    return command.substr(begin, command.find(quote, begin) - begin);
  };
  Object out{{"document", option("document-name")}, {"version", option("document-version")}};
  if (text_or(out, "document").empty()) return std::nullopt;
  if (const auto parameters = parse_json(option("parameters")); parameters && parameters->is_object()) out["parameters"] = *parameters;
  return out;
}

std::string name_of_action(const CustomAction& action) {
  for (const Document& attachment : array_at(action.definition, "Attachments"))
    if (const auto text = text_at(attachment, "ButtonText")) return *text;
  return text_or(action.definition, "ActionName");
}

}  // namespace

std::string ChatChannels::link(const ChatChannel& channel, const Scope& scope, const std::string& incident_arn, LinkAct act,
                               Object argument) {
  const std::string token = make_secret(random_);
  store_.add_link(token, {.scope = scope,
                          .act = act,
                          .incident_arn = incident_arn,
                          .channel_arn = channel.arn,
                          .argument = std::move(argument),
                          .expires = state_.now() + link_lifetime,
                          .used = {}});
  return settings_.public_url() + std::string(chat_link_prefix) + token;
}

void ChatChannels::add_links(const ChatChannel& channel, Notice& notice, const incidents::Incident& i) {
  auto& links = notice.message.links;
  links.emplace_back("Acknowledge", link(channel, i.scope, i.arn, LinkAct::acknowledge, {}));
  links.emplace_back("Join", link(channel, i.scope, i.arn, LinkAct::join, {}));
  const std::string role = text_or(channel.definition, "IamRoleArn");
  for (const std::string& arn : store_.associated(channel.account, channel.arn)) {
    const auto action = store_.find_action(channel.account, arn);
    auto runbook = action ? runbook_of(text_or(object_at(action->definition, "Definition"), "CommandText")) : std::nullopt;
    if (!runbook) continue;
    (*runbook)["role"] = role;
    (*runbook)["label"] = name_of_action(*action);
    links.emplace_back(name_of_action(*action), link(channel, i.scope, i.arn, LinkAct::run, std::move(*runbook)));
  }
}

Result<std::string> ChatChannels::act(const std::string& token, const ChatLink& link, const std::string& who) {
  const auto incident = incidents_.store().find(link.scope, link.incident_arn);
  if (!incident || link.expires <= state_.now()) return fail(ErrorKind::conflict, "This link has expired.");
  if (link.used && link.act == LinkAct::run) return fail(ErrorKind::conflict, "This link was used: a runbook runs once.");
  if (incident->status == incidents::IncidentStatus::resolved) return fail(ErrorKind::conflict, "The incident is resolved.");
  const auto channel = store_.find(link.scope.account, link.channel_arn);
  const std::string place = channel ? text_or(channel->definition, "ConfigurationName", channel->channel) : "chat";
  store_.use_link(token, state_.now());
  if (link.act == LinkAct::acknowledge) {
    const std::size_t pages =
        settings_.acknowledge ? settings_.acknowledge(link.scope, link.incident_arn, fmt::format("in chat ({}, by {})", place, who)) : 0;
    if (pages == 0) return fail(ErrorKind::conflict, "Nobody is being paged for this any more.");
    return fmt::format("Acknowledged by {}: nobody else is paged for this now.", who);
  }
  if (link.act == LinkAct::join) {
    incidents::TimelineEvent note{.event_time = state_.now(), .type = "Custom Event", .data = fmt::format("{} joined from {}", who, place)};
    if (auto added = incidents_.add_note(link.scope, link.incident_arn, std::move(note)); !added) return std::unexpected(added.error());
    return fmt::format("{} has joined: it stands on the incident's timeline.", who);
  }
  if (!settings_.run) return fail(ErrorKind::unsupported, "This server runs no runbooks.");
  const auto started = settings_.run(link.scope, link.incident_arn, link.argument, who);
  if (!started) return fail(ErrorKind::conflict, "The runbook could not be started: " + started.error().message);
  incidents::TimelineEvent note{.event_time = state_.now(),
                                .type = "Custom Event",
                                .data = fmt::format("{} started {} from {}: {}", who, text_or(link.argument, "document"), place, *started)};
  (void)incidents_.add_note(link.scope, link.incident_arn, std::move(note));
  return fmt::format("{} is running: {}", text_or(link.argument, "document"), *started);
}

}  // namespace tocsin::chat
