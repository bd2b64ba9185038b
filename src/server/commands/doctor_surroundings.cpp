#include "server/commands/doctor_surroundings.h"

#include <linux/magic.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <memory>

#include "server/commands/http_probe.h"
#include "server/config/data_directory.h"
#include "server/config/endpoints_file.h"
#include "server/config/running_settings.h"
#include "wire/tls/certificate_authority.h"

namespace tocsin::server {
namespace {

constexpr std::uint64_t mebibyte = 1024 * 1024;
constexpr std::uint64_t memory_enough = 256 * mebibyte;
constexpr std::uint64_t open_files_enough = 4096;
constexpr std::uint64_t free_files_enough = 10'000;

bool is_loopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

bool reached_from_outside(const ServerConfig& config) {
  return std::any_of(config.listen.begin(), config.listen.end(),
                     [](const wire::ListenAddress& address) { return !is_loopback(address.host); });
}

std::string host_of_url(const std::string& url) {
  const auto begin = url.find("://");
  if (begin == std::string::npos) return "";
  const std::string rest = url.substr(begin + 3);
  return rest.substr(0, rest.find_first_of(":/"));
}

std::uint64_t number_in(const std::filesystem::path& file, std::uint64_t otherwise) {
  std::ifstream in(file);
  std::string text;
  std::uint64_t number = 0;
  if (!(in >> text)) return otherwise;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failed == std::errc() ? number : otherwise;
}

/// What this process may use: the machine's, or less in a container.
std::uint64_t memory_bytes() {
  const std::uint64_t machine = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return std::min(
      {machine, number_in("/sys/fs/cgroup/memory.max", machine), number_in("/sys/fs/cgroup/memory/memory.limit_in_bytes", machine)});
}

}  // namespace

Finding check_privacy(const std::filesystem::path& directory) {
  using std::filesystem::perms;
  const std::string subject = "privacy";
  constexpr perms others = perms::group_all | perms::others_all;
  std::error_code failed;
  const auto key = DataDirectory{directory}.server_key();
  if (std::filesystem::exists(key, failed) && (std::filesystem::status(key, failed).permissions() & others) != perms::none)
    return {subject, Health::ill, "others of this machine can read " + key.string() + ", which opens every secret",
            "chmod 600 " + key.string()};
  if (std::filesystem::is_directory(directory, failed) &&
      (std::filesystem::status(directory, failed).permissions() & perms::others_all) != perms::none)
    return {subject, Health::doubtful, "others of this machine can look into " + directory.string(), "chmod 700 " + directory.string()};
  return {subject, Health::well, "the data are for their owner alone"};
}

Finding check_first_keys(const std::filesystem::path& directory) {
  const std::string subject = "access keys", fix = "tocsin init --data " + directory.string();
  const auto file = DataDirectory{directory}.state_database();
  std::error_code failed;
  if (!std::filesystem::exists(file, failed))
    return {subject, Health::doubtful, "nobody has one yet: every call but those to --dev is refused", fix};
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(opened, sqlite3_close);
  int keys = -1;
  const auto count = [](void* into, int, char** values, char**) {
    *static_cast<int*>(into) = values[0] ? std::atoi(values[0]) : 0;
    return 0;
  };
  if (code == SQLITE_OK) sqlite3_exec(opened, "SELECT count(*) FROM access_key_keys WHERE active = 1", count, &keys, nullptr);
  if (keys == 0) return {subject, Health::doubtful, "nobody has an active one: every call but those to --dev is refused", fix};
  // a server that runs holds its database for itself, and a damaged one is told elsewhere
  return {subject, Health::well, keys > 0 ? std::to_string(keys) + " active" : "not looked at while the server runs"};
}

Finding check_hanging_server(const ServerConfig& config) {
  const std::string subject = "running server";
  const std::string lock = DataDirectory{config.data}.state_database().string() + ".lock";
  if (!is_server_running(config.data)) return {subject, Health::well, "none"};
  const auto endpoints = read_endpoints(DataDirectory{config.data}.endpoints());
  const auto authority = wire::tls_files(config.data).ca_certificate;
  if (endpoints)
    for (const std::string& url : endpoints->urls)
      if (probe_http(url + "/healthz", authority, std::chrono::seconds(2))) return {subject, Health::well, "it answers at " + url};
  return {subject, Health::ill, "a process holds " + config.data.string() + " but answers nobody",
          "see who: fuser -v " + lock + "; its log says why; if it hangs, kill it and start it again"};
}

Finding judge_file_system(long type_magic, const std::filesystem::path& directory) {
  constexpr long cifs = 0xFF534D42, smb2 = 0xFE534D42;
  switch (type_magic) {
    case TMPFS_MAGIC:
    case RAMFS_MAGIC:
      return {"file system", Health::doubtful, directory.string() + " is in memory: a restart of the machine loses everything",
              "move it to a disk, or mount a volume there"};
    case NFS_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case cifs:
    case smb2:
      return {"file system", Health::doubtful,
              directory.string() + " is on a network file system, whose locks and syncs cannot be relied on", "move it to a local disk"};
    default:
      return {"file system", Health::well, "a local one"};
  }
}

Finding check_file_system(const std::filesystem::path& directory) {
  struct statfs about {};
  if (::statfs(directory.c_str(), &about) != 0) return {"file system", Health::well, "not looked at"};
  return judge_file_system(static_cast<long>(about.f_type), directory);
}

Finding judge_free_files(std::uint64_t free, std::uint64_t all, const std::filesystem::path& directory) {
  // some file systems count none
  if (all == 0 || free >= free_files_enough) return {"inodes", Health::well, "enough"};
  return {"inodes", free < 1000 ? Health::ill : Health::doubtful, std::to_string(free) + " files more fit on the disk",
          "remove small files from the disk that holds " + directory.string() + " (df -i)"};
}

Finding check_free_files(const std::filesystem::path& directory) {
  struct statvfs about {};
  if (::statvfs(directory.c_str(), &about) != 0) return {"inodes", Health::well, "not looked at"};
  return judge_free_files(about.f_favail, about.f_files, directory);
}

Finding judge_open_files(std::uint64_t limit) {
  if (limit >= open_files_enough)
    return {"open files", Health::well, limit > 1'000'000'000 ? "no limit" : std::to_string(limit) + " at most"};
  return {"open files", Health::doubtful, "only " + std::to_string(limit) + " may be open at once, connections among them",
          "raise the limit: LimitNOFILE=65536 in the unit, or ulimit -Hn 65536"};
}

Finding check_open_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {"open files", Health::well, "not looked at"};
  return judge_open_files(limit.rlim_max);
}

Finding judge_memory(std::uint64_t bytes) {
  const std::string words = std::to_string(bytes / mebibyte) + " MiB to use";
  if (bytes < memory_enough)
    return {"memory", Health::doubtful, words + ": queries may end it",
            "give it 512 MiB (MemoryMax= of the unit, --memory of the container)"};
  return {"memory", Health::well, words};
}

Finding check_memory() { return judge_memory(memory_bytes()); }

Finding check_time_zones(const std::filesystem::path& zones) {
  std::error_code failed;
  if (std::filesystem::exists(zones / "Europe" / "Berlin", failed)) return {"time zones", Health::well, "known"};
  return {"time zones", Health::ill, "there are none in " + zones.string() + ": schedules and rotations with a zone are refused",
          "apt-get install tzdata"};
}

Finding check_public_url(const ServerConfig& config) {
  const std::string subject = "public URL";
  const bool outside = reached_from_outside(config);
  if (config.public_url.empty() && outside && !config.smtp_url.empty())
    return {subject, Health::doubtful, "none is set: the links in mails name the address that the server listens on",
            "serve with --public-url https://NAME"};
  if (outside && is_loopback(host_of_url(config.public_url)))
    return {subject, Health::doubtful, config.public_url + " leads everybody to their own machine", "serve with --public-url https://NAME"};
  return {subject, Health::well, config.public_url.empty() ? "not needed" : config.public_url};
}

Finding check_dev(const ServerConfig& config) {
  if (config.dev && reached_from_outside(config))
    return {"--dev", Health::ill, "it takes any key, so that it may not listen where others reach it",
            "leave out --dev (keys: tocsin init), or listen on 127.0.0.1"};
  return {"--dev", Health::well, config.dev ? "on, for this machine alone" : "off"};
}

Finding check_sender(const ServerConfig& config) {
  if (!config.smtp_url.empty() && config.smtp_from.find("@localhost") != std::string::npos)
    return {"mail sender", Health::doubtful, "mails come from " + config.smtp_from + ", which many servers refuse",
            "serve with --smtp-from 'Tocsin <tocsin@your.domain>'"};
  return {"mail sender", Health::well, config.smtp_url.empty() ? "not needed" : config.smtp_from};
}

Finding check_authorities(const ServerConfig& config) {
  for (const auto& [setting, file] : {std::pair{"smtp-ca", config.smtp_ca}, std::pair{"webhook-ca", config.webhook_ca}}) {
    if (file.empty()) continue;
    std::ifstream in(file);
    const std::string text((std::istreambuf_iterator<char>(in)), {});
    if (text.find("-----BEGIN CERTIFICATE-----") == std::string::npos)
      return {"authorities", Health::ill, file + " (" + setting + ") " + (in.is_open() ? "holds no certificate in PEM" : "cannot be read"),
              "name a file of certificates in PEM, or leave out --" + std::string(setting)};
  }
  return {"authorities", Health::well, config.smtp_ca.empty() && config.webhook_ca.empty() ? "the system's" : "readable"};
}

Finding judge_bind_failure(const std::string& words, const std::string& address, int port) {
  const std::string subject = "port " + address;
  if (words.find("ermission denied") != std::string::npos)
    return {subject, Health::ill, words,
            "ports below 1024 need a right: AmbientCapabilities=CAP_NET_BIND_SERVICE in the unit, or another port"};
  if (words.find("annot assign requested address") != std::string::npos)
    return {subject, Health::ill, words, "no interface of this machine has that address (ip -br address); 0.0.0.0 means all"};
  return {subject, Health::ill, words,
          "stop what listens there (ss -ltnp 'sport = :" + std::to_string(port) + "'), or serve with --listen on another port"};
}

}  // namespace tocsin::server
