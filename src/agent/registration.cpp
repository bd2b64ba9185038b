#include "agent/registration.h"

#include <fcntl.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "base/document.h"

namespace tocsin::agent {
namespace {
constexpr const char* file_name = "registration.json";

std::unexpected<Error> failed(const std::filesystem::path& path) { return fail(ErrorKind::unavailable, path.string() + ": " + std::strerror(errno)); }

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}
}  // namespace

Result<void> write_file_safely(const std::filesystem::path& path, const std::string& text) {
  const std::filesystem::path fresh = path.string() + ".new";
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return failed(fresh);
  const bool good = write_all(file, text) && ::fsync(file) == 0;
  ::close(file);
  if (!good || ::rename(fresh.c_str(), path.c_str()) != 0) return failed(path);
  return {};
}

Result<Registration> load_registration(const std::filesystem::path& directory) {
  std::ifstream file(directory / file_name);
  if (!file) return fail(ErrorKind::not_found, "This host is not registered: run tocsin-agent register first.");
  std::ostringstream text;
  text << file.rdbuf();
  const Result<Document> read = parse_json(text.str());
  if (!read) return fail(ErrorKind::invalid, (directory / file_name).string() + ": " + read.error().message);
  return Registration{text_or(*read, "server_url"), text_or(*read, "region"), text_or(*read, "instance_id"),
                      text_or(*read, "fingerprint"), text_or(*read, "private_key"), text_or(*read, "ca_file"), text_or(*read, "computer_name")};
}

Result<void> save_registration(const std::filesystem::path& directory, const Registration& registration) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  const Object document{{"server_url", registration.server_url},   {"region", registration.region},
                        {"instance_id", registration.instance_id}, {"fingerprint", registration.fingerprint},
                        {"private_key", registration.private_key_pem}, {"ca_file", registration.ca_file},
                        {"computer_name", registration.computer_name}};
  return write_file_safely(directory / file_name, to_pretty_json(document) + "\n");
}

}  // namespace tocsin::agent
