// All of a server that stands behind its listeners: the foundation, the rooms and the ways in. A reset ends one interior and opens another
// in its place, so that no part has to know how to forget.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/executor.h"
#include "server/node/outside.h"
#include "wire/http/body_stream.h"
#include "wire/http/http_message.h"
#include "wire/http/web_socket.h"
#include "wire/mail_in/smtp_server.h"

namespace tocsin::server {

enum class StoredData {
  kept,
  emptied,  ///< all but the certificate of notifications and what `tocsin init` made
};

/// What an interior asks of what stands around it.
struct Around {
  std::function<std::size_t()> connection_count;
  wire::BodyStreams& body_streams;  ///< where listeners find bodies that are streams; outlives the interior
  /// Answers when the server is empty; from any thread.
  std::function<void(wire::Respond)> reset;
};

class Interior {
 public:
  /// Opens the data directory (creating it), migrates, and builds every part; nothing runs yet.
  static Result<std::unique_ptr<Interior>> open(const ServerConfig& config, const Outside& outside, StoredData data, Around around);
  virtual ~Interior() = default;

  virtual void start() = 0;
  /// Where this server listens, for links; before the first request.
  virtual void set_own_url(const std::string& url) = 0;
  /// Answers the calls that only wait, so that their connections can end.
  virtual void release_waiting() = 0;
  /// Writes what is in memory, and runs nothing more. Nobody may come in any more. Idempotent.
  virtual void stop() = 0;
  /// What came to a syslog listener, and from where; `kept` is called when it is kept. From any thread.
  virtual void receive_syslog(std::vector<std::string> messages, std::string peer, Task kept) = 0;
  /// What came to a mail listener; `answer` is called once. From any thread.
  virtual void receive_mail(wire::ReceivedMail mail, std::function<void(wire::MailVerdict)> answer) = 0;
  /// What came to a StatsD listener; from any thread.
  virtual void receive_statsd(std::string_view datagram) = 0;
  /// What came to the port of the X-Ray daemon; from any thread.
  virtual void receive_xray(std::string_view datagram) = 0;
  /// What SDKs ask the daemon over HTTP.
  virtual wire::HttpHandler& xray_daemon_entry() = 0;
  virtual wire::HttpHandler& entry() = 0;
  virtual wire::WebSocketHandler& web_socket_entry() = 0;
};

}  // namespace tocsin::server
