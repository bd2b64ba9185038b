// All traces of a range of time, some hundred at a time, so that a long look keeps nobody else from the state executor.
#pragma once

#include <functional>
#include <memory>

#include "api/xray/rooms.h"
#include "diagnose/trace_map/filter_expression.h"
#include "diagnose/trace_map/trace.h"

namespace tocsin::api::xray {

struct TraceScan {
  Scope scope;
  Instant from{}, to{};
  diagnose::FilterExpression filter;
  diagnose::FindGroupFilter groups;
  std::function<void(const diagnose::Trace&)> visit;
};

/// On the state executor; `done` too, later. Of more than 100,000 traces the newest.
void scan_traces(const Rooms& rooms, TraceScan scan, std::function<void()> done);

}  // namespace tocsin::api::xray
