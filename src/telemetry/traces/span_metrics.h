// Request, error and latency metrics derived from spans; pure. Names and dimensions are those of CloudWatch Application Signals:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AppSignals-MetricsCollected.html
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/self_metrics.h"
#include "wire/otlp/otlp.h"

namespace tocsin::telemetry {

inline constexpr std::string_view span_metrics_namespace = "ApplicationSignals";

struct SpanSample {
  std::string metric;     ///< Latency (Milliseconds), Error (a 4xx, 0 or 1), Fault (a 5xx or an error status, 0 or 1)
  Dimensions dimensions;  ///< Environment, Service; with Operation; with RemoteService for dependencies
  double value;
  std::string unit;  ///< Milliseconds, or None as Application Signals has it for Error and Fault
  Instant at;        ///< the span's end
};

/// service.name, or "unknown_service".
std::string service_of(const wire::otlp::Resource& resource);
/// deployment.environment.name, or its older name, or "generic:default".
std::string environment_of(const wire::otlp::Resource& resource);
/// host.name, or "" when unknown.
std::string host_of(const wire::otlp::Resource& resource);

/// process.pid, or 0 when unknown.
std::int64_t process_of(const wire::otlp::Resource& resource);

/// A data store or a message broker that a client span called: it has no spans of its own.
struct Dependency {
  std::string name;     ///< as the metrics have it in RemoteService, such as "postgresql"
  std::string address;  ///< may be empty

  auto operator<=>(const Dependency&) const = default;
};
std::optional<Dependency> dependency_of(const wire::otlp::Span& span);

/// The samples of all spans of one resource.
std::vector<SpanSample> span_samples(const wire::otlp::ResourceSpans& spans);

}  // namespace tocsin::telemetry
