// Root causes and services in X-Ray's shapes.
#pragma once

#include "base/document.h"
#include "diagnose/trace_map/root_causes.h"

namespace tocsin::api::xray {

/// A ServiceId.
Object service_id(const diagnose::TraceSegment& segment);
/// FaultRootCauses, ErrorRootCauses or ResponseTimeRootCauses.
Array causes_shape(const diagnose::Trace& trace, diagnose::CauseKind kind);

}  // namespace tocsin::api::xray
