// API destinations as they are kept.
#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/ids.h"
#include "events/connections/connection_rows.h"
#include "model/arn.h"

namespace tocsin::events {
namespace {

ApiDestination read_destination(const storage::Row& row) {
  return {{row.text(0), row.text(1)},
          row.text(2),
          row.text(3),
          row.text(4),
          row.text(5),
          row.text(6),
          row.text(7),
          row.integer(8),
          row.instant(9),
          row.instant(10)};
}

std::unexpected<Error> invalid(std::string words) { return fail(ErrorKind::invalid, std::move(words), "ValidationException"); }

}  // namespace

std::string ApiDestination::arn() const { return make_arn("events", scope, "api-destination/" + name + "/" + uuid); }

Result<ApiDestination> Connections::create_destination(ApiDestination destination) {
  if (find_destination(destination.scope, destination.name))
    return fail(ErrorKind::already_exists, fmt::format("An api-destination '{}' already exists.", destination.name),
                "ResourceAlreadyExistsException");
  if (const auto connection = find_by_arn(destination.connection_arn); !connection) {
    const auto arn = parse_arn(destination.connection_arn);
    if (!arn || !arn->resource.starts_with("connection/"))
      return invalid("Parameter ConnectionArn is not valid. Reason: Provided Arn is not in correct format.");
    return fail(ErrorKind::not_found, fmt::format("Connection '{}' does not exist.", destination.connection_arn),
                "ResourceNotFoundException");
  }
  destination.uuid = make_uuid_v4(random_);
  destination.created_at = destination.modified_at = state_.now();
  state_.database().execute(
      "INSERT INTO events_connections_destinations (account, region, name, arn, uuid, description, connection_arn, endpoint, method, "
      "rate_per_second, created_at, modified_at) "
      "VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
      {destination.scope.account, destination.scope.region, destination.name, destination.arn(), destination.uuid, destination.description,
       destination.connection_arn, destination.endpoint, destination.method, destination.rate_per_second, destination.created_at,
       destination.modified_at});
  return destination;
}

Result<ApiDestination> Connections::find_destination(const Scope& scope, const std::string& name) {
  const auto row = state_.database().query_one(std::string(destination_columns) + "WHERE account = ? AND region = ? AND name = ?",
                                               {scope.account, scope.region, name});
  if (!row)
    return fail(ErrorKind::not_found,
                fmt::format("Failed to describe the api-destination(s). An api-destination '{}' does not exist.", name),
                "ResourceNotFoundException");
  return read_destination(*row);
}

Result<ApiDestination> Connections::update_destination(const ApiDestination& changes) {
  auto destination = find_destination(changes.scope, changes.name);
  if (!destination) return destination;
  if (!changes.connection_arn.empty()) {
    if (const auto connection = find_by_arn(changes.connection_arn); !connection) return std::unexpected(connection.error());
    destination->connection_arn = changes.connection_arn;
  }
  if (!changes.description.empty()) destination->description = changes.description;
  if (!changes.endpoint.empty()) destination->endpoint = changes.endpoint;
  if (!changes.method.empty()) destination->method = changes.method;
  if (changes.rate_per_second > 0) destination->rate_per_second = changes.rate_per_second;
  destination->modified_at = state_.now();
  state_.database().execute(
      "UPDATE events_connections_destinations SET description = ?, connection_arn = ?, endpoint = ?, method = ?, rate_per_second = ?, "
      "modified_at = ? WHERE arn = ?",
      {destination->description, destination->connection_arn, destination->endpoint, destination->method, destination->rate_per_second,
       destination->modified_at, destination->arn()});
  return destination;
}

Result<void> Connections::remove_destination(const Scope& scope, const std::string& name) {
  const auto destination = find_destination(scope, name);
  if (!destination) return std::unexpected(destination.error());
  state_.database().execute("DELETE FROM events_connections_destinations WHERE arn = ?", {destination->arn()});
  return {};
}

std::vector<ApiDestination> Connections::list_destinations(const Scope& scope, const std::string& prefix, const std::string& connection_arn,
                                                           const std::string& after, int count_max) {
  std::vector<ApiDestination> out;
  for (const auto& row :
       state_.database().query(std::string(destination_columns) + "WHERE account = ? AND region = ? AND name > ? AND substr(name, 1, ?) = "
                                                                  "? AND (? = '' OR connection_arn = ?) ORDER BY name LIMIT ?",
                               {scope.account, scope.region, after, prefix.size(), prefix, connection_arn, connection_arn, count_max}))
    out.push_back(read_destination(row));
  return out;
}

}  // namespace tocsin::events
