// The hosts that a suspect runs on: which they are, and what they say of what has run out and what is gone. Both are put on the incident as
// related items, whose identifier is the host's ARN, so that a runbook can branch on them. Threads: only on the StateExecutor, inside a
// unit of work.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "diagnose/investigations/service_comparison.h"
#include "hosts/host_registry.h"
#include "incidents/incidents.h"
#include "telemetry/traces/service_graph.h"

namespace tocsin::diagnose {

/// The titles of the related items.
inline constexpr std::string_view suspect_host_title = "Suspect host";
inline constexpr std::string_view slow_dependency_title = "Slow dependency";
inline constexpr std::string_view stopped_process_title = "Stopped process";
inline constexpr std::string_view full_disk_title = "Full disk";
inline constexpr std::string_view exhausted_memory_title = "Exhausted memory";

struct SuspectHost {
  std::string instance_id;
  std::string name;                     ///< its computer name
  std::string service;                  ///< the suspect that runs on it
  bool silent = false;                  ///< the service answers nothing any more
  std::vector<std::int64_t> processes;  ///< of the service, as its spans told; may be empty
};

/// What has to run on each host, by instance id.
std::map<std::string, std::string> scripts_for(const std::vector<SuspectHost>& hosts);

class SuspectHosts {
 public:
  SuspectHosts(hosts::HostRegistry& hosts, incidents::Incidents& incidents) : hosts_(hosts), incidents_(incidents) {}

  /// The managed hosts of the suspect, put on the incident.
  std::vector<SuspectHost> name(const Scope& scope, const std::string& incident_arn, const Suspect& suspect,
                                const std::vector<telemetry::ServiceGraph::Service>& services);
  /// What the hosts printed, as evidence; what they found is put on the incident. A host that said nothing leaves a silent service's
  /// process for stopped.
  std::vector<incidents::Evidence> judge(const Scope& scope, const std::string& incident_arn, const std::vector<SuspectHost>& hosts,
                                         const std::map<std::string, std::string>& printed);

 private:
  void relate(const Scope& scope, const std::string& incident_arn, const SuspectHost& host, std::string_view title);

  hosts::HostRegistry& hosts_;
  incidents::Incidents& incidents_;
};

}  // namespace tocsin::diagnose
