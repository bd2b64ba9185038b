#include <boost/json.hpp>

#include "base/encoding.h"
#include "opentelemetry/proto/collector/logs/v1/logs_service.pb.h"
#include "wire/otlp/attributes.h"
#include "wire/otlp/message.h"
#include "wire/otlp/otlp.h"

namespace tocsin::wire::otlp {
namespace {
LogRecord to_record(const opentelemetry::proto::logs::v1::LogRecord& from) {
  LogRecord record;
  record.time_ns = static_cast<std::int64_t>(from.time_unix_nano() ? from.time_unix_nano() : from.observed_time_unix_nano());
  record.severity_number = from.severity_number();
  record.severity_text = from.severity_text();
  record.body = to_document(from.body());
  record.attributes = to_object(from.attributes());
  record.trace_id = to_hex(from.trace_id());
  record.span_id = to_hex(from.span_id());
  return record;
}
}  // namespace

Result<std::vector<ResourceLogs>> parse_logs(std::string_view body, Encoding encoding) {
  opentelemetry::proto::collector::logs::v1::ExportLogsServiceRequest request;
  if (const Result<void> read = read_message(body, encoding, request); !read) return std::unexpected(read.error());
  std::vector<ResourceLogs> result;
  for (const auto& group : request.resource_logs()) {
    for (const auto& scope : group.scope_logs()) {
      ResourceLogs& logs = result.emplace_back();
      logs.resource.attributes = to_object(group.resource().attributes());
      logs.scope_name = scope.scope().name();
      for (const auto& record : scope.log_records()) logs.records.push_back(to_record(record));
    }
  }
  return result;
}

}  // namespace tocsin::wire::otlp
