// Evidence: which patterns of lines are new since shortly before the incident opened, which are gone, and which come at another rate; from
// counts, without reading a line.
#pragma once

#include "incidents/incidents.h"
#include "storage/state_executor.h"
#include "telemetry/logs/log_store.h"
#include "telemetry/logs/pattern_counts/pattern_counts.h"

namespace tocsin::diagnose {

/// All must outlive it. Answers on the StateExecutor.
class NewLines final : public incidents::EvidenceSource {
 public:
  NewLines(storage::StateExecutor& state, telemetry::LogStore& logs, telemetry::PatternCounts& counts)
      : state_(state), logs_(logs), counts_(counts) {}
  std::string name() const override { return "new_lines"; }
  void gather(const Request& request, Done done) override;

 private:
  std::vector<incidents::Evidence> evidence(const telemetry::ChangeSpan& span,
                                            const std::vector<telemetry::CountedPattern>& patterns) const;

  storage::StateExecutor& state_;
  telemetry::LogStore& logs_;
  telemetry::PatternCounts& counts_;
};

}  // namespace tocsin::diagnose
