// The periods of one series in one slot of time: as times and values while each is of one single value, which most are, else as aggregates.
// On disk columns (number_column.h), about a byte a period for a gauge.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "telemetry/metrics/aggregate.h"
#include "telemetry/metrics/number_column.h"

namespace tocsin::telemetry {

/// Where a period of `resolution_s` stands: times are counted from the slot's start.
struct SlotTimes {
  std::int64_t slot_s;
  std::int64_t resolution_s;
};

class PeriodRun {
 public:
  /// The period that begins at `time_s`; made when it is not there.
  void add(std::int64_t time_s, double value);
  void add(std::int64_t time_s, const Sample& sample);
  void merge(std::int64_t time_s, const Aggregate& aggregate);
  void merge(const PeriodRun& other);

  std::size_t size() const { return times_.size(); }
  bool empty() const { return times_.empty(); }
  /// Ascending, seconds since 1970.
  std::int64_t time_s(std::size_t place) const { return times_[place]; }
  /// Whether every period is of one single value; then `value` gives it.
  bool plain() const { return aggregates_.empty(); }
  double value(std::size_t place) const { return values_[place]; }
  /// Of a period, plain or not.
  Aggregate aggregate(std::size_t place) const;

  void clear();
  std::string encode(SlotTimes times) const;
  /// Overwrites this one; `scratch` spares allocations where many are read. False when the bytes are damaged: then it is empty.
  bool decode(std::string_view bytes, SlotTimes times, Integers& scratch);

  bool operator==(const PeriodRun& other) const;

 private:
  Aggregate& at(std::int64_t time_s);
  void spell_out();

  std::vector<std::int64_t> times_;
  std::vector<double> values_;         ///< as many as times, while it is plain
  std::vector<Aggregate> aggregates_;  ///< as many as times, when it is not
};

}  // namespace tocsin::telemetry
