// `tocsin init`: makes a data directory that a server can be trusted with.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "server/commands/console.h"
#include "server/commands/exit_code.h"
#include "server/config/server_config.h"
#include "server/node/node.h"

namespace tocsin::server {

/// make_first_credentials of node.h, on this machine.
using MakeFirstCredentials = std::function<Result<FirstCredentials>(const ServerConfig&)>;

struct InitOptions {
  std::vector<std::string> hosts;  ///< further names and addresses for the certificate
  bool json = false;
};

/// Makes what is missing: the directory (0700), the authority and the certificate, the first keys, which are printed
/// this once. Running it again changes nothing that is there.
ExitCode run_init(const ServerConfig& config, const InitOptions& options, const Clock& clock, const MakeFirstCredentials& make_credentials,
                  Console console);

}  // namespace tocsin::server
