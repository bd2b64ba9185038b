// Runs one script in a process group of its own.
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"

namespace tocsin::agent {

inline constexpr std::size_t standard_output_max = 24'000;
inline constexpr std::size_t standard_error_max = 8'000;

enum class ScriptEnd { exited, timed_out, cancelled, not_started };

struct ScriptOutcome {
  ScriptEnd end = ScriptEnd::not_started;
  int exit_code = -1;             ///< 128 + the signal when one ended it
  std::string standard_output;    ///< cut at its limit, and saying so
  std::string standard_error;
};

/// Blocks until the script and all that it left in its group have ended; `cancelled` is looked at ten times a second. The script file is written into `folder` (made if
/// needed) and removed afterwards.
ScriptOutcome run_script(const std::vector<std::string>& lines, const std::string& working_directory, Duration timeout, const std::filesystem::path& folder,
                         const std::atomic<bool>& cancelled);

}  // namespace tocsin::agent
