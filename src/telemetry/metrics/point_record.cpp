#include "telemetry/metrics/point_record.h"

#include "telemetry/metrics/byte_codec.h"
#include "telemetry/metrics/sample_codec.h"

namespace tocsin::telemetry {
namespace {

constexpr std::uint8_t format_version = 1;
// what repeats the point before it is not written again
enum Flag : std::uint8_t { same_namespace = 1, same_metric = 2, high_resolution = 4, weighted = 8, statistic_set = 16 };

bool same_series(const MetricPoint& a, const MetricPoint& b) { return a.unit == b.unit && a.metric == b.metric; }

SampleKind kind_of(std::uint8_t flags) {
  if (flags & statistic_set) return SampleKind::statistic_set;
  return flags & weighted ? SampleKind::weighted : SampleKind::single;
}

void write_metric(ByteWriter& out, const MetricPoint& point, bool with_namespace) {
  if (with_namespace) out.text(point.metric.metric_namespace);
  out.text(point.metric.name);
  out.text(point.unit);
  out.varint(point.metric.dimensions.size());
  for (const auto& [name, value] : point.metric.dimensions) {
    out.text(name);
    out.text(value);
  }
}

void read_metric(ByteReader& in, MetricPoint& point, bool with_namespace) {
  if (with_namespace) point.metric.metric_namespace = in.text();
  point.metric.name = in.text();
  point.unit = in.text();
  point.metric.dimensions.clear();
  const std::uint64_t size = in.varint();
  for (std::uint64_t i = 0; i < size && !in.failed(); ++i) {
    const std::string_view name = in.text();
    point.metric.dimensions.emplace_back(name, in.text());
  }
}

std::uint8_t flags_of(const MetricPoint& point, const MetricPoint* before) {
  std::uint8_t flags = point.high_resolution ? high_resolution : 0;
  if (std::holds_alternative<StatisticSet>(point.sample)) flags |= statistic_set;
  if (std::holds_alternative<std::vector<WeightedValue>>(point.sample)) flags |= weighted;
  if (!before) return flags;
  if (same_series(point, *before))
    flags |= same_metric;
  else if (point.metric.metric_namespace == before->metric.metric_namespace)
    flags |= same_namespace;
  return flags;
}

}  // namespace

std::string encode_record(const Scope& scope, const std::vector<MetricPoint>& points) {
  std::string bytes;
  ByteWriter out(bytes);
  out.byte(format_version);
  out.text(scope.account);
  out.text(scope.region);
  out.varint(points.size());
  const MetricPoint* before = nullptr;
  std::int64_t time_before = 0;
  for (const MetricPoint& point : points) {
    const std::uint8_t flags = flags_of(point, before);
    out.byte(flags);
    if (!(flags & same_metric)) write_metric(out, point, !(flags & same_namespace));
    const std::int64_t time_ms = to_ms(point.time);
    out.zigzag(time_ms - time_before);
    time_before = time_ms;
    write_sample_body(out, point.sample);
    before = &point;
  }
  return bytes;
}

Result<PointBatch> decode_record(std::string_view bytes) {
  ByteReader in(bytes);
  if (in.byte() != format_version) return fail(ErrorKind::internal, "The record is of another version.");
  PointBatch batch;
  batch.scope.account = in.text();
  batch.scope.region = in.text();
  const std::uint64_t size = in.varint();
  MetricPoint point;
  std::uint64_t time_ms = 0;
  for (std::uint64_t i = 0; i < size && !in.failed(); ++i) {
    const std::uint8_t flags = in.byte();
    if (!(flags & same_metric)) read_metric(in, point, !(flags & same_namespace));
    time_ms += static_cast<std::uint64_t>(in.zigzag());
    point.time = instant_from_ns(static_cast<std::int64_t>(time_ms * 1'000'000));
    point.high_resolution = (flags & high_resolution) != 0;
    point.sample = read_sample_body(in, kind_of(flags));
    batch.points.push_back(point);
  }
  if (in.failed() || !in.at_end()) return fail(ErrorKind::internal, "The record is damaged.");
  return batch;
}

}  // namespace tocsin::telemetry
