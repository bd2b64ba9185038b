#include "server/config/running_settings.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "base/digest.h"
#include "base/document.h"
#include "base/encoding.h"
#include "server/config/data_directory.h"

namespace tocsin::server {
namespace {

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return in ? text.str() : std::string();
}

Result<void> write_private(const std::filesystem::path& file, const std::string& text) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const bool written = descriptor >= 0 && ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (descriptor >= 0) ::close(descriptor);
  if (!written) return fail(ErrorKind::unavailable, "cannot write " + file.string());
  return {};
}

}  // namespace

Result<void> write_running_settings(const std::filesystem::path& file, const RunningSettings& settings) {
  Object given;
  for (const auto& [key, values] : settings.given) given[key] = Array(values.begin(), values.end());
  const Object document{{"settings", std::move(given)}, {"directory", settings.directory}, {"keyFingerprint", settings.key_fingerprint}};
  const std::filesystem::path fresh = file.string() + ".new";
  if (auto written = write_private(fresh, to_pretty_json(document) + "\n"); !written) return written;
  std::error_code failed;
  std::filesystem::rename(fresh, file, failed);
  if (failed) return fail(ErrorKind::unavailable, "cannot write " + file.string() + ": " + failed.message());
  return {};
}

Result<RunningSettings> read_running_settings(const std::filesystem::path& file) {
  const std::string text = text_of(file);
  if (text.empty()) return fail(ErrorKind::not_found, "there is no " + file.string());
  const auto document = parse_json(text);
  if (!document) return fail(ErrorKind::invalid, file.string() + " is no JSON: " + document.error().message);
  RunningSettings settings{
      .given = {}, .directory = text_or(*document, "directory"), .key_fingerprint = text_or(*document, "keyFingerprint")};
  for (const auto& [key, values] : object_at(*document, "settings")) {
    std::vector<std::string>& into = settings.given[std::string(key)];
    if (const Array* each = values.if_array())
      for (const Document& value : *each)
        if (value.is_string()) into.emplace_back(value.get_string());
  }
  return settings;
}

std::string key_fingerprint(const std::filesystem::path& key_file) {
  const std::string text = text_of(key_file);
  return text.empty() ? text : to_hex(sha256("tocsin server.key " + text));
}

bool is_server_running(const std::filesystem::path& data) {
  const std::string lock = DataDirectory{data}.state_database().string() + ".lock";
  const int file = ::open(lock.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  const bool held = ::flock(file, LOCK_SH | LOCK_NB) != 0;
  ::close(file);
  return held;
}

}  // namespace tocsin::server
