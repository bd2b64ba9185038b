// The body of POST /loki/api/v1/push. Pure. https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::wire {

using LokiLabels = std::map<std::string, std::string>;

struct LokiEntry {
  std::int64_t time_ns = 0;
  std::string line;
  LokiLabels metadata;  ///< structured metadata
};

struct LokiStream {
  LokiLabels labels;
  std::vector<LokiEntry> entries;
};

/// JSON when the content type says so, else snappy and protobuf. `invalid` with words; `unsupported` for another content type;
/// `limit_exceeded` when it would grow above `bytes_max`.
Result<std::vector<LokiStream>> parse_loki_push(std::string_view content_type, std::string_view body, std::size_t bytes_max);

/// {app="shop", env="prod"}. `invalid`.
Result<LokiLabels> parse_loki_labels(std::string_view text);
/// The protobuf message logproto.PushRequest. `invalid`.
Result<std::vector<LokiStream>> parse_push_request(std::string_view bytes);

}  // namespace tocsin::wire
