#include "diagnose/investigations/service_changes.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text_time.h"
#include "diagnose/investigations/service_measures.h"

namespace tocsin::diagnose {
namespace {
using namespace std::chrono_literals;

// who is engaged and which runbook runs waits for what the hosts say
constexpr Duration look_max = 3s;

Array dimensions_of(const std::string& environment, const std::string& service, const std::string& remote) {
  Array dimensions{Object{{"Name", "Environment"}, {"Value", environment}}};
  if (!remote.empty()) dimensions.push_back(Object{{"Name", "RemoteService"}, {"Value", remote}});
  dimensions.push_back(Object{{"Name", "Service"}, {"Value", service}});
  return dimensions;
}

Document query_of(std::string_view metric, Array dimensions, Instant from, Instant to) {
  return Object{{"service", "cloudwatch"},
                {"operation", "GetMetricStatistics"},
                {"parameters", Object{{"Namespace", telemetry::span_metrics_namespace},
                                      {"MetricName", metric},
                                      {"Dimensions", std::move(dimensions)},
                                      {"StartTime", to_rfc3339(from)},
                                      {"EndTime", to_rfc3339(to)},
                                      {"Period", 60},
                                      {"Statistics", Array{"Average", "SampleCount"}}}}};
}

Object to_object(const ServiceFigures& figures) {
  return {{"requestsPerSecond", figures.requests_per_s()},
          {"faultRate", figures.fault_rate()},
          {"latencyMsAverage", figures.latency_ms_avg()},
          {"latencyMsP99", figures.latency_ms_p99}};
}

std::string title_of(const ObservedService& service) {
  return service.name + (is_silent(service) ? " is silent" : is_worse(service) ? " does worse" : " is as before");
}

incidents::Evidence change_evidence(const ObservedService& service, Instant from, Instant to) {
  return {.kind = "service_change",
          .title = title_of(service),
          .summary = describe_change(service),
          .query = query_of("Fault", dimensions_of(service.environment, service.name, ""), from, to),
          .result = Object{{"service", service.name},
                           {"worse", is_worse(service)},
                           {"silent", is_silent(service)},
                           {"before", to_object(service.before)},
                           {"now", to_object(service.now)}},
          .resource = service.name};
}

// a service that uses the dependency, to ask about it; the suspect itself when it is a service
const ObservedService* witness(const Suspect& suspect, const std::vector<ObservedService>& services) {
  const auto found = std::find_if(services.begin(), services.end(), [&](const ObservedService& service) {
    if (suspect.kind != SuspectKind::dependency) return service.name == suspect.name;
    return std::any_of(service.dependencies.begin(), service.dependencies.end(),
                       [&](const ObservedDependency& one) { return one.name == suspect.name && is_slower(one); });
  });
  return found == services.end() ? nullptr : &*found;
}

incidents::Evidence suspect_evidence(const Suspect& suspect, const std::vector<ObservedService>& services, Instant from, Instant to) {
  const bool dependency = suspect.kind == SuspectKind::dependency;
  const ObservedService* service = witness(suspect, services);
  return {.kind = "suspect",
          .title = "Suspect: " + suspect.name,
          .summary = describe_suspect(suspect, services),
          .query = service ? query_of(dependency ? "Latency" : "Fault",
                                      dimensions_of(service->environment, service->name, dependency ? suspect.name : ""), from, to)
                           : Document(),
          .result = Object{{"service", suspect.name}, {"dependency", dependency}, {"address", suspect.address}, {"score", suspect.score}},
          .resource = suspect.name};
}

}  // namespace

struct ServiceChanges::Found {
  Request request;
  Done done;
  std::vector<incidents::Evidence> evidence;
  std::vector<SuspectHost> hosts;
};

void ServiceChanges::gather(const Request& request, Done done) {
  auto found = std::make_shared<Found>(Found{request, std::move(done), {}, {}});
  state_.submit_behind(
      [this, found]() -> Result<void> {
        compare(*found);
        return {};
      },
      [this, found](Result<void> result) {
        if (!result) return found->done(std::unexpected(result.error()));
        if (found->hosts.empty()) return found->done(std::move(found->evidence));
        look_at_hosts(found);
      });
}

void ServiceChanges::compare(Found& found) {
  const Request& request = found.request;
  const Instant now = state_.now(), from = request.opened - now_begins - before_begins;
  const auto known = graph_.services(request.scope);
  const std::vector<ObservedService> services = measure_services(metrics_, known, request.scope, request.opened, now);
  for (const ObservedService& service : services) found.evidence.push_back(change_evidence(service, from, now));
  const auto suspects = rank_suspects(services);
  for (const Suspect& suspect : suspects) found.evidence.push_back(suspect_evidence(suspect, services, from, now));
  if (!suspects.empty()) found.hosts = suspect_hosts_.name(request.scope, request.incident_arn, suspects.front(), known);
}

void ServiceChanges::look_at_hosts(std::shared_ptr<Found> found) {
  looker_.look(found->request.scope, scripts_for(found->hosts), look_max, [this, found](std::map<std::string, std::string> printed) {
    auto shared = std::make_shared<std::map<std::string, std::string>>(std::move(printed));
    state_.submit_behind(
        [this, found, shared]() -> Result<void> {
          for (auto& evidence : suspect_hosts_.judge(found->request.scope, found->request.incident_arn, found->hosts, *shared))
            found->evidence.push_back(std::move(evidence));
          return {};
        },
        [found](Result<void> result) {
          if (result)
            found->done(std::move(found->evidence));
          else
            found->done(std::unexpected(result.error()));
        });
  });
}

}  // namespace tocsin::diagnose
