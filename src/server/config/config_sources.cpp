#include "server/config/config_sources.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <fstream>
#include <numeric>
#include <sstream>

#include "server/config/setting.h"

namespace tocsin::server {
namespace {

constexpr std::string_view environment_prefix = "TOCSIN_";

std::string dashed(std::string text) {
  for (char& c : text) c = c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

void collect(const YAML::Node& node, const std::string& key, RawSettings& into) {
  if (node.IsMap()) {
    for (const auto& entry : node) {
      const std::string name = dashed(entry.first.as<std::string>());
      // smtp: {url: …, from: …} reads well, and means smtp and smtp-from
      collect(entry.second, key.empty() ? name : name == "url" && key == "smtp" ? key : key + "-" + name, into);
    }
  } else if (node.IsSequence()) {
    into[key];
    for (const auto& item : node) into[key].push_back(item.as<std::string>());
  } else if (node.IsScalar()) {
    into[key] = {node.as<std::string>()};
  }
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j)
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])}));
  }
  return row.back();
}

std::string unknown_warning(const std::string& key, const std::string& source) {
  std::string warning = "unknown setting '" + key + "' in " + source;
  std::size_t best = 4;
  std::string_view nearest;
  for (const Setting& setting : server_settings())
    if (const std::size_t distance = edit_distance(key, setting.key); distance < best) {
      best = distance;
      nearest = setting.key;
    }
  return nearest.empty() ? warning : warning + "; did you mean '" + std::string(nearest) + "'?";
}

Result<void> check(const ServerConfig& config) {
  for (const wire::ListenAddress& address : config.listen)
    if (config.dev && !wire::is_loopback_host(address.host))
      return fail(ErrorKind::invalid, "--dev takes any key, so it listens on loopback only; " + to_text(address) +
                                          " is not: use 127.0.0.1, or leave --dev out and run 'tocsin init'");
  if (config.tls_certificate.empty() != config.tls_key.empty())
    return fail(ErrorKind::invalid, "tls-certificate and tls-key belong together; one is missing");
  return {};
}

}  // namespace

Result<RawSettings> settings_of_file(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return fail(ErrorKind::not_found, "cannot read the configuration file " + file.string());
  std::ostringstream text;
  text << in.rdbuf();
  auto settings = settings_of_yaml(text.str());
  if (!settings) return fail(settings.error().kind, file.string() + ": " + settings.error().message);
  return settings;
}

Result<RawSettings> settings_of_yaml(const std::string& yaml) {
  try {
    RawSettings settings;
    const YAML::Node root = YAML::Load(yaml);
    if (!root.IsMap() && !root.IsNull())
      return fail(ErrorKind::invalid, "expected a mapping of settings, such as 'listen: 127.0.0.1:4566'");
    collect(root, "", settings);
    return settings;
  } catch (const YAML::Exception& error) {
    return fail(ErrorKind::invalid, "line " + std::to_string(error.mark.line + 1) + ": " + error.msg);
  }
}

RawSettings settings_of_environment(const char* const* environment) {
  RawSettings settings;
  for (; environment && *environment; ++environment) {
    const std::string_view entry = *environment;
    const std::size_t equals = entry.find('=');
    if (!entry.starts_with(environment_prefix) || equals == std::string_view::npos) continue;
    const std::string key = dashed(std::string(entry.substr(environment_prefix.size(), equals - environment_prefix.size())));
    if (key.starts_with("agent-")) continue;  // tocsin-agent's
    std::string value(entry.substr(equals + 1));
    const auto& known = server_settings();
    const auto setting = std::find_if(known.begin(), known.end(), [&](const Setting& candidate) { return candidate.key == key; });
    if (setting == known.end() || setting->kind != SettingKind::list) {
      settings[key] = {value};
      continue;
    }
    std::istringstream items(value);
    for (std::string item; std::getline(items, item, ',');) settings[key].push_back(item);
  }
  return settings;
}

Result<LoadedConfig> load_config(const std::vector<std::pair<std::string, RawSettings>>& sources) {
  LoadedConfig loaded;
  RawSettings merged;
  std::map<std::string, std::string> source_of;
  for (const auto& [source, settings] : sources)
    for (const auto& [key, values] : settings) {
      merged[key] = values;
      source_of[key] = source;
    }
  for (const auto& [key, values] : merged) {
    const auto& known = server_settings();
    const auto setting = std::find_if(known.begin(), known.end(), [&key = key](const Setting& candidate) { return candidate.key == key; });
    if (setting == known.end()) {
      loaded.warnings.push_back(unknown_warning(key, source_of[key]));
      continue;
    }
    if (values.empty() && setting->kind != SettingKind::list)
      return fail(ErrorKind::invalid, key + " has no value (" + source_of[key] + ")");
    if (auto applied = setting->apply(loaded.config, values); !applied)
      return fail(ErrorKind::invalid, applied.error().message + " (" + source_of[key] + ")");
  }
  if (auto sound = check(loaded.config); !sound) return std::unexpected(sound.error());
  loaded.given = std::move(merged);
  return loaded;
}

}  // namespace tocsin::server
