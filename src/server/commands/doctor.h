// `tocsin doctor`: looks at everything that a server stands on, and prints how to mend what is not well.
#pragma once

#include "base/clock.h"
#include "server/commands/console.h"
#include "server/commands/exit_code.h"
#include "server/config/server_config.h"

namespace tocsin::server {

/// failed when something is ill; what is only doubtful does not count. With `json` a line a finding.
ExitCode run_doctor(const ServerConfig& config, bool json, const Clock& clock, Console console);

}  // namespace tocsin::server
