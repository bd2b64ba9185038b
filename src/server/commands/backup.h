// `tocsin backup` and `tocsin restore`.
#pragma once

#include <filesystem>

#include "base/clock.h"
#include "server/commands/console.h"
#include "server/commands/exit_code.h"

namespace tocsin::server {

ExitCode run_backup(const std::filesystem::path& data, const std::filesystem::path& output, const Clock& clock, Console console);
ExitCode run_restore(const std::filesystem::path& from, const std::filesystem::path& data, Console console);

}  // namespace tocsin::server
