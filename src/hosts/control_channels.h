// The WebSocket to each connected agent. A channel opens with a text frame that carries its token; then jobs go out and replies come in as binary frames.
// Threads: everything on the StateExecutor outside a unit, but `upgrade`, which the HTTP server calls.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/random.h"
#include "storage/state_executor.h"
#include "wire/agent_channel/frame.h"
#include "wire/http/web_socket.h"

namespace tocsin::hosts {

class ControlChannels final : public wire::WebSocketHandler {
 public:
  struct Told {
    std::function<void(const std::string& instance_id)> connected;
    std::function<void(const std::string& instance_id, const wire::AgentFrame& frame)> received;
  };

  ControlChannels(storage::StateExecutor& state, Random& random);
  void tell(Told told) { told_ = std::move(told); }

  /// A token that opens the channel of this host once, within a minute.
  std::string create_token(const std::string& instance_id);
  /// Serves /v1/control-channel/INSTANCE.
  void upgrade(wire::HttpRequest request, Accept accept, wire::Respond refuse) override;

  bool connected(const std::string& instance_id) const { return channels_.contains(instance_id); }
  /// False when the host is not connected. True says only that the bytes were handed to the connection.
  bool send(const std::string& instance_id, std::string message_type, std::string payload);
  /// Closes the host's channel, if any (it was deregistered).
  void drop(const std::string& instance_id);

 private:
  struct Channel;
  struct Token {
    std::string instance_id;
    Instant expires_at;
  };

  wire::WebSocketListener listen(const std::string& instance_id, std::shared_ptr<wire::WebSocket> socket);
  void open(const std::shared_ptr<Channel>& channel, const std::string& text);
  void receive(const std::shared_ptr<Channel>& channel, const std::string& bytes);
  void close(const std::shared_ptr<Channel>& channel);
  bool redeem(const std::string& token, const std::string& instance_id);

  storage::StateExecutor& state_;
  Random& random_;
  Told told_;
  std::map<std::string, Token> tokens_;
  std::map<std::string, std::shared_ptr<Channel>> channels_;
};

}  // namespace tocsin::hosts
