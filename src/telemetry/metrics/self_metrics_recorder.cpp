#include "telemetry/metrics/self_metrics_recorder.h"

namespace tocsin::telemetry {
namespace {
constexpr std::size_t waiting_max = 100'000;
// beyond, another point is begun
constexpr std::size_t different_values_max = 64;

/// False when it holds too many different values already.
bool join(MetricPoint& point, double value) {
  if (const double* only = std::get_if<double>(&point.sample)) {
    if (*only == value)
      point.sample = std::vector<WeightedValue>{{value, 2}};
    else
      point.sample = std::vector<WeightedValue>{{*only, 1}, {value, 1}};
    return true;
  }
  auto& values = std::get<std::vector<WeightedValue>>(point.sample);
  for (WeightedValue& known : values)
    if (known.value == value) return known.count += 1, true;
  if (values.size() == different_values_max) return false;
  values.push_back({value, 1});
  return true;
}

std::string key_of(const Scope& scope, std::string_view metric_namespace, std::string_view name, const Dimensions& dimensions,
                   std::string_view unit, Instant now) {
  std::string key;
  const auto add = [&key](std::string_view part) { key.append(part).push_back('\0'); };
  key.reserve(160);
  for (const std::string_view part : {std::string_view(scope.account), std::string_view(scope.region), metric_namespace, name, unit})
    add(part);
  for (const auto& [dimension, value] : dimensions) add(dimension), add(value);
  // a point keeps to its second
  const std::int64_t second = to_seconds(now);
  key.append(reinterpret_cast<const char*>(&second), sizeof(second));
  return key;
}

}  // namespace

SelfMetricsRecorder::SelfMetricsRecorder(Executor& executor, MetricStore& store) : executor_(executor), store_(store) {}

void SelfMetricsRecorder::record(const Scope& scope, std::string_view metric_namespace, std::string_view name, const Dimensions& dimensions,
                                 double value, std::string_view unit) {
  const Instant now = executor_.now();
  std::string key = key_of(scope, metric_namespace, name, dimensions, unit, now);
  std::lock_guard lock(mutex_);
  if (const auto open = open_.find(key); open != open_.end() && join((*open->second.first)[open->second.second], value)) return;
  if (count_ == waiting_max) {
    ++lost_;
    return;
  }
  std::vector<MetricPoint>& batch = waiting_[scope];
  open_.insert_or_assign(std::move(key), std::pair(&batch, batch.size()));
  batch.push_back(
      {.metric = {std::string(metric_namespace), std::string(name), dimensions}, .unit = std::string(unit), .time = now, .sample = value});
  if (++count_ == 1 && started_) flush_later();
}

void SelfMetricsRecorder::flush() {
  std::map<Scope, std::vector<MetricPoint>> batches;
  {
    std::lock_guard lock(mutex_);
    batches.swap(waiting_);
    open_.clear();
    count_ = 0;
  }
  for (const auto& [scope, points] : batches) {
    if (store_.put(scope, points)) continue;
    std::lock_guard lock(mutex_);
    lost_ += points.size();
  }
}

void SelfMetricsRecorder::start() {
  std::lock_guard lock(mutex_);
  if (started_) return;
  started_ = true;
  if (count_ > 0) flush_later();
}

void SelfMetricsRecorder::flush_later() {
  executor_.post_after(std::chrono::seconds(1), [this, living = std::weak_ptr(alive_)] {
    if (!living.expired()) flush();
  });
}

std::uint64_t SelfMetricsRecorder::lost() const {
  std::lock_guard lock(mutex_);
  return lost_;
}

}  // namespace tocsin::telemetry
