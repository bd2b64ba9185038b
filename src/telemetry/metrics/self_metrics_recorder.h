// Takes our own services' datapoints from any thread and puts them to the store within a second; equal ones of a second as one point with
// their number, so that a metric that counts thousands of things costs the store no more than one that counts a few.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/executor.h"
#include "model/self_metrics.h"
#include "telemetry/metrics/metric_store.h"

namespace tocsin::telemetry {

class SelfMetricsRecorder final : public SelfMetrics {
 public:
  /// `executor` is the store's. Both must outlive this object, which is destroyed on the executor or after it.
  SelfMetricsRecorder(Executor& executor, MetricStore& store);

  /// From any thread.
  void record(const Scope& scope, std::string_view metric_namespace, std::string_view name, const Dimensions& dimensions, double value,
              std::string_view unit) override;
  /// Puts what has come so far; on the executor. From start() on done a second after the first that came.
  void flush();
  void start();
  /// Points that could not be kept.
  std::uint64_t lost() const;

 private:
  void flush_later();

  Executor& executor_;
  MetricStore& store_;
  mutable std::mutex mutex_;
  std::map<Scope, std::vector<MetricPoint>> waiting_;
  /// The point of each metric that more of the same second may still join: where in its scope's batch it is.
  std::unordered_map<std::string, std::pair<std::vector<MetricPoint>*, std::size_t>> open_;
  std::size_t count_ = 0;
  bool started_ = false;
  std::uint64_t lost_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::telemetry
