// The words of posts to customers, and their cadence: the first at once, scope after 5 min, then at most 20 min apart for two hours, hourly
// after. Pure.
#pragma once

#include <optional>
#include <string>

#include "communicate/updates/public_incident.h"

namespace tocsin::updates {

inline constexpr Duration scope_after = std::chrono::minutes(5);
inline constexpr Duration cadence = std::chrono::minutes(20);
inline constexpr Duration cadence_after_two_hours = std::chrono::hours(1);

/// When the post after one made now is due; nullopt once resolved. `count` posts were made before this one.
std::optional<Instant> next_post_due(incidents::CustomerState state, Instant started, Instant now, std::size_t count);

/// The post for a state, from what is known of the public incident. `next_due` as next_post_due gives it.
std::string post_text(const PublicIncident& incident, incidents::CustomerState state, Instant now, std::optional<Instant> next_due);

/// "03:04 UTC"
std::string post_time(Instant at);

}  // namespace tocsin::updates
