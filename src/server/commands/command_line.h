// The command line of `tocsin`: which command, with which settings. Hides CLI11, which costs seconds to compile.
#pragma once

#include "server/commands/console.h"
#include "server/commands/init.h"
#include "server/commands/replay_alarm.h"
#include "server/commands/serve.h"

namespace tocsin::server {

/// What main binds, so that commands name no storage engine.
struct CommandParts {
  OpenNode open_node;
  MakeFirstCredentials make_first_credentials;
  OpenPastStore open_past_store;
};

/// Runs one command; its exit code. `environment` as main has it.
int run_command_line(int argc, const char* const* argv, const char* const* environment, const Clock& clock, const CommandParts& parts,
                     Console console);

}  // namespace tocsin::server
