// `tocsin patterns --new-since 15m`: which lines are new, gone, or come at another rate, from the counts that the server of a data
// directory keeps. Reads a copy of them: the server may run, and is up to five seconds ahead.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "server/commands/console.h"
#include "server/commands/exit_code.h"
#include "server/config/server_config.h"

namespace tocsin::server {

struct PatternChangesOptions {
  std::string new_since, gone_since, changed_since;  ///< 15m, 2h, 1d, or a time; one of them
  std::string group;                                 ///< of all groups when empty
  bool json = false;

  bool asked() const { return !new_since.empty() || !gone_since.empty() || !changed_since.empty(); }
};

ExitCode run_pattern_changes(const ServerConfig& config, const PatternChangesOptions& options, const Clock& clock, Console console);

/// A moment, or so long ago; nothing for what is neither.
std::optional<Instant> parse_since(const std::string& text, Instant now);

}  // namespace tocsin::server
