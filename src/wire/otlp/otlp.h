// OTLP export requests as values. https://opentelemetry.io/docs/specs/otlp/
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/result.h"

namespace tocsin::wire::otlp {

enum class Encoding { protobuf, json };

/// application/x-protobuf or application/json, parameters ignored.
std::optional<Encoding> encoding_of(std::string_view content_type);

/// What made the telemetry: service.name, host.name, deployment.environment.name …
struct Resource {
  Object attributes;
};

enum class SpanKind { unspecified, internal, server, client, producer, consumer };
enum class SpanStatus { unset, ok, error };

struct SpanEvent {
  std::string name;
  std::int64_t time_ns = 0;
  Object attributes;
};

struct Span {
  std::string trace_id;        ///< 32 hex digits, lower case
  std::string span_id;         ///< 16 hex digits
  std::string parent_span_id;  ///< 16 hex digits, or empty for a root
  std::string name;
  SpanKind kind = SpanKind::unspecified;
  std::int64_t start_ns = 0;
  std::int64_t end_ns = 0;
  SpanStatus status = SpanStatus::unset;
  std::string status_message;
  Object attributes;
  std::vector<SpanEvent> events;
};

struct ResourceSpans {
  Resource resource;
  std::vector<Span> spans;
};

struct LogRecord {
  std::int64_t time_ns = 0;  ///< the event's time, else the observed time
  int severity_number = 0;   ///< 1 to 24, 0 unknown
  std::string severity_text;
  Document body;             ///< text, or any document
  Object attributes;
  std::string trace_id;      ///< hex, may be empty
  std::string span_id;
};

struct ResourceLogs {
  Resource resource;
  std::string scope_name;
  std::vector<LogRecord> records;
};

enum class MetricKind { gauge, sum, histogram, exponential_histogram, summary };
enum class Temporality { unspecified, delta, cumulative };

/// One data point; which members are meaningful depends on the metric's kind.
struct MetricPoint {
  Object attributes;
  std::int64_t start_ns = 0;
  std::int64_t time_ns = 0;
  double value = 0;                          ///< gauge, sum
  std::uint64_t count = 0;                   ///< histograms, summary
  double sum = 0;
  std::optional<double> min, max;
  std::vector<double> explicit_bounds;       ///< histogram: n bounds …
  std::vector<std::uint64_t> bucket_counts;  ///< … and n + 1 counts
  int scale = 0;                             ///< exponential: base 2^(2^-scale)
  std::uint64_t zero_count = 0;
  int positive_offset = 0, negative_offset = 0;
  std::vector<std::uint64_t> positive_counts, negative_counts;
};

struct Metric {
  std::string name;
  std::string unit;
  MetricKind kind = MetricKind::gauge;
  Temporality temporality = Temporality::unspecified;
  bool monotonic = false;
  std::vector<MetricPoint> points;
};

struct ResourceMetrics {
  Resource resource;
  std::string scope_name;
  std::vector<Metric> metrics;
};

/// Parse the body of POST /v1/traces, /v1/logs, /v1/metrics. Errors: `invalid` (not a message of that kind; whole request refused).
Result<std::vector<ResourceSpans>> parse_traces(std::string_view body, Encoding encoding);
Result<std::vector<ResourceLogs>> parse_logs(std::string_view body, Encoding encoding);
Result<std::vector<ResourceMetrics>> parse_metrics(std::string_view body, Encoding encoding);

enum class Signal { traces, logs, metrics };
/// The answer to a request that was taken, wholly or but for `rejected` items.
std::string export_response(Signal signal, Encoding encoding, std::int64_t rejected = 0, const std::string& reason = {});
/// The body of an error answer: a google.rpc.Status.
std::string error_response(Encoding encoding, const std::string& message);

}  // namespace tocsin::wire::otlp
