// The ingest log in segment files of 16 MiB (00000000000000000000.log …). Trimming removes whole segments.
//
// A disk that refuses (ENOSPC, EIO) refuses the record: what was half written is cut back, also after a restart. A segment that is torn in
// the middle (power cut, rot) loses what is behind the tear; later segments keep their records, since their names hold their offsets.
#pragma once

#include <memory>
#include <string>

#include "storage/embedded/log_folder.h"
#include "storage/ingest_log.h"

namespace tocsin::storage {

/// Opens or makes the folder and cuts off a torn record at the end of each segment.
Result<std::unique_ptr<IngestLog>> open_file_ingest_log(const std::string& folder_path);
/// The same log over any folder; `segment_size_max` bounds what one trim cannot remove.
Result<std::unique_ptr<IngestLog>> open_ingest_log(std::unique_ptr<LogFolder> folder,
                                                   std::uint64_t segment_size_max = std::uint64_t{16} << 20);

}  // namespace tocsin::storage
