// One Tocsin server, whole: built from its settings and the outside world, so that the same server runs on sockets and in virtual time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "wire/http/http_message.h"
#include "wire/http/web_socket.h"

namespace tocsin::server {

struct ServerConfig;
struct Outside;

class Node {
 public:
  /// Opens the data directory (creating it), migrates, and builds every part; nothing runs yet. Errors say what to do.
  static Result<std::unique_ptr<Node>> open(const ServerConfig& config, const Outside& outside);
  virtual ~Node() = default;

  /// Starts the parts and then the listeners; writes DIR/endpoints.json.
  virtual Result<void> start() = 0;
  /// Stops accepting, finishes what is in flight, stops the parts in reverse order. Idempotent.
  virtual void stop() = 0;
  /// "http://127.0.0.1:4566" …: what was bound.
  virtual std::vector<std::string> endpoints() const = 0;
  /// The way in for requests without a socket (simulation): what the listeners serve.
  virtual wire::HttpHandler& entry() = 0;
  /// The same for web sockets.
  virtual wire::WebSocketHandler& web_socket_entry() = 0;
};

/// The first administrator's key, made once per data directory (`tocsin init`).
struct FirstCredentials {
  std::string account;
  std::string access_key_id;
  std::string secret_access_key;
  std::string ingest_key;        ///< for OTLP and the like: all signals, the account's default region
  std::string console_user;      ///< who signs in to the console …
  std::string console_password;  ///< … with this
};
/// On a stopped server's data directory. `already_exists` when it was made before.
Result<FirstCredentials> make_first_credentials(const ServerConfig& config, const Outside& outside);

}  // namespace tocsin::server
