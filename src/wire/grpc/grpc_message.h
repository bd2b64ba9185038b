// gRPC's own part of a call on HTTP/2, as values: the prefix of a message, its status, its deadline, and which of our HTTP paths a method
// is. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "wire/http/http_message.h"

namespace tocsin::wire {

/// https://grpc.github.io/grpc/core/md_doc_statuscodes.html
enum class GrpcCode {
  ok = 0,
  unknown = 2,
  invalid_argument = 3,
  deadline_exceeded = 4,
  permission_denied = 7,
  resource_exhausted = 8,
  unimplemented = 12,
  internal = 13,
  unavailable = 14,
  unauthenticated = 16
};

struct GrpcStatus {
  GrpcCode code = GrpcCode::ok;
  std::string message;

  bool operator==(const GrpcStatus&) const = default;
};

/// The one message of a unary request's body, inflated when its flag says so and `encoding` is gzip.
std::expected<std::string, GrpcStatus> read_grpc_message(std::string_view body, std::string_view encoding, std::size_t bytes_max);
/// With its prefix, not compressed.
std::string write_grpc_message(std::string_view message);

/// "10S", "250m", "1H": nullopt when it is none. At most an hour is told.
std::optional<Duration> parse_grpc_timeout(std::string_view text);
/// As grpc-message has it: what is not printable ASCII, and %, as %XX.
std::string encode_grpc_message(std::string_view text);
/// "/opentelemetry.proto.collector.trace.v1.TraceService/Export" → "/v1/traces"; "" when it is no method of ours.
std::string_view otlp_path_of(std::string_view method_path);
/// What the answer of the HTTP handler is as a status; its words are those of the google.rpc.Status in the body.
GrpcStatus grpc_status_of(const HttpResponse& response);

}  // namespace tocsin::wire
