// The ingest log on a simulated disk.
#pragma once

#include <memory>
#include <string>

#include "storage/ingest_log.h"
#include "storage/simulated/simulated_disk.h"

namespace tocsin::storage {

/// The disk must outlive the log. Small segments, so that tests meet their borders.
Result<std::unique_ptr<IngestLog>> open_simulated_ingest_log(SimulatedDisk& disk, const std::string& folder = "ingest",
                                                             std::uint64_t segment_size_max = 4096);

}  // namespace tocsin::storage
