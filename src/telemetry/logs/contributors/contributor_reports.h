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
  /// Of a rule as it is kept (log_setting::insight_rule); the times are still to be set.
  static Result<Request> request_of(const Scope& scope, const Document& kept);
  void count(Request request, std::move_only_function<void(ContributorReport)> done);
  /// The same at once; `invalid` when there are more events to look at than that.
  Result<ContributorReport> count_now(Request request, std::size_t events_max);

 private:
  struct Running;
  std::unique_ptr<LogScan> scan_for(const Request& request);
  void step(std::shared_ptr<Running> running);

  Executor& executor_;
  LogStore& store_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace tocsin::telemetry
