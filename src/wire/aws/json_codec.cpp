// AWS JSON 1.0 and 1.1. https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
#include <boost/json.hpp>

#include "wire/aws/codec.h"
#include "wire/aws/json_text.h"
#include "wire/aws/shared_errors.h"
#include "wire/http/body_stream.h"

namespace tocsin::wire {
namespace {

HttpResponse response_of(Protocol protocol, int status, std::string_view request_id) {
  HttpResponse response{.status = status};
  response.headers.add("x-amzn-RequestId", std::string(request_id));
  response.headers.add("Content-Type", protocol == Protocol::json_1_0 ? "application/x-amz-json-1.0" : "application/x-amz-json-1.1");
  return response;
}

/// The member that is a stream of events, if the operation answers with one.
const Member* event_stream_of(const Route& route) {
  if (!route.operation->output) return nullptr;
  for (const Member& member : route.operation->output->members)
    if (member.shape->is_event_stream) return &member;
  return nullptr;
}

class JsonCodec final : public Codec {
 public:
  Parsed<Document> parse(const Route& route, const HttpRequest& request) const override {
    static const Shape empty;
    return read_json(request.body, route.operation->input ? *route.operation->input : empty, JsonNames::model);
  }

  HttpResponse write(const Route& route, const Document& output, std::string_view request_id) const override {
    HttpResponse response = response_of(route.protocol, 200, request_id);
    if (const Member* events = event_stream_of(route)) {
      // the member's value is the name of the stream (wire/http/body_stream.h)
      response.headers.set("Content-Type", "application/vnd.amazon.eventstream");
      response.headers.set(body_stream_field, text_or(output, events->name));
      return response;
    }
    // json 1.1 services answer an operation without output with an empty body, 1.0 with {}
    if (route.operation->output)
      write_json(response.body, output, *route.operation->output, JsonNames::model);
    else if (route.protocol == Protocol::json_1_0)
      response.body = "{}";
    return response;
  }

  HttpResponse write_error(const ErrorContext& context, const WireError& error, std::string_view request_id) const override {
    const ShownError shown = show(error, context.service, context.protocol);
    HttpResponse response = response_of(context.protocol, shown.status, request_id);
    const bool qualified = context.protocol == Protocol::json_1_0 && shown.shape && context.service;
    response.body = "{\"__type\":";
    write_json_text(response.body, qualified ? "com.amazonaws." + context.service->name + "#" + shown.code : shown.code);
    const std::string members = json_error_members(error, shown.shape, JsonNames::model);
    if (!members.empty()) response.body += "," + members;
    response.body += "}";
    add_query_error(response, context, shown.query_code, shown.is_fault);
    return response;
  }
};

}  // namespace

const Codec& json_codec() {
  static const JsonCodec codec;
  return codec;
}

}  // namespace tocsin::wire
