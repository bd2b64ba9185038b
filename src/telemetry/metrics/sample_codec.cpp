#include "telemetry/metrics/sample_codec.h"

namespace tocsin::telemetry {
namespace {

StatisticSet read_statistic_set(ByteReader& in) {
  StatisticSet set;
  set.sample_count = in.count();
  set.sum = in.real(0);
  set.minimum = in.real(set.sum);
  set.maximum = in.real(set.minimum);
  return set;
}

std::vector<WeightedValue> read_weighted(ByteReader& in) {
  std::vector<WeightedValue> values;
  const std::uint64_t size = in.varint();
  for (std::uint64_t i = 0; i < size && !in.failed(); ++i) {
    const double value = in.real(0);
    values.push_back({value, in.count()});
  }
  return values;
}

}  // namespace

void write_sample_body(ByteWriter& out, const Sample& sample) {
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

Sample read_sample_body(ByteReader& in, SampleKind kind) {
  switch (kind) {
    case SampleKind::single:
      return in.real(0);
    case SampleKind::weighted:
      return read_weighted(in);
    case SampleKind::statistic_set:
      return read_statistic_set(in);
  }
  in.fail();
  return {};
}

void write_sample(ByteWriter& out, const Sample& sample) {
  out.byte(static_cast<std::uint8_t>(sample.index()));
  write_sample_body(out, sample);
}

Sample read_sample(ByteReader& in) { return read_sample_body(in, static_cast<SampleKind>(in.byte())); }

}  // namespace tocsin::telemetry
