#include "server/commands/doctor.h"

#include <boost/json.hpp>

#include "base/document.h"
#include "server/commands/doctor_checks.h"
#include "server/commands/doctor_surroundings.h"
#include "server/commands/log_blocks_check.h"

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

ExitCode run_doctor(const ServerConfig& config, bool json, const Clock& clock, Console console) {
  std::vector<Finding> findings = {check_data_directory(config.data),
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
