#include "wire/grpc/grpc_message.h"

#include <array>
#include <charconv>
#include <utility>

#include "wire/http/gzip.h"

namespace tocsin::wire {
namespace {

using namespace std::chrono_literals;
constexpr std::size_t prefix_bytes = 5;
constexpr std::size_t words_bytes_max = 1024;

std::unexpected<GrpcStatus> refuse(GrpcCode code, std::string message) { return std::unexpected(GrpcStatus{code, std::move(message)}); }

std::unexpected<GrpcStatus> too_large(std::size_t size, std::size_t bytes_max) {
  return refuse(GrpcCode::resource_exhausted,
                "the message is larger than this server takes (" + std::to_string(size) + " vs. " + std::to_string(bytes_max) + ")");
}

/// Field 2 of a google.rpc.Status whose message is its only field; nullopt when it is something else.
std::optional<std::string_view> status_words(std::string_view body) {
  if (!body.starts_with('\x12')) return std::nullopt;
  std::size_t at = 1, length = 0;
  for (unsigned shift = 0; at < body.size() && shift < 28; shift += 7) {
    const unsigned char byte = static_cast<unsigned char>(body[at++]);
    length |= static_cast<std::size_t>(byte & 0x7F) << shift;
    if (byte < 0x80) return body.size() - at >= length ? std::optional(body.substr(at, length)) : std::nullopt;
  }
  return std::nullopt;
}

GrpcCode code_of(int http_status) {
  switch (http_status) {
    case 400:
    case 415:
      return GrpcCode::invalid_argument;
    case 401:
      return GrpcCode::unauthenticated;
    case 403:
      return GrpcCode::permission_denied;
    case 404:
    case 405:
    case 501:
      return GrpcCode::unimplemented;
    case 413:
      return GrpcCode::resource_exhausted;
    case 429:
    case 502:
    case 503:
    case 504:
      return GrpcCode::unavailable;
    default:
      return http_status / 100 == 5 ? GrpcCode::internal : GrpcCode::unknown;
  }
}

}  // namespace

std::expected<std::string, GrpcStatus> read_grpc_message(std::string_view body, std::string_view encoding, std::size_t bytes_max) {
  if (body.size() < prefix_bytes) return refuse(GrpcCode::internal, "the request ends before its message");
  const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(body[at])); };
  const std::size_t flag = byte(0), length = byte(1) << 24 | byte(2) << 16 | byte(3) << 8 | byte(4);
  if (length > bytes_max) return too_large(length, bytes_max);
  if (body.size() < prefix_bytes + length) return refuse(GrpcCode::internal, "the request ends within its message");
  if (body.size() > prefix_bytes + length) return refuse(GrpcCode::unimplemented, "the method takes one message");
  if (flag == 0) return std::string(body.substr(prefix_bytes));
  if (flag != 1) return refuse(GrpcCode::internal, "the message's flag is neither 0 nor 1");
  if (encoding.empty() || encoding == "identity")
    return refuse(GrpcCode::internal, "the message is compressed and grpc-encoding does not say how");
  if (encoding != "gzip")
    return refuse(GrpcCode::unimplemented, "messages compressed as " + std::string(encoding.substr(0, 64)) + " are not taken, gzip is");
  auto inflated = gunzip(body.substr(prefix_bytes), bytes_max);
  if (inflated) return std::move(*inflated);
  if (inflated.error().kind == ErrorKind::limit_exceeded)
    return refuse(GrpcCode::resource_exhausted, "the message inflates to more than this server takes (" + std::to_string(bytes_max) + ")");
  return refuse(GrpcCode::internal, "the message is no gzip: " + inflated.error().message);
}

std::string write_grpc_message(std::string_view message) {
  std::string out(prefix_bytes, '\0');
  for (std::size_t i = 0; i < 4; ++i) out[1 + i] = static_cast<char>(message.size() >> (24 - 8 * i) & 0xFF);
  return out.append(message);
}

std::optional<Duration> parse_grpc_timeout(std::string_view text) {
  constexpr std::array<std::pair<char, Duration>, 6> units{{{'H', 1h}, {'M', 1min}, {'S', 1s}, {'m', 1ms}, {'u', 1us}, {'n', 1ns}}};
  std::int64_t count = 0;
  if (text.size() < 2 || text.size() > 9) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size() - 1, count);
  if (error != std::errc{} || end != text.data() + text.size() - 1 || count < 0) return std::nullopt;
  for (const auto& [name, unit] : units)
    if (text.back() == name) return count > Duration(1h) / unit ? Duration(1h) : count * unit;
  return std::nullopt;
}

std::string encode_grpc_message(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text.substr(0, words_bytes_max)) {
    if (c >= ' ' && c <= '~' && c != '%') {
      out += c;
      continue;
    }
    out += '%';
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::string_view otlp_path_of(std::string_view method_path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> methods{{
      {"/opentelemetry.proto.collector.trace.v1.TraceService/Export", "/v1/traces"},
      {"/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", "/v1/metrics"},
      {"/opentelemetry.proto.collector.logs.v1.LogsService/Export", "/v1/logs"},
  }};
  for (const auto& [method, path] : methods)
    if (method_path == method) return path;
  return {};
}

GrpcStatus grpc_status_of(const HttpResponse& response) {
  if (response.status == 200) return {};
  if (const auto words = status_words(response.body)) return {code_of(response.status), std::string(*words)};
  const bool is_text =
      response.headers.get("Content-Type").starts_with("text/") || response.headers.get("Content-Type").starts_with("application/json");
  return {code_of(response.status), is_text ? response.body : "the request was answered with HTTP " + std::to_string(response.status)};
}

}  // namespace tocsin::wire
