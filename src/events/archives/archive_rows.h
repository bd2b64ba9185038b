// Archives and replays as rows.
#pragma once

#include "events/archives/archives.h"
#include "storage/sql.h"

namespace tocsin::events {

inline constexpr const char* archive_columns =
    "SELECT account, region, name, bus, description, pattern, key_identifier, retention_days, created_at, event_count, size_bytes FROM "
    "events_archives_defined ";
inline constexpr const char* replay_columns =
    "SELECT account, region, name, archive, description, destination, from_time, to_time, state, reason, started_at, ended_at, "
    "last_replayed FROM events_archives_replays ";

inline Archive read_archive(const storage::Row& row) {
  return {{row.text(0), row.text(1)},
          row.text(2),
          row.text(3),
          row.text(4),
          row.text(5),
          row.text(6),
          row.integer(7),
          row.instant(8),
          row.integer(9),
          row.integer(10)};
}
Replay read_replay(const storage::Row& row);

}  // namespace tocsin::events
