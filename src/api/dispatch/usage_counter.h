// AWS/Usage CallCount of every call, gathered and told once a minute so that a busy server pays one datapoint a minute and operation.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-Service-Quota-Integration.html
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <tuple>

#include "base/executor.h"
#include "model/scope.h"
#include "model/self_metrics.h"

namespace tocsin::api {

/// Touched only on `executor`.
class UsageCounter {
 public:
  UsageCounter(Executor& executor, SelfMetrics& metrics) : executor_(executor), metrics_(metrics) {}
  ~UsageCounter() { executor_.cancel(timer_); }
  UsageCounter(const UsageCounter&) = delete;

  /// `service` as the metric names it: the model's service id.
  void count(const Scope& scope, std::string_view service, std::string_view operation);

 private:
  void flush();

  using Key = std::tuple<Scope, std::string, std::string>;
  Executor& executor_;
  SelfMetrics& metrics_;
  std::map<Key, double> counts_;
  TimerId timer_ = 0;
};

}  // namespace tocsin::api
