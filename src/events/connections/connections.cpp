#include "events/connections/connections.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/ids.h"
#include "events/connections/connection_rows.h"
#include "events/connections/destination_request.h"
#include "model/arn.h"

namespace tocsin::events {
namespace {

const std::vector<storage::Migration> migrations = {
    {1, R"(
CREATE TABLE events_connections_defined (
  account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, arn TEXT NOT NULL UNIQUE, uuid TEXT NOT NULL, description TEXT NOT NULL, key_identifier TEXT NOT NULL,
  authorization_type TEXT NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, shown TEXT NOT NULL, sealed TEXT NOT NULL, created_at INTEGER NOT NULL,
  modified_at INTEGER NOT NULL, authorized_at INTEGER,
  PRIMARY KEY (account, region, name));
CREATE TABLE events_connections_destinations (
  account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, arn TEXT NOT NULL UNIQUE, uuid TEXT NOT NULL, description TEXT NOT NULL, connection_arn TEXT NOT NULL,
  endpoint TEXT NOT NULL, method TEXT NOT NULL, rate_per_second INTEGER NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL,
  PRIMARY KEY (account, region, name));
)"},
};

std::unexpected<Error> no_connection(const std::string& name) {
  return fail(ErrorKind::not_found, fmt::format("Failed to describe the connection(s). Connection '{}' does not exist.", name),
              "ResourceNotFoundException");
}

/// What is needed for the type of authorization.
Result<void> check_auth(const std::string& type, const Document& auth) {
  const char* wanted = type == "BASIC" ? "BasicAuthParameters" : type == "API_KEY" ? "ApiKeyAuthParameters" : "OAuthParameters";
  if (!find(auth, wanted))
    return fail(ErrorKind::invalid, fmt::format("Parameter {} is not valid. Reason: Missing required field(s).", wanted), "ValidationException");
  return {};
}

}  // namespace

std::string Connection::arn() const { return make_arn("events", scope, "connection/" + name + "/" + uuid); }
std::string Connection::secret_arn() const { return make_arn("secretsmanager", scope, "secret:events!connection/" + name + "/" + uuid); }

Connection read_connection(const storage::Row& row) {
  Connection out{{row.text(0), row.text(1)},
                 row.text(2),
                 row.text(3),
                 row.text(4),
                 row.text(5),
                 row.text(6),
                 row.text(7),
                 row.text(8),
                 row.document(9),
                 row.instant(10),
                 row.instant(11),
                 {}};
  if (!row.is_null(12)) out.authorized_at = row.instant(12);
  return out;
}

Connections::Connections(storage::StateExecutor& state, Random& random, SecretSealer secrets, delivery::Carrier* http)
    : state_(state), random_(random), secrets_(std::move(secrets)), http_(http) {}
Connections::~Connections() = default;

Result<void> Connections::migrate() { return state_.database().migrate("events_connections", migrations); }

void Connections::store(const Connection& connection, const Document& auth) {
  const std::string sealed = auth.is_null() ? std::string() : secrets_.seal(to_json(auth), connection.arn());
  state_.database().execute(
      "INSERT INTO events_connections_defined (account, region, name, arn, uuid, description, key_identifier, authorization_type, state, "
      "reason, shown, sealed, created_at, "
      "modified_at, authorized_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (account, region, name) DO UPDATE SET description = "
      "excluded.description, "
      "key_identifier = excluded.key_identifier, authorization_type = excluded.authorization_type, state = excluded.state, reason = "
      "excluded.reason, shown = excluded.shown, "
      "sealed = excluded.sealed, modified_at = excluded.modified_at, authorized_at = excluded.authorized_at",
      {connection.scope.account, connection.scope.region, connection.name, connection.arn(), connection.uuid, connection.description,
       connection.key_identifier, connection.authorization_type, connection.state, connection.reason, connection.shown, sealed,
       connection.created_at, connection.modified_at, connection.authorized_at});
  tokens_.erase(connection.arn());
}

Result<Connection> Connections::create(Connection connection, const Document& auth) {
  if (find(connection.scope, connection.name))
    return fail(ErrorKind::already_exists, fmt::format("Connection {} already exists.", connection.name), "ResourceAlreadyExistsException");
  if (const auto checked = check_auth(connection.authorization_type, auth); !checked) return std::unexpected(checked.error());
  connection.uuid = make_uuid_v4(random_);
  connection.created_at = connection.modified_at = state_.now();
  const bool oauth = connection.authorization_type == "OAUTH_CLIENT_CREDENTIALS";
  connection.state = oauth ? "AUTHORIZING" : "AUTHORIZED";
  if (!oauth) connection.authorized_at = state_.now();
  connection.shown = without_secrets(auth);
  store(connection, auth);
  return connection;
}

Result<Connection> Connections::find(const Scope& scope, const std::string& name) {
  const auto row = state_.database().query_one(std::string(connection_columns) + "WHERE account = ? AND region = ? AND name = ?",
                                               {scope.account, scope.region, name});
  if (!row) return no_connection(name);
  return read_connection(*row);
}

Result<Connection> Connections::find_by_arn(const std::string& arn) {
  const auto row = state_.database().query_one(std::string(connection_columns) + "WHERE arn = ?", {arn});
  if (!row) return no_connection(arn);
  return read_connection(*row);
}

Result<Document> Connections::secrets_of(const Connection& connection) {
  const auto row = state_.database().query_one("SELECT sealed FROM events_connections_defined WHERE arn = ?", {connection.arn()});
  if (!row || row->text(0).empty()) return Document(Object{});
  const auto opened = secrets_.open(row->text(0), connection.arn());
  if (!opened) return std::unexpected(opened.error());
  return parse_json(*opened);
}

Result<Connection> Connections::update(const Connection& changes, const Document& auth) {
  auto connection = find(changes.scope, changes.name);
  if (!connection) return connection;
  auto secrets = secrets_of(*connection);
  if (!secrets) return std::unexpected(secrets.error());
  const bool new_type = !changes.authorization_type.empty() && changes.authorization_type != connection->authorization_type;
  if (new_type) connection->authorization_type = changes.authorization_type;
  if (!changes.description.empty()) connection->description = changes.description;
  if (!changes.key_identifier.empty()) connection->key_identifier = changes.key_identifier;
  const Document all = auth.is_null() ? *secrets : new_type ? auth : merged(*secrets, auth);
  if (const auto checked = check_auth(connection->authorization_type, all); !checked) return std::unexpected(checked.error());
  const bool oauth = connection->authorization_type == "OAUTH_CLIENT_CREDENTIALS";
  connection->state = oauth ? "AUTHORIZING" : "AUTHORIZED";
  connection->reason.clear();
  connection->modified_at = state_.now();
  if (!oauth) connection->authorized_at = state_.now();
  connection->shown = without_secrets(all);
  store(*connection, all);
  return connection;
}

Result<Connection> Connections::deauthorize(const Scope& scope, const std::string& name) {
  auto connection = find(scope, name);
  if (!connection) return connection;
  connection->state = "DEAUTHORIZED";
  connection->modified_at = state_.now();
  store(*connection, Document());
  return connection;
}

Result<Connection> Connections::remove(const Scope& scope, const std::string& name) {
  auto connection = find(scope, name);
  if (!connection) return connection;
  state_.database().execute("DELETE FROM events_connections_defined WHERE arn = ?", {connection->arn()});
  tokens_.erase(connection->arn());
  connection->state = "DELETING";
  return connection;
}

std::vector<Connection> Connections::list(const Scope& scope, const std::string& prefix, const std::string& state, const std::string& after,
                                          int count_max) {
  std::vector<Connection> out;
  for (const auto& row : state_.database().query(
           std::string(connection_columns) +
               "WHERE account = ? AND region = ? AND name > ? AND substr(name, 1, ?) = ? AND (? = '' OR state = ?) ORDER BY name LIMIT ?",
           {scope.account, scope.region, after, prefix.size(), prefix, state, state, count_max}))
    out.push_back(read_connection(row));
  return out;
}

void Connections::note_state(const std::string& connection_arn, std::string state, std::string reason) {
  state_.submit([this, connection_arn, state = std::move(state), reason = std::move(reason)]() -> Result<void> {
    state_.database().execute(
        "UPDATE events_connections_defined SET state = ?, reason = ?, authorized_at = CASE WHEN ? = 'AUTHORIZED' THEN ? ELSE authorized_at "
        "END WHERE arn = ?",
        {state, reason, state, state_.now(), connection_arn});
    return {};
  });
}

}  // namespace tocsin::events
