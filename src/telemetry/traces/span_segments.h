// OTLP spans as X-Ray's segment documents, named and coloured as OpenTelemetry's exporter for X-Ray does it. Pure.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html
#pragma once

#include <vector>

#include "telemetry/traces/segment_document.h"
#include "wire/otlp/otlp.h"

namespace tocsin::telemetry {

/// A span of a server or a consumer, or without parent, is a segment, named by service.name; each other is a subsegment that was sent by
/// itself. A client's span without parent is a subsegment of a segment made for its service. Spans without ids or times are left out.
std::vector<SegmentDocument> segments_of(const wire::otlp::ResourceSpans& spans);

}  // namespace tocsin::telemetry
