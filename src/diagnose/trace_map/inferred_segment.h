// The segment of a downstream service that sends none, made of the subsegment that called it. Pure.
#pragma once

#include <string>

#include "diagnose/trace_map/trace.h"

namespace tocsin::diagnose {

/// Named by what was called (a table, a bucket, a queue), with its type: "AWS::DynamoDB::Table", "Database::SQL", "remote".
Object inferred_segment(const std::string& trace_id, const TraceEntity& call);

}  // namespace tocsin::diagnose
