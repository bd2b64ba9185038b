// `tocsin status`: what runs on a data directory, and whether it is well.
#pragma once

#include "base/clock.h"
#include "server/commands/console.h"
#include "server/commands/exit_code.h"
#include "server/config/server_config.h"

namespace tocsin::server {

/// Reads DIR/endpoints.json and asks /healthz and /readyz. done: healthy and ready; failed: not; unreachable: no answer; not_found: no
/// server has run there.
ExitCode run_status(const ServerConfig& config, bool json, const Clock& clock, Console console);

}  // namespace tocsin::server
