// Chat channels: what is configured, and what is posted to them. Threads: only on the StateExecutor, inside a unit of work.
// Errors: `reason` is the service's error shape.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/random.h"
#include "communicate/chat_channels/chat_store.h"
#include "communicate/chat_channels/notices.h"
#include "communicate/storm/storm_planner.h"
#include "delivery/outbox.h"
#include "delivery/timers.h"
#include "incidents/incidents.h"

namespace tocsin::chat {

inline constexpr std::string_view chat_link_prefix = "/c/";
inline constexpr Duration link_lifetime = std::chrono::hours(24);

struct ChatSettings {
  std::function<std::string()> public_url;
  std::function<const delivery::ChatEndpoints&()> endpoints;
  templates::MessageTemplates templates;
  /// Acknowledges what is open of an incident; how many pages that were. Bound by server/.
  std::function<std::size_t(const Scope&, const std::string& incident_arn, const std::string& how)> acknowledge;
  /// Starts a runbook; the execution's id.
  std::function<Result<std::string>(const Scope&, const std::string& incident_arn, const Object& argument, const std::string& by)> run;
};

class ChatChannels {
 public:
  ChatChannels(storage::StateExecutor& state, Random& random, delivery::Outbox& outbox, delivery::Timers& timers,
               incidents::Incidents& incidents, ChatSettings settings);
  Result<void> migrate() { return store_.migrate(); }
  ChatStore& store() { return store_; }
  const ChatSettings& settings() const { return settings_; }

  /// ConflictException when the name or the channel is taken.
  Result<ChatChannel> create(ChatChannel channel, const Tags& tags);
  /// As the API shows it: with State, and the workspace's name.
  Object shown(const ChatChannel& channel);

  // --- posting.cpp
  /// What was published to a topic.
  void on_published(const std::string& topic_arn, const std::string& message_id, const std::string& subject, const std::string& message);
  /// The journal's consumer "chat".
  Result<void> on_event(const EventEnvelope& event);

  // --- chat_links.cpp
  /// Does what a link says, by whom; what to tell. Error conflict: it was used, is too old, or nothing is there to do.
  Result<std::string> act(const std::string& token, const ChatLink& link, const std::string& who);

 private:
  void post(const ChatChannel& channel, const std::string& id, Notice notice, const Scope& scope, const std::string& incident_arn);
  void enqueue(const ChatChannel& channel, const std::string& id, const Notice& notice);
  Result<void> on_digest_due(const Document& payload);
  void add_links(const ChatChannel& channel, Notice& notice, const incidents::Incident& incident);
  std::string link(const ChatChannel& channel, const Scope& scope, const std::string& incident_arn, LinkAct act, Object argument);

  storage::StateExecutor& state_;
  Random& random_;
  delivery::Outbox& outbox_;
  delivery::Timers& timers_;
  incidents::Incidents& incidents_;
  ChatSettings settings_;
  ChatStore store_;
  storm::Policy policy_;
};

}  // namespace tocsin::chat
