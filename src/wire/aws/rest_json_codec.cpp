// rest-json: path, query string, headers and a JSON body. https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
#include <boost/json.hpp>

#include "base/encoding.h"
#include "wire/aws/codec.h"
#include "wire/aws/json_text.h"
#include "wire/aws/rest_bindings.h"
#include "wire/aws/shared_errors.h"

namespace tocsin::wire {
namespace {

constexpr std::string_view json_type = "application/json";

Parsed<Document> read_body(const Shape& shape, const std::string& body) {
  if (shape.payload.empty()) return read_json(body, shape, JsonNames::wire);
  const Member* payload = shape.member(shape.payload);
  Object out;
  if (!payload || body.empty()) return Document(std::move(out));
  if (payload->shape->type == ShapeType::structure) {
    Parsed<Document> read = read_json(body, *payload->shape, JsonNames::wire);
    if (!read) return read;
    out.emplace(payload->name, std::move(*read));
  } else {
    if (payload->shape->type != ShapeType::blob && !is_utf8(body)) return wire_fail("SerializationException", "The body is not UTF-8");
    out.emplace(payload->name, boost::json::string(body));
  }
  return Document(std::move(out));
}

void write_payload(HttpResponse& response, const Document& output, const Shape& shape) {
  const Member* payload = shape.member(shape.payload);
  const Document* value = payload ? find(output, shape.payload) : nullptr;
  if (!value || value->is_null()) return;
  if (payload->shape->is_aggregate()) {
    if (payload->shape->type == ShapeType::structure)
      write_json(response.body, *value, *payload->shape, JsonNames::wire);
    else
      write_plain_json(response.body, *value);
    return;
  }
  if (value->is_string()) response.body = value->get_string();
  if (!response.headers.has("Content-Type"))
    response.headers.add("Content-Type", payload->shape->type == ShapeType::blob ? "application/octet-stream" : "text/plain");
}

class RestJsonCodec final : public Codec {
 public:
  Parsed<Document> parse(const Route& route, const HttpRequest& request) const override { return read_rest_input(route, request, read_body); }

  HttpResponse write(const Route& route, const Document& output, std::string_view request_id) const override {
    HttpResponse response{.status = route.operation->response_code};
    response.headers.add("x-amzn-RequestId", std::string(request_id));
    if (const Shape* shape = route.operation->output) {
      write_bound_members(response, output, *shape);
      if (shape->payload.empty())
        write_json(response.body, output, *shape, JsonNames::wire);
      else
        write_payload(response, output, *shape);
    }
    if (response.status == 204 || response.status == 304) response.body.clear();
    if (!response.headers.has("Content-Type")) response.headers.add("Content-Type", std::string(json_type));
    return response;
  }

  HttpResponse write_error(const ErrorContext& context, const WireError& error, std::string_view request_id) const override {
    const ShownError shown = show(error, context.service, context.protocol);
    HttpResponse response{.status = shown.status};
    response.headers.add("x-amzn-RequestId", std::string(request_id));
    response.headers.add("Content-Type", std::string(json_type));
    response.headers.add("x-amzn-errortype", shown.code);
    if (shown.shape) write_bound_members(response, error_members(error, shown.shape), *shown.shape);
    response.status = shown.status;
    response.body = "{" + json_error_members(error, shown.shape, JsonNames::wire) + "}";
    return response;
  }
};

}  // namespace

const Codec& rest_json_codec() {
  static const RestJsonCodec codec;
  return codec;
}

}  // namespace tocsin::wire
