// The periods of one series in one slot of time, at one resolution: in memory as values, on disk as few bytes (about ten a period for a
// gauge).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "telemetry/metrics/aggregate.h"

namespace tocsin::telemetry {

class Chunk {
 public:
  struct Bucket {
    std::int64_t time_s;  ///< start of the period, seconds since 1970
    Aggregate aggregate;
    bool operator==(const Bucket&) const = default;
  };

  /// The period that begins at `time_s`; made when it is not there.
  Aggregate& at(std::int64_t time_s);
  void merge(const Chunk& other);

  const std::vector<Bucket>& buckets() const { return buckets_; }
  bool empty() const { return buckets_.empty(); }

  /// `slot_s` is the slot's start, which the bytes do not repeat.
  std::string encode(std::int64_t slot_s) const;
  static Result<Chunk> decode(std::string_view bytes, std::int64_t slot_s);

  bool operator==(const Chunk&) const = default;

 private:
  std::vector<Bucket> buckets_;  ///< ascending by time
};

}  // namespace tocsin::telemetry
