// One protocol's way of reading a request and writing an answer, by walking the model. A new protocol: one file that implements this, and
// its line in codec.cpp.
#pragma once

#include <string_view>

#include "wire/aws/router.h"
#include "wire/aws/wire_error.h"
#include "wire/http/http_message.h"

namespace tocsin::wire {

/// What is known when an error must be written: less than a Route when routing failed.
struct ErrorContext {
  const ServiceModel* service = nullptr;
  Protocol protocol = Protocol::rest_json;
  bool wants_query_errors = false;
};
inline ErrorContext context_of(const Route& route) { return {route.service, route.protocol, route.wants_query_errors}; }
inline ErrorContext context_of(const RouteFailure& failure) { return {failure.service, failure.protocol, failure.wants_query_errors}; }

/// Pure and thread-safe.
class Codec {
 public:
  virtual ~Codec() = default;
  /// The input by the model's member names, unknown members dropped, nothing validated beyond types. Errors: SerializationException and its
  /// like.
  virtual Parsed<Document> parse(const Route& route, const HttpRequest& request) const = 0;
  /// The answer with the output shape's members alone; what `output` has beyond them is left out.
  virtual HttpResponse write(const Route& route, const Document& output, std::string_view request_id) const = 0;
  virtual HttpResponse write_error(const ErrorContext& context, const WireError& error, std::string_view request_id) const = 0;
};

const Codec& codec_of(Protocol protocol);

/// The longest body that is read for the route: what a parsed body may take is many times its bytes, and it is read before the caller is
/// known. Bodies that are one blob are bounded by the HTTP server alone.
std::size_t body_bytes_max(const Route& route);

/// The codecs, each in its own file.
const Codec& query_codec();
const Codec& ec2_codec();
const Codec& json_codec();
const Codec& rest_json_codec();
const Codec& rest_xml_codec();
const Codec& cbor_codec();

/// The name of the member that carries an error's words: "message", "Message"; by the shape, else "message".
std::string_view message_member(const Shape* shape);
/// The members of an error answer: the message and what the shape adds.
Object error_members(const WireError& error, const Shape* shape);
/// Sets x-amzn-query-error ("Code;Sender") when the service has query codes and the caller wants them.
void add_query_error(HttpResponse& response, const ErrorContext& context, std::string_view query_code, bool is_fault);

}  // namespace tocsin::wire
