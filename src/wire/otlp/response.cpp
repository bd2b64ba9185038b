#include <boost/json.hpp>

#include "opentelemetry/proto/collector/logs/v1/logs_service.pb.h"
#include "opentelemetry/proto/collector/metrics/v1/metrics_service.pb.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"
#include "wire/otlp/message.h"
#include "wire/otlp/otlp.h"

namespace tocsin::wire::otlp {
namespace collector = opentelemetry::proto::collector;
namespace {

std::string traces_response(Encoding encoding, std::int64_t rejected, const std::string& reason) {
  collector::trace::v1::ExportTraceServiceResponse response;
  if (rejected > 0) {
    response.mutable_partial_success()->set_rejected_spans(rejected);
    response.mutable_partial_success()->set_error_message(reason);
  }
  return write_message(response, encoding);
}

std::string logs_response(Encoding encoding, std::int64_t rejected, const std::string& reason) {
  collector::logs::v1::ExportLogsServiceResponse response;
  if (rejected > 0) {
    response.mutable_partial_success()->set_rejected_log_records(rejected);
    response.mutable_partial_success()->set_error_message(reason);
  }
  return write_message(response, encoding);
}

std::string metrics_response(Encoding encoding, std::int64_t rejected, const std::string& reason) {
  collector::metrics::v1::ExportMetricsServiceResponse response;
  if (rejected > 0) {
    response.mutable_partial_success()->set_rejected_data_points(rejected);
    response.mutable_partial_success()->set_error_message(reason);
  }
  return write_message(response, encoding);
}

}  // namespace

std::string export_response(Signal signal, Encoding encoding, std::int64_t rejected, const std::string& reason) {
  switch (signal) {
    case Signal::traces: return traces_response(encoding, rejected, reason);
    case Signal::logs: return logs_response(encoding, rejected, reason);
    case Signal::metrics: return metrics_response(encoding, rejected, reason);
  }
  return {};
}

std::string error_response(Encoding encoding, const std::string& message) {
  if (encoding == Encoding::json) return to_json(Object{{"message", message}});
  // google.rpc.Status: field 2, length-delimited
  std::string body = "\x12";
  for (std::size_t left = message.size();;) {
    body += static_cast<char>((left & 0x7f) | (left > 0x7f ? 0x80 : 0));
    left >>= 7;
    if (left == 0) break;
  }
  return body + message;
}

}  // namespace tocsin::wire::otlp
