// The keys of a group's series, and when each was last seen, as they stand in its row.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "telemetry/metrics/series_block.h"

namespace tocsin::telemetry {

using MemberKeys = std::vector<std::pair<Member, std::string>>;

/// Packed together: keys of one group have much in common.
std::string encode_names(const MemberKeys& keys);
bool decode_names(std::string_view bytes, MemberKeys& keys);

std::string encode_seen(const std::vector<std::int64_t>& last_seen_s);
bool decode_seen(std::string_view bytes, std::size_t count, std::vector<std::int64_t>& last_seen_s);

}  // namespace tocsin::telemetry
