// `tocsin import prometheus-rules`: the alerting rules of a file become PromQL alarms.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "server/commands/console.h"
#include "server/commands/exit_code.h"
#include "server/commands/prometheus_rules.h"
#include "server/config/server_config.h"

namespace tocsin::server {

struct ImportRulesOptions {
  std::string file;      ///< "-" is stdin
  std::string endpoint;  ///< empty: that of the server that runs on the data directory
  bool dry_run = false;  ///< print the alarms, one line each, as put-metric-alarm --cli-input-json takes them
  ImportSettings settings;
};

/// Puts the alarms, with the keys of AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN (a --dev server takes any). What was
/// left out is told on stderr. failed when the server refused one; the others are put all the same.
ExitCode run_import_rules(const ServerConfig& config, const ImportRulesOptions& options, const char* const* environment, const Clock& clock,
                          Console console);

}  // namespace tocsin::server
