// What Prometheus sends by remote write. https://prometheus.io/docs/specs/prw/remote_write_spec/
#pragma once

#include <cstdint>
#include <memory>
#include <span>
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

/// A request, read in place: names and values of labels point into `bytes`, which moves with it.
struct RemoteWrite {
  using Label = std::pair<std::string_view, std::string_view>;
  struct Series {
    std::uint32_t labels_begin, labels_end;
    std::uint32_t samples_begin, samples_end;
  };
  std::unique_ptr<const std::string> bytes;
  std::vector<Label> labels;  ///< of all series, as they were sent
  std::vector<RemoteSample> samples;
  std::vector<Series> series;
  std::size_t histograms = 0;  ///< native ones, left out

  std::span<const Label> labels_of(const Series& each) const {
    return {labels.data() + each.labels_begin, labels.data() + each.labels_end};
  }
  std::span<const RemoteSample> samples_of(const Series& each) const {
    return {samples.data() + each.samples_begin, samples.data() + each.samples_end};
  }
};

/// A snappy block of a WriteRequest. `invalid` when it is none, `limit_exceeded` when it is larger than `bytes_max` unpacked.
Result<RemoteWrite> parse_remote_write(std::string_view body, std::size_t bytes_max = 32u << 20);
/// The same the other way round, unpacked.
std::string encode_write_request(const std::vector<RemoteSeries>& series);

}  // namespace tocsin::wire
