// gzip (RFC 1952), whole values.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tocsin::wire {

/// Errors: limit_exceeded when it would grow above `bytes_max` (never holds more than that); invalid when it is no whole gzip stream.
Result<std::string> gunzip(std::string_view bytes, std::size_t bytes_max);
std::string gzip(std::string_view bytes);

}  // namespace tocsin::wire
