#include "diagnose/investigations/service_measures.h"

#include "telemetry/metrics/statistic.h"

namespace tocsin::diagnose {
namespace {
using namespace std::chrono_literals;

// a shop that was just opened has a "before" of its last half minute only
constexpr Duration before_ends = 60s;
constexpr std::int64_t period_s = 10;

Instant whole_periods(Instant at) { return Instant{Duration{to_ns(at) / (period_s * 1'000'000'000) * (period_s * 1'000'000'000)}}; }

struct Total {
  telemetry::Aggregate sum;
  Instant first, last;  ///< the start of the first period with data, the end of the last
};

Total total(telemetry::MetricStore& metrics, const Scope& scope, const telemetry::MetricId& metric, Instant from, Instant to) {
  Total result{.sum = {}, .first = to, .last = from};
  for (const auto& period :
       metrics.read({.scope = scope, .metric = metric, .start = whole_periods(from), .end = to, .period_s = period_s})) {
    if (result.sum.count == 0) result.first = period.start;
    result.last = std::min(to, period.start + std::chrono::seconds(period_s));
    result.sum.merge(period.aggregate);
  }
  return result;
}

struct Measured {
  ServiceFigures figures;
  Instant last;
};

Measured measure(telemetry::MetricStore& metrics, const Scope& scope, const Dimensions& dimensions, Instant from, Instant to) {
  const auto metric = [&](std::string_view name) {
    return telemetry::MetricId{std::string(telemetry::span_metrics_namespace), std::string(name), dimensions};
  };
  // a service that was first seen later is measured from then on
  const Total latency = total(metrics, scope, metric("Latency"), from, to), fault = total(metrics, scope, metric("Fault"), from, to);
  ServiceFigures figures{.seconds = std::chrono::duration<double>(to - latency.first).count(),
                         .requests = latency.sum.count,
                         .faults = fault.sum.sum,
                         .latency_ms_sum = latency.sum.sum};
  if (latency.sum.count > 0) figures.latency_ms_p99 = latency.sum.known_values().quantile(0.99);
  return {figures, latency.last};
}

}  // namespace

std::vector<ObservedService> measure_services(telemetry::MetricStore& metrics, const std::vector<telemetry::ServiceGraph::Service>& known,
                                              const Scope& scope, Instant opened, Instant now) {
  std::vector<ObservedService> services;
  for (const auto& one : known) {
    ObservedService service{.name = one.name, .environment = one.environment, .hosts = one.hosts, .callees = one.callees};
    const auto before = [&](const Dimensions& dimensions) {
      const ServiceFigures figures = measure(metrics, scope, dimensions, opened - before_begins, opened - before_ends).figures;
      return figures.requests >= requests_min ? figures
                                              : measure(metrics, scope, dimensions, opened - before_begins, opened - now_begins).figures;
    };
    const Dimensions own = {{"Environment", one.environment}, {"Service", one.name}};
    const Measured recent = measure(metrics, scope, own, opened - now_begins, now);
    service.before = before(own);
    service.now = recent.figures;
    service.silent_s = std::chrono::duration<double>(now - recent.last).count();
    for (const telemetry::Dependency& dependency : one.dependencies) {
      const Dimensions theirs = {{"Environment", one.environment}, {"RemoteService", dependency.name}, {"Service", one.name}};
      service.dependencies.push_back(
          {dependency.name, dependency.address, before(theirs), measure(metrics, scope, theirs, opened - now_begins, now).figures});
    }
    services.push_back(std::move(service));
  }
  return services;
}

}  // namespace tocsin::diagnose
