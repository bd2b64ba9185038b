// `tocsin doctor`: looks at everything that a server stands on, and prints how to mend what is not well.
#pragma once

#include "base/clock.h"
#include "server/commands/console.h"
#include "server/commands/exit_code.h"
#include "server/config/config_sources.h"

namespace tocsin::server {

/// What the doctor looks at, and whose settings they are.
struct DoctorSettings {
  ServerConfig config;
  bool of_running_server = false;
  std::vector<std::string> changed;  ///< keys of the file or the environment that the running server was started without
};

/// Of a directory whose server runs, the settings that it was started with; what stands on the doctor's own command line wins. `weak` are those
/// of the file and the environment. Error invalid.
Result<DoctorSettings> settings_for_doctor(const ServerConfig& own, const RawSettings& weak, const RawSettings& command_line);

/// failed when something is ill; what is only doubtful does not count. With `json` a line a finding.
ExitCode run_doctor(const DoctorSettings& settings, bool json, const Clock& clock, Console console);

}  // namespace tocsin::server
