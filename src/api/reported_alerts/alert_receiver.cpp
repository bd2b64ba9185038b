#include "api/reported_alerts/alert_receiver.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "api/dispatch/access_gate/loopback_guard.h"
#include "base/encoding.h"
#include "base/text_time.h"
#include "detect/reports/alert_documents.h"

namespace tocsin::api {
namespace {

constexpr std::size_t body_bytes_max = 16u << 20;
constexpr int shown_max = 10'000;
constexpr std::string_view webhook_prefix = "/alerts/webhook/", heartbeat_prefix = "/heartbeats/", fail_suffix = "/fail";

wire::HttpResponse respond_with(int status, const char* type, std::string body) {
  wire::HttpResponse response{.status = status, .headers = {}, .body = std::move(body)};
  response.headers.set("Content-Type", type);
  response.headers.set("Cache-Control", "no-store");
  if (status == 401) response.headers.set("WWW-Authenticate", "Basic realm=\"tocsin\"");
  if (status == 503) response.headers.set("Retry-After", "1");
  return response;
}

wire::HttpResponse text_answer(int status, std::string_view words) {
  return respond_with(status, "text/plain; charset=utf-8", std::string(words) + "\n");
}

/// Alertmanager and Prometheus read errors as JSON text.
wire::HttpResponse refusal(const Error& error) {
  const int status = error.kind == ErrorKind::denied           ? (error.reason == "SignalNotAllowed" ? 403 : 401)
                     : error.kind == ErrorKind::invalid        ? 400
                     : error.kind == ErrorKind::not_found      ? 404
                     : error.kind == ErrorKind::limit_exceeded ? 413
                     : error.kind == ErrorKind::unsupported    ? 405
                                                               : 503;
  return respond_with(status, "application/json", to_json(Document(boost::json::string(error.message))) + "\n");
}

std::string query_field(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=')
      return percent_decode(pair.substr(name.size() + 1), true);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
  }
  return {};
}

Result<Document> read_body(const wire::HttpRequest& request) {
  if (request.body.size() > body_bytes_max) return fail(ErrorKind::limit_exceeded, "the body is longer than 16 MiB");
  auto document = parse_json(request.body);
  if (!document) return fail(ErrorKind::invalid, "the body is no JSON: " + document.error().message);
  return document;
}

Object to_object(const detect::LabelMap& map) {
  Object out;
  for (const auto& [name, value] : map) out[name] = value;
  return out;
}

}  // namespace

void AlertReceiver::handle(wire::HttpRequest request, wire::Respond respond) {
  auto answered = std::make_shared<wire::HttpResponse>();
  auto shared = std::make_shared<wire::Respond>(std::move(respond));
  state_.submit(
      [this, request = std::move(request), answered]() -> Result<void> {
        auto response = answer(request);
        if (!response) return std::unexpected(response.error());
        *answered = std::move(*response);
        return {};
      },
      [shared, answered](Result<void> done) { (*shared)(done ? std::move(*answered) : refusal(done.error())); });
}

Result<wire::HttpResponse> AlertReceiver::answer(const wire::HttpRequest& request) {
  const auto scope = scope_of(request);
  if (!scope) return std::unexpected(scope.error());
  if (request.path.starts_with(heartbeat_prefix)) return ping(*scope, request);
  if (request.path == "/api/v2/alerts" && request.method == "GET") return open_alerts(*scope);
  if (request.method != "POST") return fail(ErrorKind::unsupported, "POST is wanted");
  const auto document = read_body(request);
  if (!document) return std::unexpected(document.error());
  if (request.path == "/api/v2/alerts") return take(*scope, detect::read_posted_alerts(*document, state_.now()));
  if (request.path == "/alerts/alertmanager") return take(*scope, detect::read_alertmanager_webhook(*document, "alertmanager"));
  if (request.path == "/alerts/grafana") return take(*scope, detect::read_alertmanager_webhook(*document, "grafana"));
  if (request.path.starts_with(webhook_prefix)) return webhook(*scope, request.path.substr(webhook_prefix.size()), *document);
  return fail(ErrorKind::not_found, "there is no such way in");
}

Result<Scope> AlertReceiver::scope_of(const wire::HttpRequest& request) {
  std::string header(request.headers.get("Authorization"));
  if (header.empty())
    if (const std::string key = query_field(request.query, "key"); !key.empty()) header = "Bearer " + key;
  if (settings_.dev && header.empty() && comes_from_this_machine(request)) return settings_.dev_scope;
  const auto key = keys_.verify(header, access::Signal::webhooks);
  if (!key) return std::unexpected(key.error());
  return key->scope;
}

Result<wire::HttpResponse> AlertReceiver::take(const Scope& scope, Result<std::vector<detect::ReportedAlert>> alerts) {
  if (!alerts) return std::unexpected(alerts.error());
  for (const detect::ReportedAlert& alert : *alerts) reports_.take(scope, alert);
  return respond_with(200, "application/json", "");
}

Result<wire::HttpResponse> AlertReceiver::webhook(const Scope& scope, const std::string& name, const Document& document) {
  if (!detect::is_heartbeat_name(name)) return fail(ErrorKind::invalid, "the name of a webhook is of letters, digits and . _ -");
  const auto text = settings_.mapping ? settings_.mapping(scope, name) : std::nullopt;
  if (!text) return fail(ErrorKind::not_found, fmt::format("there is no mapping: the parameter /tocsin/webhooks/{} is missing", name));
  const auto mapping = parse_json(*text);
  if (!mapping) return fail(ErrorKind::invalid, fmt::format("the parameter /tocsin/webhooks/{} is no JSON", name));
  return take(scope, detect::read_mapped(document, *mapping, "webhook." + name));
}

Result<wire::HttpResponse> AlertReceiver::ping(const Scope& scope, const wire::HttpRequest& request) {
  std::string name = request.path.substr(heartbeat_prefix.size());
  detect::Ping ping{.failed = name.ends_with(fail_suffix), .text = request.body};
  if (ping.failed) name.resize(name.size() - fail_suffix.size());
  ping.name = percent_decode(name);
  if (!detect::is_heartbeat_name(ping.name)) return fail(ErrorKind::invalid, "the name of a heartbeat is of letters, digits and . _ -");
  if (request.method == "DELETE") {
    heartbeats_.forget(scope, ping.name);
    return text_answer(200, "forgotten");
  }
  if (request.method != "GET" && request.method != "HEAD" && request.method != "POST" && request.method != "PUT")
    return fail(ErrorKind::unsupported, "GET, HEAD, POST or DELETE is wanted");
  for (const auto& [field, span] : {std::pair("every", &ping.every), std::pair("grace", &ping.grace)}) {
    const std::string text = query_field(request.query, field);
    if (text.empty()) continue;
    const auto parsed = detect::parse_span(text);
    if (!parsed) return fail(ErrorKind::invalid, fmt::format("{} is a span such as 90s, 5m, 1h or 2d, at most 31 days", field));
    *span = *parsed;
  }
  heartbeats_.ping(scope, ping);
  return text_answer(200, "OK");
}

/// As Alertmanager lists them.
wire::HttpResponse AlertReceiver::open_alerts(const Scope& scope) {
  Array out;
  for (const detect::OpenAlert& open : reports_.open(scope, "", shown_max)) {
    Object annotations = to_object(open.alert.annotations);
    if (!open.alert.summary.empty()) annotations["summary"] = open.alert.summary;
    Object labels = to_object(open.alert.labels);
    if (!labels.contains("alertname")) labels["alertname"] = open.alert.name;
    Object alert{{"annotations", std::move(annotations)},
                 {"endsAt", to_rfc3339_ms(open.alert.firing_until.value_or(open.last_at + std::chrono::minutes(5)))},
                 {"fingerprint", open.alert.key},
                 {"receivers", Array{Object{{"name", open.alert.source}}}},
                 {"startsAt", to_rfc3339_ms(open.alert.starts_at)},
                 {"status", Object{{"inhibitedBy", Array{}}, {"silencedBy", Array{}}, {"state", "active"}}},
                 {"updatedAt", to_rfc3339_ms(open.last_at)}};
    if (!open.alert.link.empty()) alert["generatorURL"] = open.alert.link;
    alert["labels"] = std::move(labels);
    out.emplace_back(std::move(alert));
  }
  return respond_with(200, "application/json", to_json(Document(std::move(out))) + "\n");
}

}  // namespace tocsin::api
