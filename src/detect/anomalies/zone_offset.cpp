#include "detect/anomalies/zone_offset.h"

#include <date/tz.h>

#include "base/schedule/schedule.h"

namespace tocsin::detect {

bool is_zone(const std::string& zone) { return is_time_zone(zone); }

Duration zone_offset(const std::string& zone, Instant at) {
  if (zone.empty() || zone == "UTC" || !is_zone(zone)) return {};
  return date::locate_zone(zone)->get_info(std::chrono::floor<std::chrono::seconds>(at)).offset;
}

}  // namespace tocsin::detect
