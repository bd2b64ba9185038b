// Everything in a data directory, copied while its server runs, and put back.
#pragma once

#include <filesystem>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace tocsin::server {

struct BackupReport {
  std::size_t files = 0;
  std::uintmax_t bytes = 0;
};

/// Into `into`, which must not exist or be empty. `not_found` without a data directory, `already_exists`, `unavailable` when something
/// cannot be copied; then `into` is removed again.
Result<BackupReport> back_up(const std::filesystem::path& data, const std::filesystem::path& into, Instant now, const std::string& version);
/// Into a data directory that must not exist or be empty. `invalid` when a file is missing or differs from the manifest: nothing is
/// restored then.
Result<BackupReport> restore(const std::filesystem::path& backup, const std::filesystem::path& data);

}  // namespace tocsin::server
