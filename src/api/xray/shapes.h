// Traces, graphs and causes in X-Ray's shapes.
#pragma once

#include <string>
#include <vector>

#include "api/call.h"
#include "diagnose/trace_map/filter_expression.h"
#include "diagnose/trace_map/trace.h"
#include "diagnose/trace_map/trace_graph.h"
#include "telemetry/traces/trace_store.h"

namespace tocsin::api::xray {

std::unexpected<ServiceError> invalid(std::string message);

/// The trace as BatchGetTraces has it: each segment with what belongs into it.
Object trace_shape(const diagnose::Trace& trace);
Object summary_shape(const diagnose::Trace& trace, const telemetry::FoundTrace& found);
Array services_shape(const std::vector<diagnose::GraphNode>& nodes);

Object statistics_shape(const diagnose::CallStatistics& statistics);
Array histogram_shape(const diagnose::Histogram& histogram);
/// Seconds since 1970 as a timestamp.
std::int64_t timestamp(double seconds);

}  // namespace tocsin::api::xray
