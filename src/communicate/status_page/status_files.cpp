#include "communicate/status_page/status_files.h"

#include "communicate/status_page/feeds.h"
#include "communicate/status_page/status_html.h"
#include "communicate/status_page/status_json.h"

namespace tocsin::status_page {

std::map<std::string, std::string> status_files(const StatusView& view) {
  std::map<std::string, std::string> out;
  out["index.html"] = index_html(view);
  for (const auto& incident : view.incidents) out["incidents/" + incident.id + ".html"] = incident_html(view, incident);
  out["history.rss"] = rss_feed(view);
  out["history.atom"] = atom_feed(view);
  out["api/v2/status.json"] = to_json(status_json(view));
  out["api/v2/summary.json"] = to_json(summary_json(view));
  out["api/v2/components.json"] = to_json(components_json(view));
  out["api/v2/incidents.json"] = to_json(incidents_json(view, false));
  out["api/v2/incidents/unresolved.json"] = to_json(incidents_json(view, true));
  out["api/v2/scheduled-maintenances.json"] = to_json(maintenances_json(view, Maintenances::all));
  out["api/v2/scheduled-maintenances/upcoming.json"] = to_json(maintenances_json(view, Maintenances::upcoming));
  out["api/v2/scheduled-maintenances/active.json"] = to_json(maintenances_json(view, Maintenances::active));
  return out;
}

std::string_view content_type(std::string_view path) {
  if (path.ends_with(".json")) return "application/json; charset=utf-8";
  if (path.ends_with(".rss")) return "application/rss+xml; charset=utf-8";
  if (path.ends_with(".atom")) return "application/atom+xml; charset=utf-8";
  return "text/html; charset=utf-8";
}

}  // namespace tocsin::status_page
