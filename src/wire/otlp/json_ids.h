// OTLP's JSON writes trace and span ids in hex, where protobuf's JSON has base64. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tocsin::wire::otlp {

/// The same JSON text with its ids as protobuf reads them.
Result<std::string> with_base64_ids(std::string_view json);

}  // namespace tocsin::wire::otlp
