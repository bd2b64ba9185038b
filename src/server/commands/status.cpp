#include "server/commands/status.h"

#include <boost/json.hpp>

#include "base/document.h"
#include "base/text_time.h"
#include "server/commands/http_probe.h"
#include "server/config/data_directory.h"
#include "server/config/endpoints_file.h"
#include "wire/tls/certificate_authority.h"

namespace tocsin::server {

ExitCode run_status(const ServerConfig& config, bool json, const Clock& clock, Console console) {
  const auto endpoints = read_endpoints(DataDirectory{config.data}.endpoints());
  if (!endpoints || endpoints->urls.empty()) {
    console.err << "tocsin status: no server has run on " << config.data.string() << "; start one: tocsin serve --data "
                << config.data.string() << "\n";
    return ExitCode::not_found;
  }
  const std::string& url = endpoints->urls.front();
  const auto ca_file = config.tls_certificate.empty() ? wire::tls_files(config.data).ca_certificate : std::filesystem::path();
  const auto health = probe_http(url + "/healthz", ca_file);
  const auto ready = health ? probe_http(url + "/readyz", ca_file) : health;
  const bool healthy = health && health->status == 200, is_ready = ready && ready->status == 200;
  if (json) {
    const Object line{{"url", url},
                      {"version", endpoints->version},
                      {"pid", endpoints->process_id},
                      {"started", to_rfc3339(endpoints->started)},
                      {"dev", endpoints->dev},
                      {"reachable", health.has_value()},
                      {"healthy", healthy},
                      {"ready", is_ready}};
    console.out << to_json(line) << "\n";
  } else if (health) {
    console.out << "tocsin " << endpoints->version << " at " << url << (endpoints->dev ? " (--dev)" : "") << ": "
                << (healthy ? "healthy" : "NOT HEALTHY") << ", " << (is_ready ? "ready" : "NOT READY") << ", up "
                << to_words(clock.now() - endpoints->started) << "\n";
    if (!healthy) console.err << health->body << "\n";
    if (healthy && !is_ready && ready) console.err << ready->body << "\n";
  }
  if (!health) {
    console.err << "tocsin status: " << url << " does not answer: " << health.error().message << "\n";
    return ExitCode::unreachable;
  }
  return healthy && is_ready ? ExitCode::done : ExitCode::failed;
}

}  // namespace tocsin::server
