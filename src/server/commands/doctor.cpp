#include "server/commands/doctor.h"

#include <boost/json.hpp>

#include "base/document.h"
#include "server/commands/doctor_checks.h"
#include "server/commands/doctor_surroundings.h"
#include "server/commands/log_blocks_check.h"
#include "server/config/data_directory.h"
#include "server/config/running_settings.h"

namespace tocsin::server {
namespace {

std::string_view word(Health health) {
  switch (health) {
    case Health::well:
      return "ok";
    case Health::doubtful:
      return "warn";
    case Health::ill:
      return "FAIL";
  }
  return "";
}

Finding judge_settings(const DoctorSettings& settings) {
  if (!settings.of_running_server) return {"settings", Health::well, "those given here; no server runs, or it does not say how it was started"};
  if (settings.changed.empty()) return {"settings", Health::well, "those of the running server"};
  std::string keys;
  for (const std::string& key : settings.changed) keys += (keys.empty() ? "" : ", ") + key;
  return {"settings", Health::doubtful, "the running server was started with another " + keys + " than the file or the environment say",
          "restart it, so that it takes them"};
}

void print(const Finding& finding, bool json, Console console) {
  if (json) {
    Object line{{"subject", finding.subject}, {"health", word(finding.health)}, {"words", finding.words}};
    if (!finding.fix.empty()) line["fix"] = finding.fix;
    console.out << to_json(line) << "\n";
    return;
  }
  std::string label(word(finding.health));
  label.resize(6, ' ');
  console.out << label << finding.subject << ": " << finding.words << "\n";
  if (!finding.fix.empty()) console.out << "      fix: " << finding.fix << "\n";
}

}  // namespace

Result<DoctorSettings> settings_for_doctor(const ServerConfig& own, const RawSettings& weak, const RawSettings& command_line) {
  DoctorSettings settings{.config = own};
  if (!is_server_running(own.data)) return settings;
  const auto running = read_running_settings(DataDirectory{own.data}.running());
  if (!running) return settings;
  const std::filesystem::path data = std::filesystem::absolute(own.data);
  std::error_code ignored;
  std::filesystem::current_path(running->directory, ignored);
  auto loaded = load_config({{"the running server", running->given}, {"the command line", command_line}});
  if (!loaded) return std::unexpected(loaded.error());
  settings.config = std::move(loaded->config);
  settings.config.data = data;
  settings.of_running_server = true;
  for (const auto& [key, values] : weak) {
    const auto found = running->given.find(key);
    if (key != "data" && (found == running->given.end() || found->second != values)) settings.changed.push_back(key);
  }
  return settings;
}

ExitCode run_doctor(const DoctorSettings& settings, bool json, const Clock& clock, Console console) {
  const ServerConfig& config = settings.config;
  std::vector<Finding> findings = {judge_settings(settings),
                                   check_data_directory(config.data),
                                   check_privacy(config.data),
                                   check_server_key(config.data),
                                   check_first_keys(config.data),
                                   check_file_system(config.data),
                                   check_free_space(config.data),
                                   check_free_files(config.data),
                                   check_memory(),
                                   check_open_files(),
                                   check_clock(config.data, clock.now()),
                                   check_time_zones(),
                                   check_hanging_server(config),
                                   check_dev(config),
                                   check_public_url(config)};
  for (Finding& finding : check_listeners(config)) findings.push_back(std::move(finding));
  findings.push_back(check_certificate(config, clock.now()));
  findings.push_back(check_authorities(config));
  findings.push_back(check_mail_server(config));
  findings.push_back(check_sender(config));
  findings.push_back(check_database(config.data));
  findings.push_back(check_log_blocks(config.data));
  bool ill = false;
  for (const Finding& finding : findings) {
    print(finding, json, console);
    ill |= finding.health == Health::ill;
  }
  return ill ? ExitCode::failed : ExitCode::done;
}

}  // namespace tocsin::server
