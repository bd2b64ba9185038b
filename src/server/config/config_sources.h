// Where settings come from: the defaults, a YAML file, the environment (TOCSIN_…), the command line; the later wins, a list as a whole.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/config/server_config.h"

namespace tocsin::server {

/// Keys as in Setting, with their values in order.
using RawSettings = std::map<std::string, std::vector<std::string>>;

/// YAML: a mapping; nested mappings join their keys with '-' (smtp: {from: …} is smtp-from; smtp: {url: …} is smtp). Errors: not_found,
/// invalid with the line.
Result<RawSettings> settings_of_file(const std::filesystem::path& file);
Result<RawSettings> settings_of_yaml(const std::string& yaml);
/// From "TOCSIN_SMTP_FROM=…" entries; others are passed over.
RawSettings settings_of_environment(const char* const* environment);

struct LoadedConfig {
  ServerConfig config;
  RawSettings given;                  ///< of all sources together
  std::vector<std::string> warnings;  ///< keys that nobody knows, with the nearest that is known
};

/// `sources` from the weakest to the strongest, each with its name for messages ("tocsin.yaml", "the environment").
/// Error invalid: a value that cannot be, or settings that contradict one another (--dev beyond loopback, a certificate without key).
Result<LoadedConfig> load_config(const std::vector<std::pair<std::string, RawSettings>>& sources);

}  // namespace tocsin::server
