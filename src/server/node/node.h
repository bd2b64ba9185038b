// One Tocsin server, whole: built from its settings and the outside world, so that the same server runs on sockets and in virtual time.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/executor.h"
#include "base/random.h"
#include "base/result.h"

namespace tocsin::server {

struct ServerConfig;

/// What a node is given of the outside world. All must outlive it.
struct Outside {
  const Clock& clock;
  Random& random;
};

class Node {
 public:
  /// Opens the data directory (creating it), migrates, and builds every part; nothing runs yet. Errors say what to do.
  static Result<std::unique_ptr<Node>> open(const ServerConfig& config, Outside outside);
  virtual ~Node() = default;

  /// Starts the parts and then the listeners; writes DIR/endpoints.json.
  virtual Result<void> start() = 0;
  /// Stops accepting, finishes what is in flight, stops the parts in reverse order. Idempotent.
  virtual void stop() = 0;
  /// "http://127.0.0.1:4566" …: what was bound.
  virtual std::vector<std::string> endpoints() const = 0;
};

}  // namespace tocsin::server
