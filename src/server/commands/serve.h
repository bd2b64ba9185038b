// `tocsin serve`: runs a server until it is told to stop.
#pragma once

#include <functional>
#include <memory>

#include "server/commands/console.h"
#include "server/commands/exit_code.h"
#include "server/config/config_sources.h"
#include "server/node/node.h"

namespace tocsin::server {

using OpenNode = std::function<Result<std::unique_ptr<Node>>(const ServerConfig&)>;

/// Stops cleanly on SIGTERM and SIGINT; a second one ends the process at once. Call it before any other thread is started.
ExitCode run_serve(const LoadedConfig& loaded, const OpenNode& open_node, Console console);

}  // namespace tocsin::server
