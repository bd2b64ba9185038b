#include "telemetry/metrics/period_run.h"

#include <algorithm>
#include <bit>

#include "telemetry/metrics/aggregate_columns.h"

namespace tocsin::telemetry {
namespace {

constexpr std::uint8_t plain_form = 0, aggregate_form = 1;
// more than any slot holds: what a damaged length must not make us reserve
constexpr std::uint64_t periods_max = 4096;

Aggregate single(double value) {
  Aggregate aggregate;
  aggregate.count = 1;
  aggregate.sum = aggregate.minimum = aggregate.maximum = value;
  return aggregate;
}

}  // namespace

void PeriodRun::spell_out() {
  aggregates_.reserve(times_.size() + 1);
  for (const double value : values_) aggregates_.push_back(single(value));
  values_.clear();
}

Aggregate& PeriodRun::at(std::int64_t time_s) {
  if (plain()) spell_out();
  const auto place = std::lower_bound(times_.begin(), times_.end(), time_s);
  const auto index = place - times_.begin();
  if (place != times_.end() && *place == time_s) return aggregates_[static_cast<std::size_t>(index)];
  times_.insert(place, time_s);
  return *aggregates_.insert(aggregates_.begin() + index, Aggregate{});
}

void PeriodRun::add(std::int64_t time_s, double value) {
  if (plain()) {
    if (times_.empty() || times_.back() < time_s) {
      times_.push_back(time_s);
      values_.push_back(value);
      return;
    }
    const auto place = std::lower_bound(times_.begin(), times_.end(), time_s);
    if (*place != time_s) {
      values_.insert(values_.begin() + (place - times_.begin()), value);
      times_.insert(place, time_s);
      return;
    }
  }
  at(time_s).add(value);
}

void PeriodRun::add(std::int64_t time_s, const Sample& sample) {
  if (const double* value = std::get_if<double>(&sample)) return add(time_s, *value);
  at(time_s).add(sample);
}

void PeriodRun::merge(std::int64_t time_s, const Aggregate& aggregate) { at(time_s).merge(aggregate); }

void PeriodRun::merge(const PeriodRun& other) {
  if (empty()) {
    *this = other;
    return;
  }
  if (other.plain()) {
    for (std::size_t i = 0; i < other.size(); ++i) add(other.times_[i], other.values_[i]);
    return;
  }
  for (std::size_t i = 0; i < other.size(); ++i) merge(other.times_[i], other.aggregates_[i]);
}

Aggregate PeriodRun::aggregate(std::size_t place) const { return plain() ? single(values_[place]) : aggregates_[place]; }

void PeriodRun::clear() {
  times_.clear();
  values_.clear();
  aggregates_.clear();
}

bool PeriodRun::operator==(const PeriodRun& other) const {
  if (times_ != other.times_) return false;
  for (std::size_t i = 0; i < size(); ++i)
    if (!(aggregate(i) == other.aggregate(i))) return false;
  return true;
}

std::string PeriodRun::encode(SlotTimes times) const {
  std::string bytes;
  const bool singles = std::all_of(aggregates_.begin(), aggregates_.end(), [](const Aggregate& each) {
    return each.uniform() && each.count == 1 && std::bit_cast<std::uint64_t>(each.sum) == std::bit_cast<std::uint64_t>(each.minimum);
  });
  ByteWriter out(bytes);
  out.byte(singles ? plain_form : aggregate_form);
  out.varint(times_.size());
  Integers places(times_.size());
  for (std::size_t i = 0; i < places.size(); ++i) places[i] = (times_[i] - times.slot_s) / times.resolution_s;
  write_integers(bytes, places);
  if (!singles) {
    write_aggregates(bytes, aggregates_);
  } else if (plain()) {
    write_reals(bytes, values_);
  } else {
    Reals values;
    for (const Aggregate& each : aggregates_) values.push_back(each.minimum);
    write_reals(bytes, values);
  }
  return bytes;
}

bool PeriodRun::decode(std::string_view bytes, SlotTimes times, Integers& scratch) {
  clear();
  ByteReader in(bytes);
  const std::uint8_t form = in.byte();
  const std::uint64_t count = in.varint();
  const bool known = !in.failed() && form <= aggregate_form && count <= periods_max;
  bool whole = known && read_integers(in, count, times_);
  for (std::size_t i = 0; whole && i < times_.size(); ++i) {
    // a slot holds no more periods than that, and they ascend
    if (times_[i] < 0 || times_[i] > 1'000'000) whole = false;
    times_[i] = times.slot_s + (whole ? times_[i] * times.resolution_s : 0);
    if (i > 0 && times_[i] <= times_[i - 1]) whole = false;
  }
  whole = whole && (form == plain_form ? read_reals(in, count, values_, scratch) : read_aggregates(in, count, aggregates_, scratch)) &&
          in.at_end();
  if (!whole) clear();
  return whole;
}

}  // namespace tocsin::telemetry
