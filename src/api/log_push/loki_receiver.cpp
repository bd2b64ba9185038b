#include "api/log_push/loki_receiver.h"

#include "api/dispatch/access_gate/loopback_guard.h"
#include "api/log_push/pushed_logs.h"

namespace tocsin::api {
namespace {

constexpr std::size_t body_bytes_max = 64u << 20;

wire::HttpResponse text_answer(int status, std::string_view words) {
  wire::HttpResponse response{.status = status, .body = std::string(words) + "\n"};
  response.headers.set("Content-Type", "text/plain; charset=utf-8");
  if (status == 503) response.headers.set("Retry-After", "1");
  return response;
}

int status_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::denied:
      return error.reason == "SignalNotAllowed" ? 403 : 401;
    case ErrorKind::invalid:
      return 400;
    case ErrorKind::unsupported:
      return 415;
    case ErrorKind::limit_exceeded:
      return 413;
    default:
      return 503;
  }
}

}  // namespace

void LokiReceiver::handle(wire::HttpRequest request, wire::Respond respond) {
  if (request.method != "POST") return respond(text_answer(405, "POST is wanted"));
  auto parsed = wire::parse_loki_push(request.headers.get("Content-Type"), request.body, body_bytes_max);
  if (!parsed) return respond(text_answer(status_of(parsed.error()), parsed.error().message));
  request.body.clear();
  auto shared = std::make_shared<wire::Respond>(std::move(respond));
  state_.submit(
      [this, request = std::move(request), streams = std::move(*parsed)]() -> Result<void> {
        const auto scope = scope_of(request);
        if (!scope) return std::unexpected(scope.error());
        std::int64_t lines = 0;
        for (const wire::LokiStream& stream : streams) lines += static_cast<std::int64_t>(stream.entries.size());
        const auto rejected = keep_loki_streams(store_, *scope, streams, state_.now());
        if (!rejected) return std::unexpected(rejected.error());
        if (*rejected > 0 && *rejected == lines) return fail(ErrorKind::invalid, "every line is too old or too far in the future");
        return {};
      },
      [shared](Result<void> done) {
        if (done) return (*shared)({.status = 204});
        (*shared)(text_answer(status_of(done.error()), done.error().message));
      });
}

Result<Scope> LokiReceiver::scope_of(const wire::HttpRequest& request) {
  if (settings_.dev && comes_from_this_machine(request) && !request.headers.has("Authorization")) return settings_.dev_scope;
  const auto key = keys_.verify(request.headers.get("Authorization"), access::Signal::logs);
  if (!key) return std::unexpected(key.error());
  return key->scope;
}

}  // namespace tocsin::api
