// Rows of one group as compressed bytes. Blocks are columns (column_block.h); those of earlier releases are one zstd frame with times,
// places and streams, then the messages, and are read still.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "telemetry/logs/log_store.h"

namespace tocsin::telemetry {

/// A block holds no more than this before compression, but for one long message.
inline constexpr std::size_t block_bytes_max = 2u << 20;

/// As earlier releases wrote them. `rows` in the order of position.
std::string encode_row_block(const std::vector<LogRow>& rows);
LogRow to_row(const LogRowView& view);
/// Of any bytes: `internal` when they are no block of either kind. The rows bear `group` and are in the order of position.
Result<std::vector<LogRow>> decode_block(std::string_view bytes, LogGroupId group);
/// Of a block of an earlier release, as views into `raw`, which is set.
Result<std::vector<LogRowView>> view_row_block(std::string_view bytes, LogGroupId group, std::string& raw);

}  // namespace tocsin::telemetry
