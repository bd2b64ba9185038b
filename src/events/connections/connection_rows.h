// Connections and API destinations as rows.
#pragma once

#include "events/connections/connections.h"
#include "storage/sql.h"

namespace tocsin::events {

inline constexpr const char* connection_columns =
    "SELECT account, region, name, uuid, description, key_identifier, authorization_type, state, reason, shown, created_at, modified_at, "
    "authorized_at FROM "
    "events_connections_defined ";
inline constexpr const char* destination_columns =
    "SELECT account, region, name, uuid, description, connection_arn, endpoint, method, rate_per_second, created_at, modified_at FROM "
    "events_connections_destinations ";

Connection read_connection(const storage::Row& row);

}  // namespace tocsin::events
