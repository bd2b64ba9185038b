// What the keywords of a filter expression mean of a trace, a service, a call or a root cause. Pure.
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "diagnose/trace_map/root_causes.h"
#include "diagnose/trace_map/trace.h"

namespace tocsin::diagnose {

using FactValue = std::variant<bool, double, std::string>;
/// The values of a keyword, none when it is not set. Refers to what it was made of.
using Facts = std::function<std::vector<FactValue>(const std::string& key)>;

/// Errors and http are the root's.
Facts trace_facts(const Trace& trace);
Facts segment_facts(const TraceSegment& segment);
/// Of the call that led to this segment, as its caller saw it.
Facts call_facts(const TraceSegment& callee);
/// Of each element of a root cause: "service", "entity" or "exception".
std::vector<Facts> cause_facts(const RootCause& cause, const std::string& element);
std::vector<FactValue> annotation_facts(const Trace& trace, const std::string& key);

/// Whether the cause has the services and entities of a root cause written as JSON.
bool is_like(const RootCause& cause, const Document& wanted);

}  // namespace tocsin::diagnose
