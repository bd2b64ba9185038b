// How far the clocks of a zone are ahead of UTC.
#pragma once

#include <string>

#include "base/clock.h"

namespace tocsin::detect {

/// `zone` is an IANA name; UTC when it is empty or unknown.
Duration zone_offset(const std::string& zone, Instant at);
bool is_zone(const std::string& zone);

}  // namespace tocsin::detect
