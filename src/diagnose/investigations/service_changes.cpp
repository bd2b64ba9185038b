#include "diagnose/investigations/service_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text_time.h"
#include "diagnose/investigations/gather_in_unit.h"
#include "diagnose/investigations/service_comparison.h"
#include "model/arn.h"
#include "telemetry/metrics/statistic.h"
#include "telemetry/traces/span_metrics.h"

namespace tocsin::diagnose {
namespace {
using namespace std::chrono_literals;

// what counts as "now" and as "before" around the opening; a shop that was just opened has a "before" of its last half minute only
constexpr Duration now_begins = 30s;
constexpr Duration before_ends = 60s;
constexpr Duration before_begins = 15min;
constexpr std::int64_t period_s = 10;

Instant whole_periods(Instant at) { return Instant{Duration{to_ns(at) / (period_s * 1'000'000'000) * (period_s * 1'000'000'000)}}; }

telemetry::Aggregate total(telemetry::MetricStore& metrics, const Scope& scope, const ObservedService& service, std::string_view metric, Instant from, Instant to, Instant& first) {
  telemetry::Aggregate sum;
  const telemetry::MetricId id{std::string(telemetry::span_metrics_namespace), std::string(metric), {{"Environment", service.environment}, {"Service", service.name}}};
  for (const auto& period : metrics.read({.scope = scope, .metric = id, .start = whole_periods(from), .end = to, .period_s = period_s})) {
    if (sum.count == 0) first = period.start;
    sum.merge(period.aggregate);
  }
  return sum;
}

ServiceFigures measure(telemetry::MetricStore& metrics, const Scope& scope, const ObservedService& service, Instant from, Instant to) {
  // a service that was first seen later is measured from then on
  Instant first = to, first_fault = to;
  const telemetry::Aggregate latency = total(metrics, scope, service, "Latency", from, to, first), fault = total(metrics, scope, service, "Fault", from, to, first_fault);
  ServiceFigures figures{.seconds = std::chrono::duration<double>(to - first).count(), .requests = latency.count, .faults = fault.sum, .latency_ms_sum = latency.sum};
  if (latency.count > 0) figures.latency_ms_p99 = latency.known_values().quantile(0.99);
  return figures;
}

Document query_of(const ObservedService& service, Instant from, Instant to) {
  return Object{{"service", "cloudwatch"},
                {"operation", "GetMetricStatistics"},
                {"parameters", Object{{"Namespace", telemetry::span_metrics_namespace},
                                      {"MetricName", "Fault"},
                                      {"Dimensions", Array{Object{{"Name", "Environment"}, {"Value", service.environment}}, Object{{"Name", "Service"}, {"Value", service.name}}}},
                                      {"StartTime", to_rfc3339(from)},
                                      {"EndTime", to_rfc3339(to)},
                                      {"Period", 60},
                                      {"Statistics", Array{"Average", "SampleCount"}}}}};
}

Object to_object(const ServiceFigures& figures) {
  return {{"requestsPerSecond", figures.requests_per_s()}, {"faultRate", figures.fault_rate()}, {"latencyMsAverage", figures.latency_ms_avg()}, {"latencyMsP99", figures.latency_ms_p99}};
}

incidents::Evidence change_evidence(const ObservedService& service, Instant from, Instant to) {
  return {.kind = "service_change",
          .title = service.name + (is_worse(service) ? " does worse" : " is as before"),
          .summary = describe_change(service),
          .query = query_of(service, from, to),
          .result = Object{{"service", service.name}, {"worse", is_worse(service)}, {"before", to_object(service.before)}, {"now", to_object(service.now)}},
          .resource = service.name};
}

incidents::Evidence suspect_evidence(const Suspect& suspect, Instant from, Instant to, const ObservedService& service) {
  return {.kind = "suspect",
          .title = "Suspect: " + suspect.service,
          .summary = fmt::format("{:.2f} more faults/s than before, {:.2f} of them explained by what it calls; its requests take {:.2f} s longer each second, {:.2f} s of that explained",
                                 suspect.excess_faults_per_s, suspect.explained_faults_per_s, suspect.excess_latency_s_per_s, suspect.explained_latency_s_per_s),
          .query = query_of(service, from, to),
          .result = Object{{"service", suspect.service}, {"score", suspect.score}},
          .resource = suspect.service};
}

}  // namespace

void ServiceChanges::gather(const Request& request, Done done) {
  gather_in_unit(state_, [this, request] { return look(request); }, std::move(done));
}

std::vector<incidents::Evidence> ServiceChanges::look(const Request& request) {
  const Instant now = state_.now(), from = request.opened - now_begins;
  std::vector<ObservedService> services;
  for (auto& known : graph_.services(request.scope)) {
    ObservedService service{.name = known.name, .environment = known.environment, .hosts = known.hosts, .callees = known.callees};
    service.before = measure(metrics_, request.scope, service, request.opened - before_begins, request.opened - before_ends);
    if (service.before.requests < requests_min) service.before = measure(metrics_, request.scope, service, request.opened - before_begins, from);
    service.now = measure(metrics_, request.scope, service, from, now);
    services.push_back(std::move(service));
  }
  std::vector<incidents::Evidence> evidence;
  for (const ObservedService& service : services) evidence.push_back(change_evidence(service, from - before_begins, now));
  const auto suspects = rank_suspects(services);
  for (const Suspect& suspect : suspects) {
    const auto service = std::find_if(services.begin(), services.end(), [&](const ObservedService& one) { return one.name == suspect.service; });
    evidence.push_back(suspect_evidence(suspect, from - before_begins, now, *service));
    if (&suspect != &suspects.front()) continue;
    for (const std::string& name : service->hosts)
      if (const auto host = hosts_.find_by_computer_name(request.scope, name))
        (void)incidents_.add_related(request.scope, request.incident_arn,
                                     {.type = "INVOLVED_RESOURCE",
                                      .value = Object{{"arn", make_arn("ssm", request.scope, "managed-instance/" + host->instance_id)}},
                                      .title = std::string(suspect_host_title)});
  }
  return evidence;
}

}  // namespace tocsin::diagnose
