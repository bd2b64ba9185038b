#include "telemetry/metrics/sample_codec.h"

namespace tocsin::telemetry {
namespace {
enum Kind : std::uint8_t { single = 0, weighted = 1, statistic_set = 2 };
}

void write_sample(ByteWriter& out, const Sample& sample) {
  out.byte(static_cast<std::uint8_t>(sample.index()));
  if (const double* value = std::get_if<double>(&sample)) return out.real(*value, 0);
  if (const auto* set = std::get_if<StatisticSet>(&sample)) {
    out.count(set->sample_count);
    out.real(set->sum, 0);
    out.real(set->minimum, set->sum);
    return out.real(set->maximum, set->minimum);
  }
  const auto& values = std::get<std::vector<WeightedValue>>(sample);
  out.varint(values.size());
  for (const WeightedValue& each : values) {
    out.real(each.value, 0);
    out.count(each.count);
  }
}

Sample read_sample(ByteReader& in) {
  const std::uint8_t kind = in.byte();
  if (kind == single) return in.real(0);
  if (kind == statistic_set) {
    StatisticSet set;
    set.sample_count = in.count();
    set.sum = in.real(0);
    set.minimum = in.real(set.sum);
    set.maximum = in.real(set.minimum);
    return set;
  }
  std::vector<WeightedValue> values;
  if (kind != weighted) in.fail();
  const std::uint64_t size = in.varint();
  for (std::uint64_t i = 0; i < size && !in.failed(); ++i) {
    const double value = in.real(0);
    values.push_back({value, in.count()});
  }
  return values;
}

}  // namespace tocsin::telemetry
