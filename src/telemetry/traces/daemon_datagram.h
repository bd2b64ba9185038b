// What SDKs send to the X-Ray daemon: a header line and a segment document. Pure.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
#pragma once

#include <optional>
#include <string_view>

namespace tocsin::telemetry {

/// The document after `{"format": "json", "version": 1}` and the end of that line; nullopt without that header.
std::optional<std::string_view> document_of_datagram(std::string_view datagram);

}  // namespace tocsin::telemetry
