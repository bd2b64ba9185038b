#include "telemetry/statsd/statsd_buckets.h"

#include <algorithm>
#include <cmath>

namespace tocsin::telemetry {
namespace {

MetricId metric_of(const StatsdSample& sample) {
  MetricId metric{"CWAgent", sample.name, sample.tags};
  metric.dimensions.emplace_back("metric_type", to_text(sample.type));
  std::sort(metric.dimensions.begin(), metric.dimensions.end());
  return metric;
}

}  // namespace

bool StatsdBuckets::add(const StatsdSample& sample) {
  const Key key{sample.type, metric_of(sample)};
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= series_max) return false;
    found = buckets_.emplace(key, Bucket{}).first;
  }
  Bucket& bucket = found->second;
  switch (sample.type) {
    case StatsdType::counter:
      bucket.total += sample.value / sample.rate;
      return true;
    case StatsdType::gauge: {
      if (gauges_.size() >= series_max && !gauges_.contains(key.second)) return false;
      double& value = gauges_[key.second];
      value = sample.relative ? value + sample.value : sample.value;
      bucket.total = value;
      return true;
    }
    case StatsdType::timing:
    case StatsdType::histogram:
      if (bucket.values.size() >= members_max && !bucket.values.contains(sample.value)) return false;
      bucket.values[sample.value] += 1 / sample.rate;
      return true;
    case StatsdType::set:
      break;
  }
  if (bucket.members.size() >= members_max) return false;
  bucket.members.insert(sample.member);
  return true;
}

Sample StatsdBuckets::sample_of(StatsdType type, const Bucket& bucket) {
  if (type == StatsdType::set) return static_cast<double>(bucket.members.size());
  if (type == StatsdType::counter || type == StatsdType::gauge) return bucket.total;
  std::vector<WeightedValue> values;
  for (const auto& [value, count] : bucket.values) values.push_back({value, count});
  return values;
}

std::vector<MetricPoint> StatsdBuckets::take(Instant time) {
  std::vector<MetricPoint> points;
  for (const auto& [key, bucket] : buckets_) {
    // a counter that ran over has no value
    if (!std::isfinite(bucket.total)) continue;
    points.push_back({.metric = key.second,
                      .unit = key.first == StatsdType::timing ? "Milliseconds" : "None",
                      .time = time,
                      .high_resolution = false,
                      .sample = sample_of(key.first, bucket)});
  }
  buckets_.clear();
  return points;
}

}  // namespace tocsin::telemetry
