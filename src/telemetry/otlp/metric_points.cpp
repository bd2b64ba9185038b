#include "telemetry/otlp/metric_points.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <map>

namespace tocsin::telemetry {
namespace {

namespace otlp = wire::otlp;
constexpr std::size_t dimensions_max = 30;
constexpr std::size_t dimension_value_max = 1024;

std::string as_text(const Document& value) { return value.is_string() ? std::string(value.get_string()) : to_json(value); }

Dimensions dimensions_of(const std::string& service, const Object& attributes) {
  std::map<std::string, std::string> sorted{{"Service", service}};
  for (const auto& [name, value] : attributes) {
    const std::string text = as_text(value).substr(0, dimension_value_max);
    if (!text.empty() && sorted.size() < dimensions_max) sorted.emplace(name, text);
  }
  return {sorted.begin(), sorted.end()};
}

std::string series_key(const Scope& scope, const MetricId& id) {
  std::string key = scope.account + '\n' + scope.region + '\n' + id.name;
  for (const auto& [name, value] : id.dimensions) key += '\n' + name + '=' + value;
  return key;
}

// the middle of each bucket that counted something, within what the point says of its extremes
std::vector<WeightedValue> bucket_values(const otlp::MetricPoint& point) {
  std::vector<WeightedValue> values;
  const auto& bounds = point.explicit_bounds;
  for (std::size_t i = 0; i < point.bucket_counts.size(); ++i) {
    if (point.bucket_counts[i] == 0) continue;
    const double low = i == 0 ? point.min.value_or(bounds.empty() ? 0 : std::min(0.0, bounds.front())) : bounds[i - 1];
    const double high = i < bounds.size() ? bounds[i] : point.max.value_or(bounds.empty() ? low : bounds.back());
    values.push_back({(low + std::max(low, high)) / 2, static_cast<double>(point.bucket_counts[i])});
  }
  return values;
}

// OpenTelemetry metrics data model, "ExponentialHistogram": bucket i holds (base^i, base^(i+1)], base = 2^(2^-scale)
std::vector<WeightedValue> exponential_values(const otlp::MetricPoint& point) {
  std::vector<WeightedValue> values;
  if (point.zero_count > 0) values.push_back({0, static_cast<double>(point.zero_count)});
  const double width = std::exp2(-point.scale);
  const auto add = [&](const std::vector<std::uint64_t>& counts, int offset, double sign) {
    for (std::size_t i = 0; i < counts.size(); ++i)
      if (counts[i] > 0) values.push_back({sign * std::exp2((offset + static_cast<double>(i) + 0.5) * width), static_cast<double>(counts[i])});
  };
  add(point.positive_counts, point.positive_offset, 1);
  add(point.negative_counts, point.negative_offset, -1);
  return values;
}

void scale_to_sum(std::vector<WeightedValue>& values, const otlp::MetricPoint& point) {
  double sum = 0;
  for (const WeightedValue& one : values) sum += one.value * one.count;
  if (sum <= 0 || point.sum <= 0) return;
  const double factor = point.sum / sum;
  for (WeightedValue& one : values) {
    one.value *= factor;
    if (point.min) one.value = std::max(one.value, *point.min);
    if (point.max) one.value = std::min(one.value, *point.max);
  }
}

bool is_finite(const std::vector<WeightedValue>& values) {
  return std::all_of(values.begin(), values.end(), [](const WeightedValue& one) { return std::isfinite(one.value) && one.count > 0; });
}

}  // namespace

std::string cloudwatch_unit(std::string_view ucum) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> units = {{{"ms", "Milliseconds"}, {"s", "Seconds"}, {"us", "Microseconds"}, {"By", "Bytes"},
      {"KBy", "Kilobytes"}, {"MBy", "Megabytes"}, {"GBy", "Gigabytes"}, {"%", "Percent"}, {"By/s", "Bytes/Second"}, {"bit", "Bits"}, {"{request}", "Count"}, {"{count}", "Count"}}};
  for (const auto& [from, to] : units)
    if (from == ucum) return std::string(to);
  return "None";
}

std::vector<MetricPoint> to_points(const std::vector<SpanSample>& samples) {
  std::map<std::pair<MetricId, std::int64_t>, MetricPoint> joined;
  for (const SpanSample& sample : samples) {
    MetricId id{std::string(span_metrics_namespace), sample.metric, sample.dimensions};
    const std::int64_t second = to_seconds(sample.at);
    auto [point, fresh] = joined.try_emplace({id, second});
    if (fresh) point->second = {id, sample.unit, instant_from_ms(second * 1000), true, std::vector<WeightedValue>{}};
    auto& values = std::get<std::vector<WeightedValue>>(point->second.sample);
    const auto same = std::find_if(values.begin(), values.end(), [&](const WeightedValue& one) { return one.value == sample.value; });
    if (same == values.end()) values.push_back({sample.value, 1});
    else same->count += 1;
  }
  std::vector<MetricPoint> points;
  for (auto& [key, point] : joined) points.push_back(std::move(point));
  return points;
}

bool OtlpMetrics::make_delta(const std::string& key, const otlp::Metric& metric, otlp::MetricPoint& point) {
  if (marks_.size() >= marks_max && !marks_.contains(key)) return false;
  const std::vector<double> counts(point.bucket_counts.begin(), point.bucket_counts.end());
  auto [entry, fresh] = marks_.try_emplace(key, Mark{point.start_ns, point.value, counts, point.sum});
  Mark& mark = entry->second;
  const bool restarted = mark.start_ns != point.start_ns || point.value < mark.value || mark.counts.size() != counts.size();
  const Mark before = mark;
  mark = {point.start_ns, point.value, counts, point.sum};
  if (fresh) return false;
  if (restarted) return true;  // since its start, all of it is new
  if (metric.kind == otlp::MetricKind::sum) point.value -= before.value;
  point.sum -= before.sum;
  for (std::size_t i = 0; i < counts.size(); ++i) point.bucket_counts[i] -= static_cast<std::uint64_t>(std::min(before.counts[i], counts[i]));
  // the extremes are those since the start, not of this step
  point.min.reset();
  point.max.reset();
  return true;
}

std::vector<WeightedValue> OtlpMetrics::values(const std::string& key, const otlp::Metric& metric, otlp::MetricPoint point) {
  const bool cumulative = metric.temporality == otlp::Temporality::cumulative;
  switch (metric.kind) {
    case otlp::MetricKind::gauge: return {{point.value, 1}};
    case otlp::MetricKind::sum:
      if (cumulative && metric.monotonic && !make_delta(key, metric, point)) return {};
      return {{point.value, 1}};
    case otlp::MetricKind::histogram: {
      if (point.bucket_counts.size() != point.explicit_bounds.size() + 1 || (cumulative && !make_delta(key, metric, point))) return {};
      auto found = bucket_values(point);
      scale_to_sum(found, point);
      return found;
    }
    case otlp::MetricKind::exponential_histogram: {
      if (cumulative) {
        if (exponential_marks_.size() >= marks_max && !exponential_marks_.contains(key)) return {};
        if (!exponential_marks_[key].make_delta(point)) return {};
      }
      auto found = exponential_values(point);
      scale_to_sum(found, point);
      return found;
    }
    case otlp::MetricKind::summary: return {};
  }
  return {};
}

std::vector<MetricPoint> OtlpMetrics::points(const Scope& scope, const otlp::ResourceMetrics& metrics) {
  std::vector<MetricPoint> points;
  const std::string service = service_of(metrics.resource);
  for (const otlp::Metric& metric : metrics.metrics) {
    for (const otlp::MetricPoint& point : metric.points) {
      MetricId id{"OpenTelemetry", metric.name.substr(0, 255), dimensions_of(service, point.attributes)};
      auto found = values(series_key(scope, id), metric, point);
      if (found.empty() || !is_finite(found)) continue;
      points.push_back({std::move(id), cloudwatch_unit(metric.unit), instant_from_ns(point.time_ns), false, std::move(found)});
    }
  }
  return points;
}

}  // namespace tocsin::telemetry
