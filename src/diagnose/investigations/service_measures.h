// Reads from the metrics how the services of an account did before an incident opened and how they do now.
// Threads: only on the StateExecutor, inside a unit of work; it must be the metric store's executor too.
#pragma once

#include <vector>

#include "diagnose/investigations/service_comparison.h"
#include "telemetry/metrics/metric_store.h"
#include "telemetry/traces/service_graph.h"

namespace tocsin::diagnose {

/// What counts as "now" begins so long before the opening; "before" is the quarter of an hour that ends a minute before it (or, when there
/// is too little of it, where "now" begins).
inline constexpr Duration now_begins = std::chrono::seconds(30);
inline constexpr Duration before_begins = std::chrono::minutes(15);

std::vector<ObservedService> measure_services(telemetry::MetricStore& metrics, const std::vector<telemetry::ServiceGraph::Service>& known,
                                              const Scope& scope, Instant opened, Instant now);

}  // namespace tocsin::diagnose
