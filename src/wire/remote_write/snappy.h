// Snappy's block format, the reading side. https://github.com/google/snappy/blob/main/format_description.txt
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tocsin::wire {

/// `invalid` when the bytes are no block, `limit_exceeded` when it says that it holds more than `bytes_max`.
Result<std::string> snappy_decompress(std::string_view block, std::size_t bytes_max);
/// A block that holds the bytes as they are: for senders of ours and for tests.
std::string snappy_literal(std::string_view bytes);

}  // namespace tocsin::wire
