// Requests as clients send them, for the tests of this folder.
#pragma once

#include <string>

#include "wire/aws/service_models.h"
#include "wire/http/http_message.h"

namespace tocsin::wire::test {

inline const ServiceModels& embedded_models() {
  static const ServiceModels models;
  return models;
}

inline HttpRequest post(std::string body, std::string path = "/") {
  HttpRequest request{.method = "POST", .target = path, .path = path.substr(0, path.find('?')), .body = std::move(body)};
  if (const auto at = path.find('?'); at != std::string::npos) request.query = path.substr(at + 1);
  request.headers.add("Host", "127.0.0.1:4566");
  return request;
}

inline HttpRequest with(HttpRequest request, std::string header, std::string value) {
  request.headers.add(std::move(header), std::move(value));
  return request;
}

inline HttpRequest signed_for(HttpRequest request, std::string service) {
  return with(
      std::move(request), "Authorization",
      "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/eu-central-1/" + service + "/aws4_request, SignedHeaders=host, Signature=0");
}

inline HttpRequest json_call(std::string target, std::string body) {
  return with(with(post(std::move(body)), "X-Amz-Target", std::move(target)), "Content-Type", "application/x-amz-json-1.1");
}

inline HttpRequest query_call(std::string form) {
  return with(post(std::move(form)), "Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
}

inline HttpRequest rest_call(std::string method, std::string path, std::string service, std::string body = {}) {
  HttpRequest request = signed_for(post(std::move(body), path), std::move(service));
  request.method = std::move(method);
  return request;
}

inline HttpRequest cbor_call(std::string service, std::string operation, std::string body) {
  return with(with(post(std::move(body), "/service/" + service + "/operation/" + operation), "Smithy-Protocol", "rpc-v2-cbor"),
              "Content-Type", "application/cbor");
}

}  // namespace tocsin::wire::test
