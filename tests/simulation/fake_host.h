// A machine with an agent: registers, pings, opens its control channel again whenever it is lost, runs what it is told once, and keeps each
// reply until the server has it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/executor.h"
#include "base/random.h"
#include "wire/agent_channel/frame.h"
#include "wire/host_key/host_key.h"
#include "wire/http/web_socket.h"
#include "wire/sigv4/signer.h"

namespace tocsin::simulation {

/// How requests reach the server; an answer that does not come is not told of.
struct ServerConnection {
  std::function<void(wire::HttpRequest, std::function<void(wire::HttpResponse)>)> send;
  std::function<void(wire::HttpRequest, wire::WebSocketHandler::Accept, wire::Respond)> upgrade;
  std::string host;  ///< for the Host header
};

struct HostRun {
  std::string job_id, document_name, script;
  Instant started_at, ended_at;
};

class FakeHost {
 public:
  /// What a script prints, and how long it takes.
  using Shell = std::function<std::string(const std::string& script)>;
  using Takes = std::function<Duration(const std::string& document_name)>;

  FakeHost(Executor& world, Random& random, ServerConnection server, std::string region, std::string computer_name);
  /// With an activation's id and code; then connects by itself.
  void enroll(const std::string& activation_id, const std::string& code);
  /// The server went away.
  void lost_connection();
  /// The network cable is out for that long.
  void unplug(Duration span);

  const std::string& instance_id() const { return instance_id_; }
  const std::string& computer_name() const { return computer_name_; }
  bool connected() const { return socket_ != nullptr && opened_; }
  /// Every job that was run, oldest first.
  const std::vector<HostRun>& runs() const { return runs_; }

  Shell shell = [](const std::string&) { return std::string("done\n"); };
  Takes takes = [](const std::string&) { return Duration(std::chrono::seconds(1)); };

 private:
  class Socket;
  void post(const std::string& path, const std::string& target, const Object& body, int signature, std::function<void(Document)> then);
  void sign_with_key(wire::HttpRequest& request);
  void connect();
  void keep_trying();
  void open_channel(const std::string& token);
  void receive(const std::string& bytes);
  void run(const std::string& job, const std::string& message_id, const Document& content);
  void finish(const std::string& job, std::size_t run);
  void send(std::string type, std::string payload);
  void send_replies();

  Executor& world_;
  Random& random_;
  ServerConnection server_;
  std::string region_, computer_name_, instance_id_, fingerprint_;
  std::string activation_id_, activation_code_;
  wire::HostKey key_;
  std::optional<wire::sigv4::Credentials> credentials_;
  Instant credentials_from_{};
  Instant unplugged_until_{};
  std::shared_ptr<wire::WebSocket> socket_;
  bool opened_ = false;
  wire::WebSocketListener listener_;
  std::set<std::string> jobs_;
  std::map<std::string, std::string> replies_;
  std::vector<HostRun> runs_;
};

}  // namespace tocsin::simulation
