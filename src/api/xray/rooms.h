// The rooms behind X-Ray.
#pragma once

#include "api/list_tokens.h"
#include "base/executor.h"
#include "base/random.h"
#include "diagnose/trace_map/trace_groups.h"
#include "telemetry/metrics/metric_store.h"
#include "telemetry/sampling/sampling_rules.h"
#include "telemetry/traces/trace_store.h"

namespace tocsin::api::xray {

struct Rooms {
  Executor& executor;  ///< the state's
  Random& random;
  telemetry::TraceStore& traces;
  telemetry::SamplingRules& sampling;
  telemetry::MetricStore& metrics;
  diagnose::TraceSettings& settings;
  diagnose::TraceGroups& groups;
  ListTokens tokens;
};

}  // namespace tocsin::api::xray
