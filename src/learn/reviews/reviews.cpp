#include "learn/reviews/reviews.h"

#include <boost/json.hpp>
#include <memory>

#include "incidents/event_names.h"

namespace tocsin::reviews {
namespace {

constexpr std::string_view prefix = "/reviews/";

wire::HttpResponse reply(int status, std::string_view type, std::string body) {
  wire::HttpResponse out{.status = status, .body = std::move(body)};
  out.headers.add("Content-Type", std::string(type));
  out.headers.add("Cache-Control", "no-store");
  out.headers.add("X-Content-Type-Options", "nosniff");
  return out;
}

wire::HttpResponse missing() { return reply(404, "text/plain; charset=utf-8", "There is no such review.\n"); }

}  // namespace

Reviews::Reviews(storage::StateExecutor& state, incidents::Incidents& incidents, std::function<std::string()> public_url, MayRead may_read)
    : state_(state), incidents_(incidents), public_url_(std::move(public_url)), may_read_(std::move(may_read)) {}

Review Reviews::draft(const incidents::Incident& incident) {
  auto& store = incidents_.store();
  return draft_review({incident, store.timeline(incident.scope, incident.arn), store.evidence(incident.scope, incident.arn)});
}

Result<void> Reviews::on_event(const EventEnvelope& event) {
  if (event.source != incidents::incident_source || event.type != incidents::incident_resolved) return {};
  const std::string url = public_url_() + std::string(prefix) + text_or(event.detail, "incidentId") + ".md";
  (void)incidents_.add_related(event.scope, text_or(event.detail, "incidentRecordArn"),
                               {"", "ANALYSIS", Object{{"url", url}}, "Review draft"});
  return {};
}

void Reviews::handle(wire::HttpRequest request, wire::Respond respond) {
  if (request.method != "GET" && request.method != "HEAD") {
    auto refused = reply(405, "text/plain; charset=utf-8", "Only GET and HEAD.\n");
    refused.headers.add("Allow", "GET, HEAD");
    return respond(std::move(refused));
  }
  auto out = std::make_shared<wire::HttpResponse>();
  state_.submit(
      [this, request = std::move(request), out]() -> Result<void> {
        *out = answer(request);
        return {};
      },
      [out, respond = std::move(respond)](Result<void> done) mutable {
        respond(done ? std::move(*out) : reply(503, "text/plain; charset=utf-8", "Try again.\n"));
      });
}

wire::HttpResponse Reviews::answer(const wire::HttpRequest& request) {
  if (!request.path.starts_with(prefix)) return missing();
  const std::string name = request.path.substr(prefix.size());
  const auto dot = name.rfind('.');
  if (dot == std::string::npos) return missing();
  const auto incident = incidents_.store().find_by_id(name.substr(0, dot));
  if (!incident || !may_read_(request, incident->scope)) return missing();
  const std::string form = name.substr(dot);
  if (form == ".md") return reply(200, "text/markdown; charset=utf-8", review_markdown(draft(*incident)));
  if (form == ".json") return reply(200, "application/json; charset=utf-8", to_json(review_json(draft(*incident))));
  return missing();
}

}  // namespace tocsin::reviews
