#include "wire/aws/router.h"

#include <strings.h>

#include <algorithm>

#include "base/encoding.h"
#include "wire/aws/s3_routing.h"
#include "wire/sigv4/presigned_v2.h"

namespace tocsin::wire {
namespace {

using Outcome = std::expected<Route, RouteFailure>;

bool contains(const std::vector<std::string>& list, std::string_view text) { return std::ranges::find(list, text) != list.end(); }

bool starts_without_case(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && strncasecmp(text.data(), prefix.data(), prefix.size()) == 0;
}

/// The first field of that name, decoded; names that matter here have nothing to encode.
std::string parameter(std::string_view form, std::string_view name) {
  while (!form.empty()) {
    const std::size_t end = form.find('&');
    const std::string_view field = form.substr(0, end);
    if (field.size() > name.size() && field.starts_with(name) && field[name.size()] == '=')
      return percent_decode(field.substr(name.size() + 1), true);
    form = end == std::string_view::npos ? std::string_view{} : form.substr(end + 1);
  }
  return {};
}

bool is_form(const HttpRequest& request) {
  return starts_without_case(request.headers.get("Content-Type"), "application/x-www-form-urlencoded");
}
bool wants_query_errors(const HttpRequest& request) { return request.headers.get("x-amzn-query-mode") == "true"; }

/// The credential: AKID/date/region/service/aws4_request
std::string credential_of(const HttpRequest& request) {
  const std::string_view authorization = request.headers.get("Authorization");
  const std::size_t at = authorization.find("Credential=");
  if (at != std::string_view::npos) {
    const std::string_view rest = authorization.substr(at + 11);
    return std::string(rest.substr(0, rest.find_first_of(", ")));
  }
  const std::string presigned = parameter(request.query, "X-Amz-Credential");
  return !presigned.empty() || !is_form(request) ? presigned : parameter(request.body, "X-Amz-Credential");
}

std::string credential_piece(const HttpRequest& request, std::size_t from_end) {
  const std::string credential = credential_of(request);
  const std::vector<std::string_view> pieces = path_segments(credential);
  return pieces.size() >= 5 ? std::string(pieces[pieces.size() - from_end]) : std::string{};
}

std::unexpected<RouteFailure> unknown_operation(const HttpRequest& request, Protocol protocol, const ServiceModel* service,
                                                std::string_view name) {
  RouteFailure failure{.protocol = protocol, .service = service, .wants_query_errors = wants_query_errors(request)};
  if (protocol == Protocol::query || protocol == Protocol::ec2) {
    const std::string version = service ? service->api_version : std::string{};
    failure.error = {"InvalidAction", "Could not find operation " + std::string(name) + " for version " + version, 400, {}};
  } else {
    const bool rest = protocol == Protocol::rest_json || protocol == Protocol::rest_xml || protocol == Protocol::rpc_v2_cbor;
    failure.error = {
        "UnknownOperationException", name.empty() ? "" : "The operation " + std::string(name) + " is not known.", rest ? 404 : 400, {}};
  }
  return std::unexpected(std::move(failure));
}

std::unexpected<RouteFailure> unknown_service(const HttpRequest& request) {
  const std::string name = credential_service(request);
  if (name.empty())
    return std::unexpected(
        RouteFailure{{"MissingAuthenticationToken", "Missing Authentication Token", 403, {}}, Protocol::rest_json, nullptr, false});
  return std::unexpected(RouteFailure{
      {"UnknownOperationException", "The service " + name + " is not served here.", 404, {}}, Protocol::rest_json, nullptr, false});
}

Outcome found(const HttpRequest& request, const ServiceModel& service, Protocol protocol, std::string_view operation) {
  const OperationModel* model = service.operation(operation);
  if (!model) return unknown_operation(request, protocol, &service, operation);
  return Route{&service, model, protocol, wants_query_errors(request), {}};
}

}  // namespace

std::string credential_service(const HttpRequest& request) { return sigv4::is_presigned_v2(request) ? "s3" : credential_piece(request, 2); }
std::string credential_region(const HttpRequest& request) { return credential_piece(request, 3); }

void Router::add(ExtraRoute extra) {
  extras_.push_back(std::move(extra));
  std::ranges::stable_sort(extras_, std::ranges::greater{}, [](const ExtraRoute& route) { return route.prefix.size(); });
}

HttpHandler* Router::extra(const HttpRequest& request) const {
  for (const ExtraRoute& route : extras_) {
    if (!route.method.empty() && route.method != request.method) continue;
    bool fits = false;
    switch (route.by) {
      case ExtraRoute::By::target:
        fits = request.headers.get("X-Amz-Target").starts_with(route.prefix);
        break;
      case ExtraRoute::By::path:
        fits = request.path.starts_with(route.prefix);
        break;
      case ExtraRoute::By::query_action:
        fits = parameter(request.query, "Action") == route.prefix;
        break;
    }
    if (fits) return route.handler;
  }
  return nullptr;
}

std::expected<Route, RouteFailure> Router::route(const HttpRequest& request) const {
  if (const std::string_view target = request.headers.get("X-Amz-Target"); !target.empty()) return by_target(request, target);
  if (request.headers.get("Smithy-Protocol") == "rpc-v2-cbor") return by_rpc_path(request);
  if (is_form(request) && request.body.find("Action=") != std::string::npos) return by_query(request, request.body);
  const ServiceModel* service = signed_service(request);
  if (service && (service->speaks(Protocol::rest_json) || service->speaks(Protocol::rest_xml))) return by_path(request, *service);
  if (request.query.find("Action=") != std::string::npos) return by_query(request, request.query);
  if (!service) return unknown_service(request);
  return unknown_operation(request, service->protocols.front(), service, {});
}

const ServiceModel* Router::signed_service(const HttpRequest& request) const {
  const std::string name = credential_service(request);
  if (name.empty()) return nullptr;
  for (const ServiceSummary& summary : models_.summaries())
    if (summary.signing_name == name) return models_.find(summary.name);
  return nullptr;
}

Outcome Router::by_target(const HttpRequest& request, std::string_view target) const {
  const std::size_t dot = target.rfind('.');
  const std::string_view prefix = target.substr(0, dot == std::string_view::npos ? 0 : dot);
  for (const ServiceSummary& summary : models_.summaries()) {
    if (summary.target_prefix.empty() || summary.target_prefix != prefix || !contains(summary.protocols, "json")) continue;
    const ServiceModel& service = *models_.find(summary.name);
    const Protocol protocol = service.speaks(Protocol::json_1_0) ? Protocol::json_1_0 : Protocol::json_1_1;
    return found(request, service, protocol, target.substr(dot + 1));
  }
  return unknown_operation(request, Protocol::json_1_1, nullptr, target);
}

/// https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html: POST {prefix}/service/{serviceName}/operation/{operationName}
Outcome Router::by_rpc_path(const HttpRequest& request) const {
  const std::vector<std::string_view> pieces = path_segments(request.path);
  const bool fits =
      pieces.size() >= 4 && pieces[pieces.size() - 4] == "service" && pieces[pieces.size() - 2] == "operation" && request.method == "POST";
  if (!fits) return unknown_operation(request, Protocol::rpc_v2_cbor, nullptr, {});
  for (const ServiceSummary& summary : models_.summaries()) {
    if (summary.target_prefix != pieces[pieces.size() - 3] || !contains(summary.protocols, "smithy-rpc-v2-cbor")) continue;
    return found(request, *models_.find(summary.name), Protocol::rpc_v2_cbor, pieces.back());
  }
  return unknown_operation(request, Protocol::rpc_v2_cbor, nullptr, pieces.back());
}

const ServiceModel* Router::query_service(const HttpRequest& request, std::string_view version, std::string_view action) const {
  const ServiceModel* by_signature = signed_service(request);
  if (by_signature && (by_signature->speaks(Protocol::query) || by_signature->speaks(Protocol::ec2))) return by_signature;
  for (const ServiceSummary& summary : models_.summaries())
    if (!version.empty() && summary.api_version == version && (contains(summary.protocols, "query") || contains(summary.protocols, "ec2")))
      return models_.find(summary.name);
  if (!version.empty()) return nullptr;
  for (const ServiceSummary& summary : models_.summaries())
    if (std::ranges::binary_search(summary.actions, std::string(action))) return models_.find(summary.name);
  return nullptr;
}

Outcome Router::by_query(const HttpRequest& request, std::string_view parameters) const {
  const std::string action = parameter(parameters, "Action");
  const std::string version = parameter(parameters, "Version");
  const ServiceModel* service = query_service(request, version, action);
  if (!service) {
    RouteFailure failure{.protocol = Protocol::query};
    failure.error = {"InvalidAction",
                     "Could not find operation " + action + " for version " + (version.empty() ? "NO_VERSION_SPECIFIED" : version),
                     400,
                     {}};
    return std::unexpected(std::move(failure));
  }
  return found(request, *service, service->speaks(Protocol::query) ? Protocol::query : Protocol::ec2, action);
}

Outcome Router::by_path(const HttpRequest& request, const ServiceModel& service) const {
  if (service.name == "s3") {
    if (auto meant = s3_route(request, service)) return Route{&service, meant->operation, Protocol::rest_xml, false, std::move(meant->labels)};
    return unknown_operation(request, Protocol::rest_xml, &service, request.method + " " + request.path);
  }
  const Protocol protocol = service.speaks(Protocol::rest_json) ? Protocol::rest_json : Protocol::rest_xml;
  for (const OperationModel* operation : service.by_path()) {
    if (operation->http_method != request.method) continue;
    if (auto labels = operation->uri.match(request.path, request.query))
      return Route{&service, operation, protocol, wants_query_errors(request), std::move(*labels)};
  }
  return unknown_operation(request, protocol, &service, request.method + " " + request.path);
}

}  // namespace tocsin::wire
