// The SQLite engine on a simulated disk.
#pragma once

#include <memory>
#include <string>

#include "storage/simulated/simulated_disk.h"
#include "storage/sql.h"

namespace tocsin::storage {

/// `unavailable` when the disk refuses. The disk must outlive the database; one database per name at a time.
Result<std::unique_ptr<Database>> open_simulated_database(SimulatedDisk& disk, const std::string& name = "state.db");

}  // namespace tocsin::storage
