// What stands where in a data directory. Everything in it belongs to one server.
#pragma once

#include <filesystem>

namespace tocsin::server {

struct DataDirectory {
  std::filesystem::path root;

  std::filesystem::path state_database() const { return root / "state.db"; }
  std::filesystem::path server_key() const { return root / "server.key"; }  ///< 32 bytes that seal secrets and tokens (0600)
  std::filesystem::path endpoints() const { return root / "endpoints.json"; }
  std::filesystem::path running() const { return root / "running.json"; }  ///< what the server was started with (0600)
  std::filesystem::path arrivals() const { return root / "arrivals"; }  ///< what receivers took: "-http.0", "-http.1" …
  std::filesystem::path telemetry() const { return root / "telemetry"; }
  std::filesystem::path status_copy() const { return root / "status"; }  ///< the status page as files
  std::filesystem::path exports() const { return root / "exports"; }      ///< what was exported of logs
  std::filesystem::path objects() const { return root / "objects"; }      ///< the bytes of what is in buckets
  // certificates: wire/tls, tls_files(root)
};

}  // namespace tocsin::server
