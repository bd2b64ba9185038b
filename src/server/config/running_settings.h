// DIR/running.json: what a running server was started with, so that the doctor looks at its settings and not at those of its own shell.
// Settings hold passwords, so the file is for its owner alone (0600).
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "server/config/config_sources.h"

namespace tocsin::server {

struct RunningSettings {
  RawSettings given;            ///< from the file, the environment and the command line
  std::string directory;        ///< where paths that are not absolute begin
  std::string key_fingerprint;  ///< of server.key, as it was when the server read it
};

/// Replaces the file at once. Error unavailable.
Result<void> write_running_settings(const std::filesystem::path& file, const RunningSettings& settings);
/// Errors: not_found, invalid.
Result<RunningSettings> read_running_settings(const std::filesystem::path& file);

/// Tells whether a file is still the same, and nothing of what is in it. Empty when it cannot be read.
std::string key_fingerprint(const std::filesystem::path& key_file);

/// Whether a process holds the data directory now.
bool is_server_running(const std::filesystem::path& data);

}  // namespace tocsin::server
