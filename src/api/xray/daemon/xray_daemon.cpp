#include "api/xray/daemon/xray_daemon.h"

#include <boost/json.hpp>

#include "base/log.h"
#include "telemetry/traces/daemon_datagram.h"
#include "wire/aws/codec.h"

namespace tocsin::api {
namespace {

constexpr const char* part = "api/xray/daemon";

const char* operation_of(const wire::HttpRequest& request) {
  if (request.method != "POST") return nullptr;
  if (request.path == "/GetSamplingRules") return "GetSamplingRules";
  return request.path == "/SamplingTargets" ? "GetSamplingTargets" : nullptr;
}

}  // namespace

XrayDaemon::XrayDaemon(storage::StateExecutor& state, telemetry::TraceStore& traces, Dispatcher& dispatcher,
                       const wire::ServiceModels& models, Scope scope)
    : state_(state), traces_(traces), dispatcher_(dispatcher), models_(models), scope_(std::move(scope)) {}

void XrayDaemon::receive(std::string_view datagram) {
  const auto text = telemetry::document_of_datagram(datagram);
  if (!text) return log::warning(part, "a datagram without the daemon's header was dropped");
  auto document = telemetry::read_segment(*text, state_.now());
  if (!document) return log::warning(part, "a segment was dropped", {{"id", document.error().id}, {"code", document.error().code}});
  state_.submit([this, document = std::move(*document)]() mutable -> Result<void> {
    std::vector<telemetry::SegmentDocument> documents;
    documents.push_back(std::move(document));
    if (auto kept = traces_.append(scope_, std::move(documents)); !kept)
      log::warning(part, "a segment was dropped", {{"error", kept.error().message}});
    return {};
  });
}

void XrayDaemon::handle(wire::HttpRequest request, wire::Respond respond) {
  const char* operation = operation_of(request);
  if (!operation) return respond({.status = 404});
  auto input = parse_json(request.body.empty() ? "{}" : request.body);
  if (!input || !input->is_object()) return respond({.status = 400});
  const wire::ServiceModel* model = models_.find("xray");
  const wire::Route route{.service = model,
                          .operation = model->operation(operation),
                          .protocol = wire::Protocol::rest_json,
                          .wants_query_errors = false,
                          .labels = {}};
  const Principal principal{.kind = PrincipalKind::root,
                            .account = scope_.account,
                            .arn = "arn:aws:iam::" + scope_.account + ":root",
                            .principal_id = scope_.account};
  auto shared = std::make_shared<wire::Respond>(std::move(respond));
  dispatcher_.call({.service = "xray", .operation = operation, .input = std::move(*input), .principal = principal, .scope = scope_},
                   [shared, route](Reply reply) {
                     const wire::Codec& codec = wire::codec_of(wire::Protocol::rest_json);
                     if (reply) return (*shared)(codec.write(route, *reply, "xray-daemon"));
                     (*shared)(codec.write_error(wire::context_of(route),
                                                 {reply.error().code, reply.error().message, reply.error().status, reply.error().members},
                                                 "xray-daemon"));
                   });
}

}  // namespace tocsin::api
