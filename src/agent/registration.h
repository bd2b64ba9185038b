// Who this host is to its server: kept in DIR/registration.json, readable by its owner alone.
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace tocsin::agent {

struct Registration {
  std::string server_url;       ///< "https://host:port"
  std::string region;
  std::string instance_id;      ///< "mi-…"
  std::string fingerprint;      ///< a UUID, made once
  std::string private_key_pem;
  std::string ca_file;          ///< PEM authorities to trust; empty: the system's
  std::string computer_name;    ///< told to the server; empty: the name of the machine
};

/// `not_found` when the host is not registered.
Result<Registration> load_registration(const std::filesystem::path& directory);
Result<void> save_registration(const std::filesystem::path& directory, const Registration& registration);

/// Writes a file so that a power cut leaves the old or the new one: beside it, synced, renamed. Mode 0600.
Result<void> write_file_safely(const std::filesystem::path& path, const std::string& text);

}  // namespace tocsin::agent
