// What Prometheus sends by remote write. https://prometheus.io/docs/specs/prw/remote_write_spec/
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tocsin::wire {

struct RemoteSample {
  double value = 0;  ///< may be NaN: a series that has ended (stale)
  std::int64_t time_ms = 0;
};

struct RemoteSeries {
  std::vector<std::pair<std::string, std::string>> labels;  ///< among them __name__
  std::vector<RemoteSample> samples;
};

struct RemoteWrite {
  std::vector<RemoteSeries> series;
  std::size_t histograms = 0;  ///< native ones, left out
};

/// A snappy block of a WriteRequest. `invalid` when it is none, `limit_exceeded` when it is larger than `bytes_max` unpacked.
Result<RemoteWrite> parse_remote_write(std::string_view body, std::size_t bytes_max = 32u << 20);
/// The same the other way round, unpacked.
std::string encode_write_request(const std::vector<RemoteSeries>& series);

}  // namespace tocsin::wire
