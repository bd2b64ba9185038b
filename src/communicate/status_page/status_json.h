// Atlassian's Statuspage API v2, public read part, of our view. Pure. https://metastatuspage.com/api
#pragma once

#include "base/document.h"
#include "communicate/status_page/status_view.h"

namespace tocsin::status_page {

Document status_json(const StatusView& view);
Document summary_json(const StatusView& view);
Document components_json(const StatusView& view);
Document incidents_json(const StatusView& view, bool unresolved_only);
enum class Maintenances { all, upcoming, active };
Document maintenances_json(const StatusView& view, Maintenances which);

}  // namespace tocsin::status_page
