#include "server/node/health_paths.h"

#include <fmt/format.h>
#include <unistd.h>

#include <fstream>

namespace tocsin::server {
namespace {

wire::HttpResponse text(int status, std::string body, std::string_view type = "text/plain; charset=utf-8") {
  wire::HttpResponse response{.status = status, .body = std::move(body)};
  response.headers.set("Content-Type", std::string(type));
  response.headers.set("Cache-Control", "no-store");
  return response;
}

// resident pages of this process, in bytes
std::int64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::int64_t size = 0, resident = 0;
  file >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

std::string gauge(std::string_view name, std::string_view help, std::string_view labels, double value) {
  return fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n{0}{2} {3}\n", name, help, labels, value);
}

}  // namespace

void HealthPaths::handle(wire::HttpRequest request, wire::Respond respond) {
  if (request.method != "GET" && request.method != "HEAD") return respond(text(405, "GET only\n"));
  if (request.path == "/healthz") return respond(text(200, "ok\n"));
  if (request.path == "/readyz") return ready(std::move(respond));
  figures(std::move(respond));
}

void HealthPaths::ready(wire::Respond respond) {
  auto shared = std::make_shared<wire::Respond>(std::move(respond));
  ground_.state.submit(
      [this]() -> Result<void> {
        // a write, as a disk that is full is read as before
        ground_.database->execute(
            "INSERT INTO server_probe (id, probed) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET probed=excluded.probed",
            {to_ns(ground_.outside.clock.now())});
        return {};
      },
      [shared](Result<void> done) {
        (*shared)(done ? text(200, "ready\n") : text(503, "the state cannot be written: " + done.error().message + "\n"));
      });
}

void HealthPaths::figures(wire::Respond respond) {
  auto shared = std::make_shared<wire::Respond>(std::move(respond));
  auto body = std::make_shared<std::string>();
  ground_.state.submit(
      [this, body]() -> Result<void> {
        const auto metrics = ground_.metrics.figures();
        *body += gauge("tocsin_resident_bytes", "Memory that the process holds.", "", static_cast<double>(resident_bytes()));
        *body += gauge("tocsin_http_connections", "Open connections.", "", static_cast<double>(connection_count_()));
        *body += gauge("tocsin_metric_series", "Series in the dictionary.", "", static_cast<double>(metrics.series));
        *body += gauge("tocsin_metric_points", "Points accepted since the start.", "", static_cast<double>(metrics.points));
        for (const char* channel : {"smtp", "http", "sms", "voice", "chat", "push", "web-push"})
          *body += gauge(fmt::format("tocsin_outbox_waiting_{}", std::string_view(channel) == "web-push" ? "web_push" : channel), "Parcels that wait to leave.", "",
                         static_cast<double>(ground_.outbox.depth(channel).waiting));
        return {};
      },
      [shared, body](Result<void> done) {
        (*shared)(done ? text(200, *body, "text/plain; version=0.0.4; charset=utf-8") : text(503, ""));
      });
}

}  // namespace tocsin::server
