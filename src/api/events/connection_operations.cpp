#include <boost/json.hpp>

#include "api/events/operations.h"
#include "api/events/reply.h"

namespace tocsin::api::eventbridge {
namespace {

using events::ApiDestination;
using events::Connection;

Connection connection_of(const Call& call) {
  return {.scope = call.scope,
          .name = text_or(call.input, "Name"),
          .uuid = {},
          .description = text_or(call.input, "Description"),
          .key_identifier = text_or(call.input, "KmsKeyIdentifier"),
          .authorization_type = text_or(call.input, "AuthorizationType"),
          .state = {},
          .reason = {},
          .shown = {},
          .created_at = {},
          .modified_at = {},
          .authorized_at = {}};
}

Object made(const Connection& connection) {
  Object out{{"ConnectionArn", connection.arn()},
             {"ConnectionState", connection.state},
             {"CreationTime", to_ns(connection.created_at)},
             {"LastModifiedTime", to_ns(connection.modified_at)}};
  return out;
}

Reply made_or(const Result<Connection>& connection, bool with_authorized) {
  if (!connection) return refuse(connection.error());
  Object out = made(*connection);
  if (with_authorized && connection->authorized_at) out["LastAuthorizedTime"] = to_ns(*connection->authorized_at);
  return out;
}

Object shown(const Connection& connection) {
  Object out = made(connection);
  out["Name"] = connection.name;
  out["AuthorizationType"] = connection.authorization_type;
  if (!connection.reason.empty()) out["StateReason"] = connection.reason;
  if (connection.authorized_at) out["LastAuthorizedTime"] = to_ns(*connection.authorized_at);
  return out;
}

/// Through a private network of the provider's: there is none here.
bool asks_private_network(const Call& call) {
  return find(call.input, "InvocationConnectivityParameters") || find(find(call.input, "AuthParameters"), "ConnectivityParameters");
}

std::unexpected<ServiceError> no_private_network() {
  return api::refuse("ValidationException", "InvocationConnectivityParameters: private connectivity is not offered by this server.");
}

ApiDestination destination_of(const Call& call) {
  return {.scope = call.scope,
          .name = text_or(call.input, "Name"),
          .uuid = {},
          .description = text_or(call.input, "Description"),
          .connection_arn = text_or(call.input, "ConnectionArn"),
          .endpoint = text_or(call.input, "InvocationEndpoint"),
          .method = text_or(call.input, "HttpMethod"),
          .rate_per_second = integer_or(call.input, "InvocationRateLimitPerSecond", 0),
          .created_at = {},
          .modified_at = {}};
}

Object made(const ApiDestination& destination) {
  return {{"ApiDestinationArn", destination.arn()},
          {"ApiDestinationState", "ACTIVE"},
          {"CreationTime", to_ns(destination.created_at)},
          {"LastModifiedTime", to_ns(destination.modified_at)}};
}

Object shown(const ApiDestination& destination) {
  Object out = made(destination);
  out["Name"] = destination.name;
  out["ConnectionArn"] = destination.connection_arn;
  out["InvocationEndpoint"] = destination.endpoint;
  out["HttpMethod"] = destination.method;
  out["InvocationRateLimitPerSecond"] = destination.rate_per_second;
  return out;
}

template <typename Found>
Reply page(const char* member, const Found& found, const ListTokens& tokens, const Call& call) {
  Array listed;
  for (const auto& one : found) listed.emplace_back(shown(one));
  Object out{{member, std::move(listed)}};
  if (static_cast<int>(found.size()) == page_size(call)) out["NextToken"] = tokens.seal(call, found.back().name);
  return out;
}

}  // namespace

Reply create_connection(Connections& connections, const Call& call) {
  if (asks_private_network(call)) return no_private_network();
  return made_or(connections.create(connection_of(call), *find(call.input, "AuthParameters")), false);
}

Reply describe_connection(Connections& connections, const Call& call) {
  const auto connection = connections.find(call.scope, text_or(call.input, "Name"));
  if (!connection) return refuse(connection.error());
  Object out = shown(*connection);
  if (!connection->description.empty()) out["Description"] = connection->description;
  if (!connection->key_identifier.empty()) out["KmsKeyIdentifier"] = connection->key_identifier;
  out["SecretArn"] = connection->secret_arn();
  out["AuthParameters"] = connection->shown;
  return out;
}

Reply list_connections(Connections& connections, const ListTokens& tokens, const Call& call) {
  const auto after = opened_token(call, tokens);
  if (!after) return std::unexpected(after.error());
  return page(
      "Connections",
      connections.list(call.scope, text_or(call.input, "NamePrefix"), text_or(call.input, "ConnectionState"), *after, page_size(call)),
      tokens, call);
}

Reply update_connection(Connections& connections, const Call& call) {
  if (asks_private_network(call)) return no_private_network();
  const Document* auth = find(call.input, "AuthParameters");
  return made_or(connections.update(connection_of(call), auth ? *auth : Document()), true);
}

Reply deauthorize_connection(Connections& connections, const Call& call) {
  return made_or(connections.deauthorize(call.scope, text_or(call.input, "Name")), true);
}

Reply delete_connection(Connections& connections, const Call& call) {
  return made_or(connections.remove(call.scope, text_or(call.input, "Name")), true);
}

Reply create_api_destination(Connections& connections, const Call& call) {
  ApiDestination wanted = destination_of(call);
  if (wanted.rate_per_second == 0) wanted.rate_per_second = 300;
  const auto destination = connections.create_destination(std::move(wanted));
  if (!destination) return refuse(destination.error());
  return made(*destination);
}

Reply describe_api_destination(Connections& connections, const Call& call) {
  const auto destination = connections.find_destination(call.scope, text_or(call.input, "Name"));
  if (!destination) return refuse(destination.error());
  Object out = shown(*destination);
  if (!destination->description.empty()) out["Description"] = destination->description;
  return out;
}

Reply list_api_destinations(Connections& connections, const ListTokens& tokens, const Call& call) {
  const auto after = opened_token(call, tokens);
  if (!after) return std::unexpected(after.error());
  return page("ApiDestinations",
              connections.list_destinations(call.scope, text_or(call.input, "NamePrefix"), text_or(call.input, "ConnectionArn"), *after,
                                            page_size(call)),
              tokens, call);
}

Reply update_api_destination(Connections& connections, const Call& call) {
  const auto destination = connections.update_destination(destination_of(call));
  if (!destination) return refuse(destination.error());
  return made(*destination);
}

Reply delete_api_destination(Connections& connections, const Call& call) {
  return empty_or(connections.remove_destination(call.scope, text_or(call.input, "Name")));
}

}  // namespace tocsin::api::eventbridge
