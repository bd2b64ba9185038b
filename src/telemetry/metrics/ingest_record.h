// A batch as a record of the ingest log. Series are named by their ids; those that neither the database nor the log names yet are named in
// full. Records of the release before (point_record.h) name every series in full; the first byte tells them apart.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "telemetry/metrics/metric.h"
#include "telemetry/metrics/series_dictionary.h"

namespace tocsin::telemetry {

/// A point whose series is known; `sample` points to a sample that is no single value, or is null.
struct KnownPoint {
  Series* series;
  std::int64_t time_ms;
  bool high_resolution;
  double value;
  const Sample* sample;
};

std::string encode_ingest_record(std::span<const KnownPoint> points);
/// Whether the bytes begin as such a record does.
bool is_ingest_record(std::string_view bytes);

struct IngestRecord {
  struct Name {
    std::uint32_t id;
    std::string_view key;
  };
  struct Point {
    std::uint32_t id;
    std::int64_t time_ms;
    bool high_resolution;
    Sample sample;
  };
  std::vector<Name> names;
  std::vector<Point> points;
};

/// Its keys point into `bytes`. `internal` when the bytes are no whole record.
Result<IngestRecord> decode_ingest_record(std::string_view bytes);

}  // namespace tocsin::telemetry
