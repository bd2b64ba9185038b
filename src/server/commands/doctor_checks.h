// What `tocsin doctor` looks at. Each check looks at one thing and, when it is not well, says how to mend it. None changes anything.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "server/config/server_config.h"

namespace tocsin::server {

enum class Health { well, doubtful, ill };

struct Finding {
  std::string subject;
  Health health = Health::well;
  std::string words;
  std::string fix;  ///< a command or a deed; empty when well
};

Finding check_data_directory(const std::filesystem::path& directory);
Finding check_free_space(const std::filesystem::path& directory);
/// Against the newest file of the data directory, and the kernel's word whether it is synchronized.
Finding check_clock(const std::filesystem::path& directory, Instant now);
/// Whether each address can be bound, or is bound by the server of this data directory.
std::vector<Finding> check_listeners(const ServerConfig& config);
Finding check_certificate(const ServerConfig& config, Instant now);
Finding check_mail_server(const ServerConfig& config);
Finding check_database(const std::filesystem::path& directory);

}  // namespace tocsin::server
