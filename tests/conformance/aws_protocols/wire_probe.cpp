// Answers one JSON line a question: "parse" (a request → operation and input), "write" (an output → a response), "error" (an error → a response).
#include <boost/json.hpp>
#include <iostream>
#include <string>

#include "base/document.h"
#include "base/encoding.h"
#include "wire/aws/codec.h"
#include "wire/aws/json_text.h"

namespace {

using namespace tocsin;
using namespace tocsin::wire;

Document response_document(const HttpResponse& response) {
  Object headers;
  for (const auto& [name, value] : response.headers.fields()) headers[name] = value;
  return Object{{"status", response.status}, {"headers", std::move(headers)}, {"body", to_base64(response.body)}};
}

Document error_document(const WireError& error) { return Object{{"error", error.code + ": " + error.message}}; }

Document parse(const Router& router, const Document& question) {
  HttpRequest request{.method = text_or(question, "method"), .target = text_or(question, "target"), .body = from_base64(text_or(question, "body")).value_or("")};
  request.path = request.target.substr(0, request.target.find('?'));
  if (const auto at = request.target.find('?'); at != std::string::npos) request.query = request.target.substr(at + 1);
  for (const auto& [name, value] : object_at(question, "headers")) request.headers.add(std::string(name), std::string(std::string_view(value.as_string())));
  const auto route = router.route(request);
  if (!route) return error_document(route.error().error);
  const auto input = codec_of(route->protocol).parse(*route, request);
  if (!input) return error_document(input.error());
  std::string text = "{}";
  if (route->operation->input) {
    text.clear();
    write_json(text, *input, *route->operation->input, JsonNames::model);
  }
  return Object{{"service", route->service->name}, {"operation", route->operation->name}, {"protocol", to_text(route->protocol)}, {"input", parse_json(text).value()}};
}

Document write(const ServiceModels& models, const Document& question) {
  const ServiceModel& service = *models.find(text_or(question, "service"));
  const OperationModel& operation = *service.operation(text_or(question, "operation"));
  const Protocol protocol = *protocol_of(text_or(question, "protocol"), service.speaks(Protocol::json_1_0) ? "1.0" : "1.1");
  const Route route{.service = &service, .operation = &operation, .protocol = protocol, .wants_query_errors = true};
  if (const Document* code = find(question, "code")) {
    const WireError error{std::string(code->as_string()), text_or(question, "message"), 0, {}};
    return response_document(codec_of(protocol).write_error(context_of(route), error, "request-id"));
  }
  Document output = Object{};
  if (operation.output) {
    auto typed = read_json_document(*find(question, "output"), *operation.output);
    if (!typed) return error_document(typed.error());
    output = std::move(*typed);
  }
  return response_document(codec_of(protocol).write(route, output, "request-id"));
}

}  // namespace

int main() {
  const ServiceModels models;
  const Router router(models);
  for (std::string line; std::getline(std::cin, line);) {
    const Document question = parse_json(line).value();
    std::cout << to_json(text_or(question, "kind") == "parse" ? parse(router, question) : write(models, question)) << std::endl;
  }
}
