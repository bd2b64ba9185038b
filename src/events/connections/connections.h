// Connections and API destinations. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html
// Threads: only on the StateExecutor; all but invoke inside a unit of work. Errors: `reason` is the service's error shape.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "delivery/carrier.h"
#include "events/rules/target_dispatch.h"
#include "model/scope.h"
#include "storage/state_executor.h"

namespace tocsin::events {

/// Seals secrets at rest; `context` names what they belong to.
struct SecretSealer {
  std::function<std::string(std::string_view secret, std::string_view context)> seal;
  std::function<Result<std::string>(std::string_view sealed, std::string_view context)> open;
};

struct Connection {
  Scope scope;
  std::string name;
  std::string uuid;
  std::string description;
  std::string key_identifier;
  std::string authorization_type;  ///< BASIC, OAUTH_CLIENT_CREDENTIALS, API_KEY
  std::string state;               ///< AUTHORIZED, AUTHORIZING (no token yet), DEAUTHORIZED
  std::string reason;
  Document shown;  ///< AuthParameters without what is secret
  Instant created_at, modified_at;
  std::optional<Instant> authorized_at;

  std::string arn() const;
  std::string secret_arn() const;
};

struct ApiDestination {
  Scope scope;
  std::string name;
  std::string uuid;
  std::string description;
  std::string connection_arn;
  std::string endpoint;
  std::string method;
  std::int64_t rate_per_second = 300;
  Instant created_at, modified_at;

  std::string arn() const;
};

class Connections {
 public:
  /// `http` carries requests (delivery/http); null: nothing leaves.
  Connections(storage::StateExecutor& state, Random& random, SecretSealer secrets, delivery::Carrier* http);
  ~Connections();
  Result<void> migrate();

  /// `auth` is AuthParameters as it was given, with its secrets.
  Result<Connection> create(Connection connection, const Document& auth);
  Result<Connection> find(const Scope& scope, const std::string& name);
  /// What is empty stays; of `auth`, what is not given stays.
  Result<Connection> update(const Connection& changes, const Document& auth);
  /// Forgets the secrets.
  Result<Connection> deauthorize(const Scope& scope, const std::string& name);
  Result<Connection> remove(const Scope& scope, const std::string& name);
  std::vector<Connection> list(const Scope& scope, const std::string& prefix, const std::string& state, const std::string& after,
                               int count_max);

  Result<ApiDestination> create_destination(ApiDestination destination);
  Result<ApiDestination> find_destination(const Scope& scope, const std::string& name);
  Result<ApiDestination> update_destination(const ApiDestination& changes);
  Result<void> remove_destination(const Scope& scope, const std::string& name);
  std::vector<ApiDestination> list_destinations(const Scope& scope, const std::string& prefix, const std::string& connection_arn,
                                                const std::string& after, int count_max);

  /// A target's delivery to an API destination (DispatchLater). Outside a unit.
  void invoke(TargetDelivery delivery, std::move_only_function<void(Result<void>)> done);

 private:
  struct Invocation;
  using Shared = std::shared_ptr<Invocation>;
  Result<void> prepare(Invocation& invocation);
  void ask_token(Shared invocation);
  void token_answered(Shared invocation, const delivery::CarryOutcome& outcome);
  void send_in_turn(Shared invocation);
  void send(Shared invocation);
  void answered(Shared invocation, const delivery::CarryOutcome& outcome);
  void note_state(const std::string& connection_arn, std::string state, std::string reason);
  Result<Connection> find_by_arn(const std::string& arn);
  void store(const Connection& connection, const Document& auth);
  Result<Document> secrets_of(const Connection& connection);

  storage::StateExecutor& state_;
  Random& random_;
  SecretSealer secrets_;
  delivery::Carrier* http_;
  struct Token {
    std::string value;
    Instant until;
  };
  std::map<std::string, Token> tokens_;       ///< by connection
  std::map<std::string, Instant> next_turn_;  ///< by destination
};

}  // namespace tocsin::events
