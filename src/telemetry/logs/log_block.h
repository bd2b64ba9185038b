// Rows of one group as compressed bytes: columns of times, places and streams, then the messages, in one zstd frame.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "telemetry/logs/log_store.h"

namespace tocsin::telemetry {

/// A block holds no more than this before compression, but for one long message.
inline constexpr std::size_t block_bytes_max = 1u << 20;

/// `rows` in the order of position.
std::string encode_block(const std::vector<LogRow>& rows);
LogRow to_row(const LogRowView& view);
/// Of any bytes: `internal` when they are not what encode_block wrote. The rows bear `group`.
Result<std::vector<LogRow>> decode_block(std::string_view bytes, LogGroupId group);
/// The same, as views into `raw`, which is set.
Result<std::vector<LogRowView>> view_block(std::string_view bytes, LogGroupId group, std::string& raw);

}  // namespace tocsin::telemetry
