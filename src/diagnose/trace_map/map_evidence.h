// Evidence: the map of services that the traces around the opening of an incident show.
#pragma once

#include "incidents/incidents.h"
#include "storage/state_executor.h"
#include "telemetry/traces/trace_store.h"

namespace tocsin::diagnose {

/// Threads: as EvidenceSource; on the StateExecutor, which must be the trace store's executor too.
class MapEvidence final : public incidents::EvidenceSource {
 public:
  MapEvidence(storage::StateExecutor& state, telemetry::TraceStore& traces) : state_(state), traces_(traces) {}
  std::string name() const override { return "trace_map"; }
  void gather(const Request& request, Done done) override;

 private:
  std::vector<incidents::Evidence> look(const Request& request);

  storage::StateExecutor& state_;
  telemetry::TraceStore& traces_;
};

}  // namespace tocsin::diagnose
