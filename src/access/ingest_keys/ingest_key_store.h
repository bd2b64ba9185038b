// Keys for telemetry and webhooks.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "model/principal.h"
#include "storage/state_executor.h"

namespace tocsin::access {

/// What a key may bring in.
enum class Signal { metrics, logs, traces, webhooks };

std::string_view to_text(Signal signal);
std::optional<Signal> signal_from_text(std::string_view text);

struct IngestKey {
  std::string id;    ///< "ik-" and 17 hex digits; no secret
  std::string name;  ///< for people
  Scope scope;
  std::set<Signal> signals;
  Instant created{};
  std::optional<Instant> last_used;  ///< to the quarter of an hour

  Principal principal() const;
};

struct NewIngestKey {
  IngestKey key;
  std::string secret;  ///< "tik_…", what the sender sends; never to be had again
};

/// Threads: only on the StateExecutor, inside a unit of work.
class IngestKeyStore {
 public:
  IngestKeyStore(storage::StateExecutor& state, Random& random) : state_(state), random_(random) {}
  Result<void> migrate();

  NewIngestKey create(const Scope& scope, const std::string& name, const std::set<Signal>& signals);
  /// Takes a secret that is given (a configuration file, a test); `already_exists`.
  Result<IngestKey> import(const Scope& scope, const std::string& name, const std::set<Signal>& signals, const std::string& secret);
  /// Oldest first.
  std::vector<IngestKey> list(const Scope& scope);
  /// Whether there was such a key; it is refused from the next request on.
  /// Of a server that is emptied: every key goes but those of this name and scope.
  void forget_all_but(const Scope& scope, const std::string& name);
  bool revoke(const Scope& scope, const std::string& id);

  /// The key of an Authorization header. `denied`: reason MissingKey, UnknownKey, or SignalNotAllowed.
  Result<IngestKey> verify(std::string_view authorization_header, Signal signal);

 private:
  storage::StateExecutor& state_;
  Random& random_;
};

/// The secret in "Bearer SECRET", or the password in "Basic base64(user:SECRET)"; a Basic without password gives its user. nullopt for
/// anything else.
std::optional<std::string> secret_of_header(std::string_view authorization_header);

}  // namespace tocsin::access
