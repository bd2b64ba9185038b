#include "server/node/reset_path.h"

#include <boost/json.hpp>
#include <memory>

#include "api/dispatch/access_gate/loopback_guard.h"

namespace tocsin::server {
namespace {

/// nullopt: may go on.
std::optional<wire::HttpResponse> refusal(api::Gate& gate, const wire::HttpRequest& request) {
  // a key of this server must have signed; of other clients a header that no web page can send is enough
  const std::string_view header = request.headers.get("Authorization");
  if (!header.empty() && !header.starts_with("AWS4-")) {
    if (api::comes_from_this_machine(request)) return std::nullopt;
    return reset_answer(
        403, "AccessDenied",
        "A server in --dev answers only to this machine: the Host must be loopback and the Origin, if any, the server's own.");
  }
  const auto caller = gate.authenticate(request, "");
  if (caller) return std::nullopt;
  return reset_answer(caller.error().status ? caller.error().status : 403, caller.error().code, caller.error().message);
}

}  // namespace

wire::HttpResponse reset_answer(int status, std::string_view word, std::string_view message) {
  Object body{{"status", word}};
  if (!message.empty()) body["message"] = message;
  wire::HttpResponse response{.status = status, .headers = {}, .body = to_json(Document(std::move(body))) + "\n"};
  response.headers.set("Content-Type", "application/json");
  response.headers.set("Cache-Control", "no-store");
  return response;
}

void ResetPath::handle(wire::HttpRequest request, wire::Respond respond) {
  if (!dev_) return respond(reset_answer(404, "NotFound", "Only a server in --dev can be emptied."));
  if (request.method != "POST") return respond(reset_answer(405, "MethodNotAllowed", "POST only"));
  auto refused = std::make_shared<std::optional<wire::HttpResponse>>();
  auto shared = std::make_shared<wire::Respond>(std::move(respond));
  state_.submit(
      [this, refused, request = std::move(request)]() -> Result<void> {
        *refused = refusal(gate_, request);
        return {};
      },
      [this, refused, shared](Result<void> done) {
        if (!done) return (*shared)(reset_answer(503, "ServiceUnavailable", done.error().message));
        if (*refused) return (*shared)(std::move(**refused));
        reset_(std::move(*shared));
      });
}

}  // namespace tocsin::server
