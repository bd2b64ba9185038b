// What happens to log events as they arrive. Threads: only on the StateExecutor; events arrive inside a unit of work.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "model/self_metrics.h"
#include "storage/state_executor.h"
#include "telemetry/logs/live_tail/live_tails.h"
#include "telemetry/logs/log_store.h"
#include "telemetry/logs/pattern_counts/pattern_counts.h"
#include "telemetry/logs/settings/log_settings.h"
#include "telemetry/logs/subscriptions/subscription_targets.h"
#include "telemetry/metrics/metric_store.h"

namespace tocsin::telemetry {

class LogIntake {
 public:
  /// All must outlive this object; `self_metrics` may be null.
  LogIntake(storage::StateExecutor& state, LogStore& store, LogSettings& settings, MetricStore& metrics, SubscriptionTargets& targets,
            LiveTails& tails, SelfMetrics* self_metrics);
  ~LogIntake();

  /// Patterns are counted there, too. Before start().
  void count_patterns(PatternCounts& patterns) { patterns_ = &patterns; }
  /// Hears of arrivals from now on.
  void start();

 private:
  struct Group;
  struct Event;
  Group& group_of(const LogGroup& group);
  void add_account_policies(const LogGroup& group, Group& kept);
  std::vector<Event> events_of(const Group& group, const LogArrival& arrival) const;
  void arrived(const LogArrival& arrival);
  void measure(Group& group, const LogArrival& arrival, const std::vector<Event>& events);
  void forward(Group& group, const LogArrival& arrival, const std::vector<Event>& events);
  void switch_off(const LogGroup& group, const std::string& filter);
  void plan_defaults();
  void put_defaults();
  void put(const Scope& scope, std::vector<MetricPoint> points);

  storage::StateExecutor& state_;
  LogStore& store_;
  LogSettings& settings_;
  MetricStore& metrics_;
  SubscriptionTargets& targets_;
  LiveTails& tails_;
  SelfMetrics* self_metrics_;
  PatternCounts* patterns_ = nullptr;
  std::map<LogGroupId, std::unique_ptr<Group>> groups_;
  bool defaults_planned_ = false;
  int forwarding_depth_ = 0;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::telemetry
