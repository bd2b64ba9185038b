// One key that can stand in the configuration file, in the environment and on the command line, and what it does.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/config/server_config.h"

namespace tocsin::server {

enum class SettingKind {
  text,
  list,    ///< repeats; separated by commas in the environment
  toggle,  ///< true or false; a flag without a value on the command line
};

struct Setting {
  std::string_view key;  ///< "smtp-from": --smtp-from, TOCSIN_SMTP_FROM, smtp-from: or smtp_from: in the file
  SettingKind kind;
  std::string_view help;
  std::string_view placeholder;  ///< in the help of the command line
  /// Error invalid, with what was expected.
  std::function<Result<void>(ServerConfig&, const std::vector<std::string>& values)> apply;
};

/// All of them, in the order of the help. To add one: a member of ServerConfig and an entry here.
const std::vector<Setting>& server_settings();

}  // namespace tocsin::server
