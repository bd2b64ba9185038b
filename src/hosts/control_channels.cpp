#include "hosts/control_channels.h"

#include "base/ids.h"
#include "base/log.h"

namespace tocsin::hosts {
namespace {
using namespace std::chrono_literals;
constexpr std::string_view path_prefix = "/v1/control-channel/";
constexpr Duration token_life = 1min;
constexpr int close_policy = 1008;  // RFC 6455 §7.4.1: policy violation
}  // namespace

struct ControlChannels::Channel {
  std::string instance_id;
  std::shared_ptr<wire::WebSocket> socket;
  bool opened = false;
};

ControlChannels::ControlChannels(storage::StateExecutor& state, Random& random) : state_(state), random_(random) {}

std::string ControlChannels::create_token(const std::string& instance_id) {
  std::erase_if(tokens_, [&](const auto& entry) { return entry.second.expires_at <= state_.now(); });
  const std::string token = make_secret(random_);
  tokens_[token] = {instance_id, state_.now() + token_life};
  return token;
}

bool ControlChannels::redeem(const std::string& token, const std::string& instance_id) {
  const auto found = tokens_.find(token);
  if (found == tokens_.end()) return false;
  const Token held = found->second;
  tokens_.erase(found);
  return held.instance_id == instance_id && held.expires_at > state_.now();
}

void ControlChannels::upgrade(wire::HttpRequest request, Accept accept, wire::Respond refuse) {
  const std::string instance_id = request.path.starts_with(path_prefix) ? request.path.substr(path_prefix.size()) : "";
  if (!instance_id.starts_with("mi-")) return refuse({.status = 404});
  accept([this, instance_id](std::shared_ptr<wire::WebSocket> socket) { return listen(instance_id, std::move(socket)); });
}

wire::WebSocketListener ControlChannels::listen(const std::string& instance_id, std::shared_ptr<wire::WebSocket> socket) {
  auto channel = std::make_shared<Channel>(Channel{instance_id, std::move(socket)});
  Executor& executor = state_.executor();
  return {.on_text = [this, channel, &executor](std::string text) { executor.post([this, channel, text = std::move(text)] { open(channel, text); }); },
          .on_binary = [this, channel, &executor](std::string bytes) { executor.post([this, channel, bytes = std::move(bytes)] { receive(channel, bytes); }); },
          .on_close = [this, channel, &executor] { executor.post([this, channel] { close(channel); }); }};
}

void ControlChannels::open(const std::shared_ptr<Channel>& channel, const std::string& text) {
  if (channel->opened || !channel->socket) return;
  const Result<Document> hello = parse_json(text);
  if (!hello || !redeem(text_or(*hello, "TokenValue"), channel->instance_id)) {
    channel->socket->close(close_policy, "the token does not open this channel");
    return;
  }
  channel->opened = true;
  // a host has one channel: a newer one replaces the one whose end we have not noticed yet
  if (const auto old = channels_.find(channel->instance_id); old != channels_.end() && old->second->socket)
    old->second->socket->close(1000, "replaced");
  channels_[channel->instance_id] = channel;
  log::info("hosts", "agent connected", {{"host", channel->instance_id}});
  if (told_.connected) told_.connected(channel->instance_id);
}

void ControlChannels::receive(const std::shared_ptr<Channel>& channel, const std::string& bytes) {
  if (!channel->opened) return;  // frames before the token count for nothing
  const Result<wire::AgentFrame> frame = wire::decode_frame(bytes);
  if (!frame) return log::warning("hosts", "unreadable frame dropped", {{"host", channel->instance_id}, {"error", frame.error().message}});
  if (told_.received) told_.received(channel->instance_id, *frame);
}

void ControlChannels::close(const std::shared_ptr<Channel>& channel) {
  // the connection holds its listener and that the channel: here the circle ends
  const auto ended = std::move(channel->socket);
  const auto current = channels_.find(channel->instance_id);
  if (current == channels_.end() || current->second != channel) return;
  channels_.erase(current);
  log::info("hosts", "agent disconnected", {{"host", channel->instance_id}});
}

bool ControlChannels::send(const std::string& instance_id, std::string message_type, std::string payload) {
  const auto found = channels_.find(instance_id);
  if (found == channels_.end()) return false;
  found->second->socket->send_binary(wire::encode_frame(
      {.message_type = std::move(message_type), .created_ms = to_ms(state_.now()), .message_id = make_uuid_v4(random_), .payload = std::move(payload)}));
  return true;
}

void ControlChannels::drop(const std::string& instance_id) {
  const auto found = channels_.find(instance_id);
  if (found == channels_.end()) return;
  found->second->socket->close(1000, "deregistered");
  channels_.erase(found);
}

}  // namespace tocsin::hosts
