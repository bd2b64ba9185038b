// Counts reports from the logs, a block at a time, so that nothing else waits. Threads: only on the executor of the store.
#pragma once

#include <functional>
#include <memory>

#include "base/executor.h"
#include "telemetry/logs/contributors/contributor_report.h"
#include "telemetry/logs/contributors/contributor_rule.h"
#include "telemetry/logs/log_store.h"

namespace tocsin::telemetry {

class ContributorReports {
 public:
  ContributorReports(Executor& executor, LogStore& store) : executor_(executor), store_(store) {}

  /// A span of time in which the rule was enabled, of arrivals; the end is open while it is.
  struct Span {
    std::int64_t from_ms = 0, to_ms = INT64_MAX;
  };
  struct Request {
    Scope scope;
    ContributorRule rule;
    std::vector<Span> enabled;
    std::int64_t start_ms = 0, end_ms = 0, period_s = 60;  ///< the end is not in it
  };
  void count(Request request, std::move_only_function<void(ContributorReport)> done);

 private:
  struct Running;
  void step(std::shared_ptr<Running> running);

  Executor& executor_;
  LogStore& store_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::telemetry
