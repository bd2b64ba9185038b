#include "communicate/status_page/status_page.h"

#include <memory>

#include "base/log.h"
#include "communicate/status_page/status_files.h"
#include "communicate/status_page/status_html.h"

namespace tocsin::status_page {
namespace {

constexpr std::string_view root = "/status/";
constexpr std::size_t incidents_max = 50;
constexpr Duration rendering_lifetime = std::chrono::seconds(2);

void add_headers(wire::HttpResponse& response, std::string_view type) {
  response.headers.add("Content-Type", std::string(type));
  response.headers.add("Cache-Control", "public, max-age=10");
  response.headers.add("X-Content-Type-Options", "nosniff");
  response.headers.add("Access-Control-Allow-Origin", "*");
  response.headers.add("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'");
}

wire::HttpResponse plain(int status, std::string words) {
  wire::HttpResponse out{.status = status, .body = std::move(words)};
  add_headers(out, "text/plain; charset=utf-8");
  return out;
}

}  // namespace

StatusPage::StatusPage(storage::StateExecutor& state, updates::Updates& updates, StatusPageSettings settings, WriteFile write_file)
    : state_(state), updates_(updates), settings_(std::move(settings)), write_file_(std::move(write_file)) {}

void StatusPage::start() {
  updates_.on_change([this](const Scope& scope) {
    if (scope == settings_.scope) export_soon();
  });
  state_.submit([this]() -> Result<void> {
    export_soon();
    return {};
  });
}

StatusView StatusPage::view() {
  return {settings_.title,
          settings_.public_url() + std::string(root),
          state_.now(),
          updates_.store().components(settings_.scope),
          updates_.store().recent(settings_.scope, incidents_max),
          updates_.store().maintenances(settings_.scope)};
}

// several changes of one unit are one copy, written after the commit
void StatusPage::export_soon() {
  if (export_planned_) return;
  export_planned_ = true;
  state_.submit([this]() -> Result<void> {
    export_planned_ = false;
    rendered_ = status_files(view());
    rendered_at_ = state_.now();
    write_copy(rendered_);
    return {};
  });
}

void StatusPage::write_copy(const std::map<std::string, std::string>& files) {
  if (!write_file_) return;
  for (const auto& [path, content] : files) {
    const auto written = write_file_(path, content);
    if (written) continue;
    log::warning("communicate/status_page", "the static copy is not written", {{"file", path}, {"error", written.error().message}});
    return;
  }
}

void StatusPage::handle(wire::HttpRequest request, wire::Respond respond) {
  if (request.method != "GET" && request.method != "HEAD") {
    auto refused = plain(405, "Only GET and HEAD.\n");
    refused.headers.add("Allow", "GET, HEAD");
    return respond(std::move(refused));
  }
  if (request.path == "/status") {
    auto moved = plain(301, "");
    moved.headers.add("Location", std::string(root));
    return respond(std::move(moved));
  }
  const std::string path = request.path.starts_with(root) ? request.path.substr(root.size()) : "-";
  auto out = std::make_shared<wire::HttpResponse>();
  state_.submit(
      [this, path, out]() -> Result<void> {
        *out = answer(path.empty() ? "index.html" : path);
        return {};
      },
      [out, respond = std::move(respond)](Result<void> done) mutable { respond(done ? std::move(*out) : plain(503, "Try again.\n")); });
}

wire::HttpResponse StatusPage::answer(const std::string& path) {
  if (rendered_.empty() || state_.now() - rendered_at_ >= rendering_lifetime) {
    rendered_ = status_files(view());
    rendered_at_ = state_.now();
  }
  const auto found = rendered_.find(path);
  wire::HttpResponse out;
  if (found == rendered_.end()) {
    out.status = 404;
    out.body = not_found_html(view());
    add_headers(out, "text/html; charset=utf-8");
    return out;
  }
  out.body = found->second;
  add_headers(out, content_type(path));
  return out;
}

}  // namespace tocsin::status_page
