// `tocsin replay alarm`: the transitions that an alarm would have made over past data, so that a threshold can be chosen before it pages
// anyone.
#pragma once

#include <string>

#include "base/clock.h"
#include "server/commands/console.h"
#include "server/commands/exit_code.h"
#include "server/config/server_config.h"
#include "server/node/past_store.h"

namespace tocsin::server {

struct ReplayAlarmOptions {
  std::string definition;  ///< a file, as put-metric-alarm --cli-input-json takes it; or
  std::string name;        ///< of an alarm in the store
  std::string input;       ///< CSV with the columns timestamp,value; empty: the store
  std::string from, to;    ///< RFC 3339; empty: all of the CSV, or the last fourteen days
  double alarms_a_week = 1;
  bool json = false;
};

/// usage for a definition or a file that is none, not_found for a name or a file that is not there.
ExitCode run_replay_alarm(const ServerConfig& config, const ReplayAlarmOptions& options, const OpenPastStore& open, const Clock& clock,
                          Console console);

}  // namespace tocsin::server
