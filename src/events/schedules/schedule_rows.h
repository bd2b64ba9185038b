// Schedules as rows.
#pragma once

#include "events/schedules/schedules.h"
#include "storage/sql.h"

namespace tocsin::events {

inline constexpr const char* schedule_columns =
    "SELECT account, region, group_name, name, expression, zone, start_at, end_at, definition, enabled, delete_after, window_minutes, "
    "created_at, modified_at FROM "
    "scheduler_schedules ";

TargetSchedule read_schedule(const storage::Row& row);

}  // namespace tocsin::events
