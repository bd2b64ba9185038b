// The status page for people: no scripts, dark and light, WCAG 2.2 AA, at most 50 KB; links are relative, so that a static copy works
// anywhere. Pure.
#pragma once

#include <string>

#include "communicate/status_page/status_view.h"

namespace tocsin::status_page {

std::string index_html(const StatusView& view);
/// One incident with all its posts; served as incidents/ID.html.
std::string incident_html(const StatusView& view, const updates::PublicIncident& incident);
std::string not_found_html(const StatusView& view);

}  // namespace tocsin::status_page
