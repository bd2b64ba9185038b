// The public status page of one account and region: answers below /status, and writes a static copy at every change, which survives the
// server.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "communicate/status_page/status_view.h"
#include "communicate/updates/updates.h"
#include "wire/http/http_message.h"

namespace tocsin::status_page {

struct StatusPageSettings {
  Scope scope;                              ///< whose incidents are shown: one page shows one account in one region
  std::string title;                        ///< "Shop status"
  std::function<std::string()> public_url;  ///< "https://host:port"
};

/// Writes one file of the static copy, whole or not at all. Called on the StateExecutor's thread: a few small files at each change.
using WriteFile = std::function<Result<void>(const std::string& relative_path, const std::string& content)>;

/// Public, GET and HEAD only: /status/, /status/incidents/ID.html, /status/history.rss, /status/history.atom, /status/api/v2/….json;
/// /status redirects.
class StatusPage final : public wire::HttpHandler {
 public:
  StatusPage(storage::StateExecutor& state, updates::Updates& updates, StatusPageSettings settings, WriteFile write_file);

  /// Hears of changes from now on and writes the first copy. Not inside a unit.
  void start();
  /// From any thread.
  void handle(wire::HttpRequest request, wire::Respond respond) override;

 private:
  StatusView view();
  void export_soon();
  void write_copy(const std::map<std::string, std::string>& files);
  wire::HttpResponse answer(const std::string& path);

  storage::StateExecutor& state_;
  updates::Updates& updates_;
  StatusPageSettings settings_;
  WriteFile write_file_;
  bool export_planned_ = false;
  /// What was rendered last; a flood of readers costs one rendering in two seconds.
  std::map<std::string, std::string> rendered_;
  Instant rendered_at_{};
};

}  // namespace tocsin::status_page
