#include "wire/aws/codec.h"

#include <boost/json.hpp>
#include <limits>

#include "wire/aws/json_text.h"

namespace tocsin::wire {
const Codec& codec_of(Protocol protocol) {
  switch (protocol) {
    case Protocol::query:
      return query_codec();
    case Protocol::json_1_0:
    case Protocol::json_1_1:
      return json_codec();
    case Protocol::rest_json:
      return rest_json_codec();
    case Protocol::rpc_v2_cbor:
      return cbor_codec();
    case Protocol::rest_xml:
      return rest_xml_codec();
    case Protocol::ec2:
      return ec2_codec();
  }
  return rest_json_codec();
}

std::size_t body_bytes_max(const Route& route) {
  constexpr std::size_t mib = 1024 * 1024;
  const Shape* input = route.operation->input;
  const Member* payload = input && !input->payload.empty() ? input->member(input->payload) : nullptr;
  if (payload && !payload->shape->is_aggregate()) return std::numeric_limits<std::size_t>::max();
  const bool is_dense = route.protocol == Protocol::query || route.protocol == Protocol::ec2 || route.protocol == Protocol::rpc_v2_cbor;
  return is_dense ? 4 * mib : 8 * mib;
}

std::string_view message_member(const Shape* shape) {
  if (shape)
    for (const Member& member : shape->members)
      if (member.name == "message" || member.name == "Message") return member.name;
  return "message";
}

Object error_members(const WireError& error, const Shape* shape) {
  Object members = error.members;
  if (!error.message.empty()) members[message_member(shape)] = error.message;
  return members;
}

void add_query_error(HttpResponse& response, const ErrorContext& context, std::string_view query_code, bool is_fault) {
  if (!context.wants_query_errors || !context.service || !context.service->query_compatible) return;
  response.headers.set("x-amzn-query-error", std::string(query_code) + (is_fault ? ";Receiver" : ";Sender"));
}

}  // namespace tocsin::wire
