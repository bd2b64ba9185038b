// Whether a trace passes a filter expression. Pure.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "diagnose/trace_map/filter_expression.h"
#include "diagnose/trace_map/trace.h"

namespace tocsin::diagnose {

/// The expression of a group by "group.name" or "group.arn"; nullopt when there is none such.
using FindGroupFilter = std::function<std::optional<std::string>(const std::string& key, const std::string& value)>;

bool matches(const Trace& trace, const FilterExpression& filter, const FindGroupFilter& find_group = {});

bool selects(const ServiceSelector& selector, const TraceSegment& segment);
/// Whether a segment is of the `service(…) {…}`, or the call that led to it of the `edge(…, …) {…}`, that the expression is.
bool selects(const FilterExpression& service_or_edge, const Trace& trace, const TraceSegment& segment);

}  // namespace tocsin::diagnose
