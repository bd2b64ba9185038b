#include <boost/json.hpp>

#include "opentelemetry/proto/collector/metrics/v1/metrics_service.pb.h"
#include "wire/otlp/attributes.h"
#include "wire/otlp/message.h"
#include "wire/otlp/otlp.h"

namespace tocsin::wire::otlp {
namespace {
namespace proto = opentelemetry::proto::metrics::v1;

Temporality temporality_of(proto::AggregationTemporality temporality) {
  if (temporality == proto::AGGREGATION_TEMPORALITY_DELTA) return Temporality::delta;
  return temporality == proto::AGGREGATION_TEMPORALITY_CUMULATIVE ? Temporality::cumulative : Temporality::unspecified;
}

// a point that records the absence of a value is none
template <typename Point>
bool has_value(const Point& point) {
  return (point.flags() & proto::DATA_POINT_FLAGS_NO_RECORDED_VALUE_MASK) == 0;
}

template <typename From>
MetricPoint start_point(const From& from) {
  MetricPoint point;
  point.attributes = to_object(from.attributes());
  point.start_ns = static_cast<std::int64_t>(from.start_time_unix_nano());
  point.time_ns = static_cast<std::int64_t>(from.time_unix_nano());
  return point;
}

template <typename From>
MetricPoint start_distribution(const From& from) {
  MetricPoint point = start_point(from);
  point.count = from.count();
  point.sum = from.sum();
  if (from.has_min()) point.min = from.min();
  if (from.has_max()) point.max = from.max();
  return point;
}

void add_numbers(Metric& metric, const google::protobuf::RepeatedPtrField<proto::NumberDataPoint>& points) {
  for (const auto& from : points) {
    if (!has_value(from)) continue;
    MetricPoint point = start_point(from);
    point.value = from.value_case() == proto::NumberDataPoint::kAsInt ? static_cast<double>(from.as_int()) : from.as_double();
    metric.points.push_back(std::move(point));
  }
}

void add_histograms(Metric& metric, const proto::Histogram& histogram) {
  metric.temporality = temporality_of(histogram.aggregation_temporality());
  for (const auto& from : histogram.data_points()) {
    if (!has_value(from)) continue;
    MetricPoint point = start_distribution(from);
    point.explicit_bounds.assign(from.explicit_bounds().begin(), from.explicit_bounds().end());
    point.bucket_counts.assign(from.bucket_counts().begin(), from.bucket_counts().end());
    metric.points.push_back(std::move(point));
  }
}

void add_exponential_histograms(Metric& metric, const proto::ExponentialHistogram& histogram) {
  metric.temporality = temporality_of(histogram.aggregation_temporality());
  for (const auto& from : histogram.data_points()) {
    if (!has_value(from)) continue;
    MetricPoint point = start_distribution(from);
    point.scale = from.scale();
    point.zero_count = from.zero_count();
    point.positive_offset = from.positive().offset();
    point.negative_offset = from.negative().offset();
    point.positive_counts.assign(from.positive().bucket_counts().begin(), from.positive().bucket_counts().end());
    point.negative_counts.assign(from.negative().bucket_counts().begin(), from.negative().bucket_counts().end());
    metric.points.push_back(std::move(point));
  }
}

void add_summaries(Metric& metric, const proto::Summary& summary) {
  for (const auto& from : summary.data_points()) {
    if (!has_value(from)) continue;
    MetricPoint point = start_point(from);
    point.count = from.count();
    point.sum = from.sum();
    metric.points.push_back(std::move(point));
  }
}

Metric to_metric(const proto::Metric& from) {
  Metric metric;
  metric.name = from.name();
  metric.unit = from.unit();
  switch (from.data_case()) {
    case proto::Metric::kSum:
      metric.kind = MetricKind::sum;
      metric.temporality = temporality_of(from.sum().aggregation_temporality());
      metric.monotonic = from.sum().is_monotonic();
      add_numbers(metric, from.sum().data_points());
      break;
    case proto::Metric::kHistogram:
      metric.kind = MetricKind::histogram;
      add_histograms(metric, from.histogram());
      break;
    case proto::Metric::kExponentialHistogram:
      metric.kind = MetricKind::exponential_histogram;
      add_exponential_histograms(metric, from.exponential_histogram());
      break;
    case proto::Metric::kSummary:
      metric.kind = MetricKind::summary;
      add_summaries(metric, from.summary());
      break;
    default: add_numbers(metric, from.gauge().data_points());
  }
  return metric;
}
}  // namespace

Result<std::vector<ResourceMetrics>> parse_metrics(std::string_view body, Encoding encoding) {
  opentelemetry::proto::collector::metrics::v1::ExportMetricsServiceRequest request;
  if (const Result<void> read = read_message(body, encoding, request); !read) return std::unexpected(read.error());
  std::vector<ResourceMetrics> result;
  for (const auto& group : request.resource_metrics()) {
    for (const auto& scope : group.scope_metrics()) {
      ResourceMetrics& metrics = result.emplace_back();
      metrics.resource.attributes = to_object(group.resource().attributes());
      metrics.scope_name = scope.scope().name();
      for (const auto& metric : scope.metrics()) metrics.metrics.push_back(to_metric(metric));
    }
  }
  return result;
}

}  // namespace tocsin::wire::otlp
