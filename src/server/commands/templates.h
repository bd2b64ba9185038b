// `tocsin templates`: the texts of messages, and what a team's folder makes of them.
#pragma once

#include <string>

#include "server/commands/console.h"
#include "server/commands/exit_code.h"

namespace tocsin::server {

struct TemplatesOptions {
  std::string folder;  ///< the setting `templates`, or --templates; empty: the defaults
  std::string name;    ///< of show and preview; preview without one shows all
  bool json = false;
};

/// A line for each: its name, whether the folder changes it, what it is for.
ExitCode run_templates_list(const TemplatesOptions& options, Console console);
/// The text as it stands, to begin a change with.
ExitCode run_templates_show(const TemplatesOptions& options, Console console);
/// With sample values, as it would be sent.
ExitCode run_templates_preview(const TemplatesOptions& options, Console console);

}  // namespace tocsin::server
