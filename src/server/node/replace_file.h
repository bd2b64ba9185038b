// Writes a file so that readers see the old or the new one, never a part.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace tocsin::server {

/// Folders are made as needed. Not synced: what is written so can be made again. `unavailable` with the system's words.
Result<void> replace_file(const std::filesystem::path& path, const std::string& content);

}  // namespace tocsin::server
