// Evidence: the error lines that all groups of logs have since shortly before the incident opened, by pattern, the most frequent first.
#pragma once

#include "incidents/incidents.h"
#include "storage/state_executor.h"
#include "telemetry/logs/log_store.h"

namespace tocsin::diagnose {

/// Reads in slices on the StateExecutor, which must be the log store's executor too, for at most 800 ms: then what was found by then,
/// newest lines first, is the answer.
class ErrorLogs final : public incidents::EvidenceSource {
 public:
  ErrorLogs(storage::StateExecutor& state, telemetry::LogStore& logs) : state_(state), logs_(logs) {}
  /// How the lines of a group are masked. Without it they are shown as they are.
  void bind_masks(std::function<std::function<std::string(std::string_view, std::int64_t)>(telemetry::LogGroupId)> masks) { masks_ = std::move(masks); }
  std::string name() const override { return "logs"; }
  void gather(const Request& request, Done done) override;

 private:
  struct Search;
  void go_on(std::shared_ptr<Search> search);

  storage::StateExecutor& state_;
  telemetry::LogStore& logs_;
  std::function<std::function<std::string(std::string_view, std::int64_t)>(telemetry::LogGroupId)> masks_;
};

}  // namespace tocsin::diagnose
