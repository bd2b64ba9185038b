// Evidence: how every service does now against before, which one (or which dependency) is to blame, and what its hosts say when they are
// looked at.
#pragma once

#include "diagnose/investigations/host_looker.h"
#include "diagnose/investigations/service_comparison.h"
#include "diagnose/investigations/suspect_hosts.h"
#include "incidents/incidents.h"
#include "storage/state_executor.h"
#include "telemetry/metrics/metric_store.h"
#include "telemetry/traces/service_graph.h"

namespace tocsin::diagnose {

/// Threads: as EvidenceSource; everything runs on the StateExecutor, which must be the metric store's executor too.
class ServiceChanges final : public incidents::EvidenceSource {
 public:
  ServiceChanges(storage::StateExecutor& state, telemetry::MetricStore& metrics, telemetry::ServiceGraph& graph, hosts::HostRegistry& hosts,
                 incidents::Incidents& incidents, HostLooker& looker)
      : state_(state), metrics_(metrics), graph_(graph), suspect_hosts_(hosts, incidents), looker_(looker) {}
  std::string name() const override { return "service_changes"; }
  void gather(const Request& request, Done done) override;

 private:
  struct Found;
  void compare(Found& found);
  void look_at_hosts(std::shared_ptr<Found> found);

  storage::StateExecutor& state_;
  telemetry::MetricStore& metrics_;
  telemetry::ServiceGraph& graph_;
  SuspectHosts suspect_hosts_;
  HostLooker& looker_;
};

}  // namespace tocsin::diagnose
