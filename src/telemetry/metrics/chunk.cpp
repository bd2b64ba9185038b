#include "telemetry/metrics/chunk.h"

#include <algorithm>
#include <cmath>

#include "telemetry/metrics/byte_codec.h"

namespace tocsin::telemetry {
namespace {

constexpr std::uint8_t format_version = 1;
enum Shape : std::uint8_t { uniform = 0, values_unknown = 1, values_exact = 2, values_binned = 3 };

Shape shape_of(const Aggregate& aggregate) {
  if (aggregate.uniform()) return uniform;
  if (aggregate.distribution.empty()) return values_unknown;
  return aggregate.distribution.exact() ? values_exact : values_binned;
}

void write_values(ByteWriter& out, const Distribution& distribution) {
  out.varint(distribution.values().size());
  double before = 0;
  std::int64_t bin_before = 0;
  for (const WeightedValue& each : distribution.values()) {
    if (distribution.exact()) {
      out.real(each.value, before);
      before = each.value;
    } else {
      // value_of is in the middle of its bin, so bin_of finds it again
      const int bin = Distribution::bin_of(each.value);
      out.zigzag(bin - bin_before);
      bin_before = bin;
    }
    out.count(each.count);
  }
}

Distribution read_values(ByteReader& in, bool binned) {
  const std::uint64_t size = in.varint();
  std::vector<WeightedValue> values;
  double before = 0;
  std::int64_t bin = 0;
  for (std::uint64_t i = 0; i < size && !in.failed(); ++i) {
    if (binned) {
      bin += std::clamp<std::int64_t>(in.zigzag(), -100'000, 100'000);
      before = Distribution::value_of(static_cast<int>(std::clamp<std::int64_t>(bin, -25'100, 25'100)));
    } else {
      before = in.real(before);
    }
    values.push_back({before, in.count()});
  }
  return Distribution::restore(std::move(values), binned);
}

void write_aggregate(ByteWriter& out, const Aggregate& aggregate, double& before) {
  const Shape shape = shape_of(aggregate);
  out.byte(shape);
  out.count(aggregate.count);
  out.real(aggregate.minimum, before);
  before = aggregate.minimum;
  if (shape == uniform) {
    // the sum of equal values is nearly always the product; when rounding made it another, it is kept
    out.real(aggregate.sum, aggregate.minimum * aggregate.count);
    return;
  }
  out.real(aggregate.maximum, aggregate.minimum);
  out.real(aggregate.sum, aggregate.maximum * aggregate.count);
  if (shape != values_unknown) write_values(out, aggregate.distribution);
}

Aggregate read_aggregate(ByteReader& in, double& before) {
  Aggregate aggregate;
  const std::uint8_t shape = in.byte();
  aggregate.count = in.count();
  aggregate.minimum = before = in.real(before);
  if (shape == uniform) {
    aggregate.maximum = aggregate.minimum;
    aggregate.sum = in.real(aggregate.minimum * aggregate.count);
    return aggregate;
  }
  aggregate.maximum = in.real(aggregate.minimum);
  aggregate.sum = in.real(aggregate.maximum * aggregate.count);
  if (shape != values_unknown) aggregate.distribution = read_values(in, shape == values_binned);
  return aggregate;
}

}  // namespace

Aggregate& Chunk::at(std::int64_t time_s) {
  if (!buckets_.empty() && buckets_.back().time_s == time_s) return buckets_.back().aggregate;
  const auto place =
      std::lower_bound(buckets_.begin(), buckets_.end(), time_s, [](const Bucket& a, std::int64_t b) { return a.time_s < b; });
  if (place != buckets_.end() && place->time_s == time_s) return place->aggregate;
  return buckets_.insert(place, Bucket{time_s, {}})->aggregate;
}

void Chunk::merge(const Chunk& other) {
  for (const Bucket& each : other.buckets_) at(each.time_s).merge(each.aggregate);
}

std::string Chunk::encode(std::int64_t slot_s) const {
  std::string bytes;
  ByteWriter out(bytes);
  out.byte(format_version);
  out.varint(buckets_.size());
  std::int64_t time_before = slot_s;
  double before = 0;
  for (const Bucket& each : buckets_) {
    out.zigzag(each.time_s - time_before);
    time_before = each.time_s;
    write_aggregate(out, each.aggregate, before);
  }
  return bytes;
}

Result<Chunk> Chunk::decode(std::string_view bytes, std::int64_t slot_s) {
  ByteReader in(bytes);
  if (in.byte() != format_version) return fail(ErrorKind::internal, "The chunk is of another version.");
  const std::uint64_t size = in.varint();
  Chunk chunk;
  std::int64_t time_s = slot_s;
  double before = 0;
  for (std::uint64_t i = 0; i < size && !in.failed(); ++i) {
    time_s = static_cast<std::int64_t>(static_cast<std::uint64_t>(time_s) + static_cast<std::uint64_t>(in.zigzag()));
    chunk.buckets_.push_back({time_s, read_aggregate(in, before)});
  }
  if (in.failed() || !in.at_end()) return fail(ErrorKind::internal, "The chunk is damaged.");
  return chunk;
}

}  // namespace tocsin::telemetry
