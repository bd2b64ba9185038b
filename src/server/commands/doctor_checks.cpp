#include "server/commands/doctor_checks.h"

#include <sqlite3.h>
#include <sys/timex.h>
#include <unistd.h>

#include <memory>

#include "base/text_time.h"
#include "delivery/smtp/smtp_carrier.h"
#include "server/commands/doctor_surroundings.h"
#include "server/commands/http_probe.h"
#include "server/config/data_directory.h"
#include "server/config/endpoints_file.h"
#include "wire/http/http_server.h"
#include "wire/tls/certificate_authority.h"
#include "wire/tls/tls_context.h"

namespace tocsin::server {
namespace {

constexpr std::uintmax_t mebibyte = 1024 * 1024;

// Only to see whether an address can be bound; never serves.
struct Nobody final : wire::HttpHandler {
  void handle(wire::HttpRequest, wire::Respond respond) override { respond({.status = 503}); }
};

bool is_served_by_this_directory(const ServerConfig& config, const wire::ListenAddress& address) {
  const auto endpoints = read_endpoints(DataDirectory{config.data}.endpoints());
  if (!endpoints) return false;
  for (const std::string& url : endpoints->urls)
    if (url.ends_with("//" + to_text(address)) &&
        probe_http(url + "/healthz", wire::tls_files(config.data).ca_certificate, std::chrono::seconds(2)))
      return true;
  return false;
}

Finding check_listener(const ServerConfig& config, const wire::ListenAddress& address) {
  const std::string subject = "port " + to_text(address);
  if (is_served_by_this_directory(config, address)) return {subject, Health::well, "served by the server of this data directory"};
  const SystemClock clock;
  Nobody nobody;
  wire::HttpServer server({.listen = {address}, .io_threads = 1}, clock, nobody);
  const auto bound = server.start();
  if (bound) return {subject, Health::well, "free"};
  return judge_bind_failure(bound.error().message, to_text(address), address.port);
}

}  // namespace

Finding check_data_directory(const std::filesystem::path& directory) {
  const std::string subject = "data directory";
  std::error_code failed;
  if (!std::filesystem::is_directory(directory, failed))
    return {subject, Health::ill, directory.string() + " is not there", "tocsin init --data " + directory.string()};
  if (::access(directory.c_str(), R_OK | W_OK | X_OK) != 0)
    return {subject, Health::ill, "this user cannot write to " + directory.string(),
            "run as its owner, or: chown -R $(id -u) " + directory.string()};
  return {subject, Health::well, directory.string() + " is writable"};
}

Finding check_free_space(const std::filesystem::path& directory) {
  std::error_code failed;
  const auto space = std::filesystem::space(std::filesystem::exists(directory, failed) ? directory : std::filesystem::path("."), failed);
  const std::string words = std::to_string(space.available / mebibyte) + " MiB free";
  const std::string fix = "make room on the disk that holds " + directory.string() + ", or move it to a larger one";
  if (failed || space.available < 256 * mebibyte) return {"disk space", Health::ill, failed ? failed.message() : words, fix};
  if (space.available < 2048 * mebibyte) return {"disk space", Health::doubtful, words, fix};
  return {"disk space", Health::well, words};
}

Finding check_clock(const std::filesystem::path& directory, Instant now) {
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(directory, ignored)) {
    const auto written = std::chrono::file_clock::to_sys(entry.last_write_time(ignored));
    if (written > now + std::chrono::minutes(5))
      return {"clock", Health::ill, "it stands at " + to_rfc3339(now) + ", before " + entry.path().string() + " was written",
              "set the clock: timedatectl set-ntp true"};
  }
  timex state{};
  if (::adjtimex(&state) == TIME_ERROR)
    return {"clock", Health::doubtful, "the kernel does not know it to be synchronized",
            "run a time service: apt-get install chrony (in a container, on its host)"};
  return {"clock", Health::well, to_rfc3339(now)};
}

std::vector<Finding> check_listeners(const ServerConfig& config) {
  std::vector<Finding> findings;
  for (const wire::ListenAddress& address : config.listen)
    if (address.port != 0) findings.push_back(check_listener(config, address));
  return findings;
}

Finding check_certificate(const ServerConfig& config, Instant now) {
  const bool own = config.tls_certificate.empty();
  const auto files = wire::tls_files(config.data);
  const std::filesystem::path certificate = own ? files.certificate : std::filesystem::path(config.tls_certificate);
  const std::filesystem::path key = own ? files.key : std::filesystem::path(config.tls_key);
  const std::string renew =
      own ? "rm -f " + certificate.string() + " && tocsin init --data " + config.data.string() : "renew " + certificate.string();
  const auto loaded = wire::load_server_tls(certificate, key);
  std::error_code hidden;
  const bool is_there = std::filesystem::exists(certificate, hidden);
  if (!loaded && own && hidden) return {"certificate", Health::well, "not looked at"};
  if (!loaded && own && !is_there)
    return {"certificate", Health::doubtful, "there is none, so https is off", "tocsin init --data " + config.data.string()};
  if (!loaded) return {"certificate", Health::ill, loaded.error().message, renew};
  const Instant ends = wire::certificate_expiry(certificate).value_or(Instant{});
  if (ends < now) return {"certificate", Health::ill, "it ended to be valid on " + to_rfc3339(ends), renew};
  if (ends < now + std::chrono::days(30)) return {"certificate", Health::doubtful, "it is valid only until " + to_rfc3339(ends), renew};
  return {"certificate", Health::well, "valid until " + to_rfc3339(ends)};
}

Finding check_mail_server(const ServerConfig& config) {
  if (config.smtp_url.empty())
    return {"mail server", Health::doubtful, "none is set: pages and notifications by mail wait", "serve with --smtp smtp://HOST:PORT"};
  const auto reached = delivery::probe_smtp_server({.url = config.smtp_url, .from = config.smtp_from, .ca_file = config.smtp_ca});
  if (!reached)
    return {"mail server", Health::ill, "it does not take us: " + reached.error().message, "correct --smtp, or start the mail server"};
  return {"mail server", Health::well, "it takes us"};
}

Finding check_database(const std::filesystem::path& directory) {
  const auto file = DataDirectory{directory}.state_database();
  std::error_code hidden;
  if (!std::filesystem::exists(file, hidden)) return {"database", Health::well, hidden ? "not looked at" : "not made yet"};
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READONLY, nullptr);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> database(opened, sqlite3_close);
  sqlite3_busy_timeout(opened, 500);
  std::string verdict;
  const auto keep_first = [](void* into, int, char** values, char**) {
    if (static_cast<std::string*>(into)->empty()) *static_cast<std::string*>(into) = values[0] ? values[0] : "";
    return 0;
  };
  if (code == SQLITE_OK) sqlite3_exec(opened, "PRAGMA quick_check(1)", keep_first, &verdict, nullptr);
  // a server that runs holds its database for itself
  if (verdict.empty() && sqlite3_errcode(opened) == SQLITE_BUSY) return {"database", Health::well, "in use by the running server"};
  if (verdict == "ok") return {"database", Health::well, "its pages are sound"};
  return {"database", Health::ill, verdict.empty() ? sqlite3_errmsg(opened) : verdict,
          "stop the server, keep a copy of " + file.string() + ", and bring back the last backup"};
}

}  // namespace tocsin::server
