#include "telemetry/metrics/self_metrics_recorder.h"

namespace tocsin::telemetry {
namespace {
constexpr std::size_t waiting_max = 100'000;
}

SelfMetricsRecorder::SelfMetricsRecorder(Executor& executor, MetricStore& store) : executor_(executor), store_(store) {}

void SelfMetricsRecorder::record(const Scope& scope, std::string_view metric_namespace, std::string_view name, const Dimensions& dimensions,
                                 double value, std::string_view unit) {
  MetricPoint point{.metric = {std::string(metric_namespace), std::string(name), dimensions},
                    .unit = std::string(unit),
                    .time = executor_.now(),
                    .sample = value};
  std::lock_guard lock(mutex_);
  if (count_ == waiting_max) {
    ++lost_;
    return;
  }
  waiting_[scope].push_back(std::move(point));
  if (++count_ == 1 && started_) flush_later();
}

void SelfMetricsRecorder::flush() {
  std::map<Scope, std::vector<MetricPoint>> batches;
  {
    std::lock_guard lock(mutex_);
    batches.swap(waiting_);
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
