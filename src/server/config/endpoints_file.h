// DIR/endpoints.json: what a running server has bound, for its commands and for scripts.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace tocsin::server {

struct Endpoints {
  int process_id = 0;
  std::string version;
  Instant started{};
  bool dev = false;
  std::vector<std::string> urls;  ///< "http://127.0.0.1:4566", and "https://…" when there is a certificate
};

/// Replaces the file at once (0644). Error unavailable.
Result<void> write_endpoints(const std::filesystem::path& file, const Endpoints& endpoints);
/// Errors: not_found, invalid.
Result<Endpoints> read_endpoints(const std::filesystem::path& file);

}  // namespace tocsin::server
