#include "simulation/api_request.h"

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>

#include "base/encoding.h"
#include "wire/aws/service_models.h"

namespace tocsin::simulation {
namespace {

using wire::Location;
using wire::Member;
using wire::Protocol;
using wire::ShapeType;

std::string scalar_text(const Document& value) { return value.is_string() ? std::string(value.get_string()) : to_json(value); }

void add_field(std::string& form, const std::string& name, const std::string& value) {
  form += (form.empty() ? "" : "&") + percent_encode(name) + '=' + percent_encode(value);
}

// https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
void add_query(std::string& form, const std::string& name, const Document& value) {
  std::size_t at = 0;
  if (value.is_array())
    for (const Document& each : value.get_array()) add_query(form, name + ".member." + std::to_string(++at), each);
  else if (value.is_object())
    for (const auto& [key, each] : value.get_object()) add_query(form, name + '.' + std::string(key), each);
  else
    add_field(form, name, scalar_text(value));
}

// maps are entries, structures are members: only the model tells them apart
void add_member(std::string& form, const Member& member, const Document& value) {
  const std::string name(member.wire_name());
  if (member.shape->type != ShapeType::map) return add_query(form, name, value);
  std::size_t at = 0;
  for (const auto& [key, each] : value.get_object()) {
    const std::string entry = name + ".entry." + std::to_string(++at);
    add_field(form, entry + ".key", key);
    add_query(form, entry + ".value", each);
  }
}

wire::HttpRequest query_request(const wire::ServiceModel& model, const wire::OperationModel& operation, const Object& input) {
  wire::HttpRequest request{.method = "POST", .target = "/", .path = "/"};
  add_field(request.body, "Action", operation.name);
  add_field(request.body, "Version", model.api_version);
  for (const auto& [name, value] : input) add_member(request.body, *operation.input->member(name), value);
  request.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  return request;
}

wire::HttpRequest json_request(const wire::ServiceModel& model, const wire::OperationModel& operation, const Object& input,
                               const char* type) {
  wire::HttpRequest request{.method = "POST", .target = "/", .path = "/", .body = to_json(input)};
  request.headers.set("Content-Type", type);
  request.headers.set("X-Amz-Target", model.target_prefix + '.' + operation.name);
  return request;
}

wire::HttpRequest rest_request(const wire::OperationModel& operation, const Object& input) {
  wire::HttpRequest request{.method = operation.http_method, .path = operation.uri_text};
  Object body;
  for (const auto& [name, value] : input) {
    const Member& member = *operation.input->member(name);
    const std::string wire_name(member.wire_name());
    if (member.location == Location::uri)
      request.path.replace(request.path.find('{' + wire_name), request.path.find('}') + 1 - request.path.find('{' + wire_name),
                           percent_encode(scalar_text(value)));
    else if (member.location == Location::query_string)
      add_field(request.query, wire_name, scalar_text(value));
    else if (member.location == Location::header)
      request.headers.set(wire_name, scalar_text(value));
    else
      body[wire_name] = value;
  }
  if (request.method != "GET" && request.method != "DELETE") {
    request.body = to_json(body);
    request.headers.set("Content-Type", "application/json");
  }
  request.target = request.path + (request.query.empty() ? "" : '?' + request.query);
  return request;
}

}  // namespace

const wire::ServiceModel& service_model(std::string_view service) {
  static const wire::ServiceModels models;
  const wire::ServiceModel* model = models.find(service);
  if (!model) throw std::invalid_argument("no service " + std::string(service));
  return *model;
}

wire::HttpRequest api_request(std::string_view service, std::string_view name, const Object& input, std::string_view host) {
  const wire::ServiceModel& model = service_model(service);
  const wire::OperationModel* operation = model.operation(name);
  if (!operation) throw std::invalid_argument(std::string(service) + " has no operation " + std::string(name));
  for (const auto& [member, value] : input)
    if (!operation->input || !operation->input->member(member))
      throw std::invalid_argument(std::string(name) + " has no member " + std::string(member));
  wire::HttpRequest request;
  if (model.speaks(Protocol::json_1_0))
    request = json_request(model, *operation, input, "application/x-amz-json-1.0");
  else if (model.speaks(Protocol::json_1_1))
    request = json_request(model, *operation, input, "application/x-amz-json-1.1");
  else if (model.speaks(Protocol::rest_json))
    request = rest_request(*operation, input);
  else
    request = query_request(model, *operation, input);
  request.headers.set("Host", std::string(host));
  return request;
}

}  // namespace tocsin::simulation
