// Scripts of our own on hosts, by Run Command: sent in one unit of work, awaited for a bounded time.
// Threads: on the StateExecutor, outside a unit.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "remediate/commands/command.h"

namespace tocsin::server {

struct Rooms;

/// A command that runs `script` on the hosts that `spec` names, at most so long; the rest of the spec is filled in.
remediate::CommandSpec script_command(remediate::CommandSpec spec, std::string script, int seconds_max);

/// The invocations of all these commands; `done` outside a unit, when all have ended or the time has come.
using RunsEnded = std::move_only_function<void(Result<std::vector<remediate::Invocation>>)>;
void run_on_hosts(Rooms& rooms, std::vector<remediate::CommandSpec> commands, Duration at_most, RunsEnded done);

}  // namespace tocsin::server
