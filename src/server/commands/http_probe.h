// One GET, for commands that ask a running server.
#pragma once

#include <filesystem>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace tocsin::server {

struct ProbeAnswer {
  int status = 0;
  std::string body;
};

/// Blocks. `ca_file` for https; empty: the system's. Error unavailable, with the fault.
Result<ProbeAnswer> probe_http(const std::string& url, const std::filesystem::path& ca_file, Duration timeout = std::chrono::seconds(5));

}  // namespace tocsin::server
