// What reading a span of time makes of the periods that are found, whatever their order: aggregates by the asked period, or the five basic
// figures alone, which need no distributions.
#pragma once

#include <algorithm>

#include "telemetry/metrics/period_run.h"
#include "telemetry/metrics/retention.h"

namespace tocsin::telemetry {

/// Periods of the asked length, counted from where the request starts.
class AskedPeriods {
 public:
  AskedPeriods(std::int64_t anchor_s, std::int64_t period_s) : anchor_s_(anchor_s), period_s_(period_s), start_s_(anchor_s) {}
  std::int64_t start_of(std::int64_t time_s) {
    if (time_s - start_s_ >= period_s_ || time_s < start_s_) {
      // most often it is the next one
      start_s_ += period_s_;
      if (time_s - start_s_ >= period_s_ || time_s < start_s_) start_s_ = anchor_s_ + floor_to(time_s - anchor_s_, period_s_);
    }
    return start_s_;
  }

 private:
  const std::int64_t anchor_s_, period_s_;
  std::int64_t start_s_;
};

class AggregateSink {
 public:
  explicit AggregateSink(AskedPeriods periods) : periods_(periods) {}
  void operator()(std::int64_t time_s, double value) { run_.add(periods_.start_of(time_s), value); }
  void operator()(std::int64_t time_s, const Aggregate& aggregate) { run_.merge(periods_.start_of(time_s), aggregate); }
  const PeriodRun& run() const { return run_; }

 private:
  AskedPeriods periods_;
  PeriodRun run_;
};

class BasicSink {
 public:
  struct Period {
    std::int64_t start_s;
    double count, sum, minimum, maximum;
  };
  /// Fills `found`, whose room spares allocations where many are read.
  BasicSink(AskedPeriods periods, std::vector<Period>& found) : periods_(periods), found_(found) { found_.clear(); }
  void operator()(std::int64_t time_s, double value) { add({periods_.start_of(time_s), 1, value, value, value}); }
  void operator()(std::int64_t time_s, const Aggregate& each) {
    if (each.count > 0) add({periods_.start_of(time_s), each.count, each.sum, each.minimum, each.maximum});
  }
  /// Ascending by time.
  const std::vector<Period>& periods() const { return found_; }

 private:
  void add(const Period& more) {
    if (found_.empty() || found_.back().start_s < more.start_s) {
      found_.push_back(more);
      return;
    }
    auto place =
        std::lower_bound(found_.begin(), found_.end(), more.start_s, [](const Period& a, std::int64_t b) { return a.start_s < b; });
    if (place->start_s != more.start_s) {
      found_.insert(place, more);
      return;
    }
    place->count += more.count;
    place->sum += more.sum;
    place->minimum = std::min(place->minimum, more.minimum);
    place->maximum = std::max(place->maximum, more.maximum);
  }

  AskedPeriods periods_;
  std::vector<Period>& found_;
};

}  // namespace tocsin::telemetry
