// Every file of the status page by its path below the page's root: what the handler answers is what the static copy holds. Pure.
#pragma once

#include <map>
#include <string>

#include "communicate/status_page/status_view.h"

namespace tocsin::status_page {

/// "index.html", "incidents/ID.html", "history.rss", "history.atom", "api/v2/summary.json" …
std::map<std::string, std::string> status_files(const StatusView& view);
std::string_view content_type(std::string_view path);

}  // namespace tocsin::status_page
