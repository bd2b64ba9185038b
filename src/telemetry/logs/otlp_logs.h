// OTLP log records as events of groups: group "/otlp/<service.name>" ("/otlp/unknown" without), stream = host.name, else
// service.instance.id, else "default"; both are made when missing. The message is JSON, so that log queries find its fields:
//   {"severity": "ERROR", "severity_number": 17, "body": "…" or any JSON, "trace_id": "…", "span_id": "…", "scope": "…", and every
//   attribute under its own name}
// "severity" is the record's own text, else the name of its number; members that are empty are left out; an attribute never replaces a
// member named here. https://opentelemetry.io/docs/specs/otel/logs/data-model/
#pragma once

#include <vector>

#include "base/clock.h"
#include "telemetry/logs/log_store.h"
#include "wire/otlp/otlp.h"

namespace tocsin::telemetry {

/// TRACE, DEBUG, INFO, WARN, ERROR, FATAL; "" for 0 and what is no number of the model.
std::string_view severity_name(int severity_number);

std::string otlp_log_message(const wire::otlp::ResourceLogs& logs, const wire::otlp::LogRecord& record);

/// Keeps the records; how many were rejected, as older than 14 days or more than two hours ahead. `unavailable` when they cannot be
/// written: some may be kept then, and the sender sends all again.
Result<std::int64_t> keep_otlp_logs(LogStore& store, const Scope& scope, const std::vector<wire::otlp::ResourceLogs>& batches, Instant now);

}  // namespace tocsin::telemetry
