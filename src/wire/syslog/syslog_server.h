// Listeners for syslog over UDP, TCP and TLS, on a thread of their own.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/executor.h"
#include "base/result.h"
#include "wire/http/listen_address.h"
#include "wire/tls/tls_context.h"

namespace tocsin::wire {

enum class SyslogTransport { udp, tcp, tls };

struct SyslogListen {
  SyslogTransport transport = SyslogTransport::udp;
  ListenAddress address;
};

/// udp://HOST:PORT, tcp://…, tls://…
Result<SyslogListen> parse_syslog_listen(std::string_view text);
std::string to_text(const SyslogListen& listen);

class SyslogServer {
 public:
  /// Messages as they came, and from where. `kept` is to be called, from any thread, when they are: until then no more is read there.
  using Take = std::function<void(std::vector<std::string> messages, std::string peer_address, Task kept)>;
  /// `tls` may be null when nothing listens for it.
  SyslogServer(std::vector<SyslogListen> listen, std::shared_ptr<const TlsContext> tls, Take take);
  ~SyslogServer();

  /// Binds all, or none. `unavailable`: which, and why.
  Result<void> start();
  void stop();
  /// With the ports that were given for 0.
  std::vector<SyslogListen> bound() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::wire
