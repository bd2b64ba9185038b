// Evidence: how every service does now against before, and on which hosts the suspect runs.
#pragma once

#include "hosts/host_registry.h"
#include "incidents/incidents.h"
#include "storage/state_executor.h"
#include "telemetry/metrics/metric_store.h"
#include "telemetry/traces/service_graph.h"

namespace tocsin::diagnose {

/// The title of the related items that name the suspect's hosts.
inline constexpr std::string_view suspect_host_title = "Suspect host";

/// Threads: as EvidenceSource; everything runs on the StateExecutor, which must be the metric store's executor too.
class ServiceChanges final : public incidents::EvidenceSource {
 public:
  ServiceChanges(storage::StateExecutor& state, telemetry::MetricStore& metrics, telemetry::ServiceGraph& graph, hosts::HostRegistry& hosts, incidents::Incidents& incidents)
      : state_(state), metrics_(metrics), graph_(graph), hosts_(hosts), incidents_(incidents) {}
  std::string name() const override { return "service_changes"; }
  void gather(const Request& request, Done done) override;

 private:
  std::vector<incidents::Evidence> look(const Request& request);

  storage::StateExecutor& state_;
  telemetry::MetricStore& metrics_;
  telemetry::ServiceGraph& graph_;
  hosts::HostRegistry& hosts_;
  incidents::Incidents& incidents_;
};

}  // namespace tocsin::diagnose
