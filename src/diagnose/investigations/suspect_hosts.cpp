#include "diagnose/investigations/suspect_hosts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>

#include "hosts/evidence/host_look.h"
#include "hosts/evidence/host_scripts.h"
#include "model/arn.h"

namespace tocsin::diagnose {
namespace {

std::string arn_of(const Scope& scope, const std::string& instance_id) { return make_arn("ssm", scope, "managed-instance/" + instance_id); }

std::string_view title_of(hosts::HostFindingKind kind) {
  return kind == hosts::HostFindingKind::full_disk ? full_disk_title : exhausted_memory_title;
}

std::vector<SuspectHost> of_service(hosts::HostRegistry& registry, const Scope& scope, const Suspect& suspect,
                                    const telemetry::ServiceGraph::Service& service) {
  std::vector<SuspectHost> found;
  for (const std::string& name : service.hosts) {
    const auto host = registry.find_by_computer_name(scope, name);
    if (!host) continue;
    SuspectHost one{
        .instance_id = host->instance_id, .name = name, .service = suspect.name, .silent = suspect.kind == SuspectKind::silent_service};
    for (const auto& process : service.processes)
      if (process.host == name) one.processes.push_back(process.id);
    found.push_back(std::move(one));
  }
  return found;
}

std::vector<SuspectHost> of_dependency(hosts::HostRegistry& registry, const Scope& scope, const Suspect& suspect) {
  std::vector<SuspectHost> found;
  if (suspect.address.empty()) return found;
  // a host that was registered again stands there twice: the one that pinged last counts
  std::optional<hosts::Host> latest;
  for (hosts::Host& host : registry.hosts(scope))
    if ((host.ip_address == suspect.address || host.computer_name == suspect.address) &&
        (!latest || host.last_ping_at > latest->last_ping_at))
      latest = std::move(host);
  if (latest)
    found.push_back(
        {.instance_id = latest->instance_id, .name = latest->computer_name, .service = suspect.name, .silent = false, .processes = {}});
  return found;
}

incidents::Evidence evidence_of(const Scope& scope, const SuspectHost& host, std::string title, std::string summary) {
  return {.kind = "host_finding",
          .title = std::move(title),
          .summary = std::move(summary),
          .query = Object{{"service", "ssm"},
                          {"operation", "DescribeInstanceInformation"},
                          {"parameters", Object{{"Filters", Array{Object{{"Key", "InstanceIds"}, {"Values", Array{host.instance_id}}}}}}}},
          .result = Object{{"instanceId", host.instance_id}, {"host", host.name}},
          .resource = arn_of(scope, host.instance_id)};
}

}  // namespace

std::map<std::string, std::string> scripts_for(const std::vector<SuspectHost>& hosts) {
  std::map<std::string, std::string> scripts;
  for (const SuspectHost& host : hosts) scripts[host.instance_id] = hosts::look_script(host.processes);
  return scripts;
}

void SuspectHosts::relate(const Scope& scope, const std::string& incident_arn, const SuspectHost& host, std::string_view title) {
  (void)incidents_.add_related(
      scope, incident_arn,
      {.type = "INVOLVED_RESOURCE", .value = Object{{"arn", arn_of(scope, host.instance_id)}}, .title = std::string(title)});
}

std::vector<SuspectHost> SuspectHosts::name(const Scope& scope, const std::string& incident_arn, const Suspect& suspect,
                                            const std::vector<telemetry::ServiceGraph::Service>& services) {
  std::vector<SuspectHost> found;
  if (suspect.kind == SuspectKind::dependency) {
    found = of_dependency(hosts_, scope, suspect);
  } else {
    const auto service = std::find_if(services.begin(), services.end(), [&](const auto& one) { return one.name == suspect.name; });
    if (service != services.end()) found = of_service(hosts_, scope, suspect, *service);
  }
  for (const SuspectHost& host : found) {
    relate(scope, incident_arn, host, suspect_host_title);
    if (suspect.kind == SuspectKind::dependency) relate(scope, incident_arn, host, slow_dependency_title);
  }
  return found;
}

std::vector<incidents::Evidence> SuspectHosts::judge(const Scope& scope, const std::string& incident_arn,
                                                     const std::vector<SuspectHost>& hosts,
                                                     const std::map<std::string, std::string>& printed) {
  std::vector<incidents::Evidence> evidence;
  for (const SuspectHost& host : hosts) {
    const auto answer = printed.find(host.instance_id);
    if (answer == printed.end()) {
      evidence.push_back(
          evidence_of(scope, host, host.name + " did not answer", "its agent said nothing in time when it was asked what has run out"));
      if (host.silent) relate(scope, incident_arn, host, stopped_process_title);
      continue;
    }
    const hosts::HostLook look = hosts::read_host_look(answer->second);
    const auto findings = hosts::findings_of(look);
    for (const auto& finding : findings) {
      evidence.push_back(evidence_of(scope, host, finding.title + " on " + host.name, finding.summary));
      const bool first = std::none_of(findings.begin(), findings.begin() + (&finding - findings.data()),
                                      [&](const auto& other) { return other.kind == finding.kind; });
      if (first) relate(scope, incident_arn, host, title_of(finding.kind));
    }
    const bool stopped = host.silent && look.gone.size() == host.processes.size();
    if (stopped) {
      const std::string which = host.processes.empty() ? "" : fmt::format(" (process {})", fmt::join(host.processes, ", "));
      evidence.push_back(evidence_of(scope, host, host.service + " does not run on " + host.name,
                                     host.service + which + " answers nothing any more and is not there"));
      relate(scope, incident_arn, host, stopped_process_title);
    }
    if (findings.empty() && !stopped)
      evidence.push_back(
          evidence_of(scope, host, "Nothing has run out on " + host.name, "disks, inodes, memory and the limits of its processes"));
  }
  return evidence;
}

}  // namespace tocsin::diagnose
