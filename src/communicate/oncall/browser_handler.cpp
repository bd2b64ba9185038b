#include "communicate/oncall/browser_handler.h"

#include "base/encoding.h"
#include "communicate/oncall/acknowledge_page.h"
#include "communicate/oncall/browser_page.h"
#include "delivery/web_push/web_push_carrier.h"

namespace tocsin::oncall {
namespace {

constexpr std::size_t token_length = 43;

wire::HttpResponse answer(int status, const char* type, std::string body) {
  wire::HttpResponse out{.status = status, .headers = {}, .body = std::move(body)};
  out.headers.add("Content-Type", type);
  out.headers.add("Cache-Control", "no-store");
  out.headers.add("Referrer-Policy", "no-referrer");
  out.headers.add("X-Content-Type-Options", "nosniff");
  out.headers.add("Content-Security-Policy",
                  "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'unsafe-inline'; base-uri "
                  "'none'; frame-ancestors 'none'");
  return out;
}
wire::HttpResponse html(int status, std::string body) { return answer(status, "text/html; charset=utf-8", std::move(body)); }
wire::HttpResponse text(int status, std::string body) { return answer(status, "text/plain; charset=utf-8", std::move(body)); }

}  // namespace

Result<void> BrowserHandler::read_key() {
  if (const auto kept = oncall_.outgoing().push_key()) {
    auto key = delivery::P256Key::from_raw(kept->private_number, kept->public_point);
    if (!key) return std::unexpected(key.error());
    key_ = std::make_unique<delivery::P256Key>(std::move(*key));
    return {};
  }
  auto made = delivery::P256Key::generate();
  if (!made) return std::unexpected(made.error());
  oncall_.outgoing().set_push_key({made->private_number(), made->public_point()});
  key_ = std::make_unique<delivery::P256Key>(std::move(*made));
  return {};
}

void BrowserHandler::handle(wire::HttpRequest request, wire::Respond respond) {
  const std::string rest = request.path.substr(std::min(request.path.size(), browser_prefix.size()));
  if (rest == "page.js") return respond(answer(200, "text/javascript; charset=utf-8", std::string(browser_script())));
  if (rest == "worker.js") return respond(answer(200, "text/javascript; charset=utf-8", std::string(browser_worker())));
  if (request.method != "GET" && request.method != "HEAD" && request.method != "POST") return respond(text(405, "GET or POST\n"));
  auto out = std::make_shared<wire::HttpResponse>();
  state_.submit(
      [this, rest, out, request = std::move(request)]() -> Result<void> {
        *out = act(rest, request);
        return {};
      },
      [out, respond = std::move(respond)](Result<void> done) mutable {
        respond(done ? std::move(*out) : text(503, "not stored, please try again\n"));
      });
}

wire::HttpResponse BrowserHandler::act(const std::string& token, const wire::HttpRequest& request) {
  const auto secret = token.size() == token_length ? oncall_.engagements().find_secret(token) : std::nullopt;
  const bool good = secret && secret->kind == EngagementStore::SecretKind::browser && !secret->used && secret->expires > state_.now();
  const auto channel = good ? oncall_.contacts().find_channel(secret->scope, secret->page_arn) : std::nullopt;
  if (!channel || !key_)
    return html(
        404,
        notice_page("This link is not known",
                    "It was used, is older than 30 minutes, or is cut off. Ask for a new one: aws ssm-contacts send-activation-code."));
  if (request.method != "POST") {
    const auto contact = oncall_.contacts().find(channel->scope, channel->contact_arn);
    return html(200, browser_page(contact ? contact->name() : "a contact", to_base64url(key_->public_point())));
  }
  const auto document = parse_json(request.body);
  if (!document) return text(400, "The browser's subscription is no JSON.\n");
  if (const auto sound = delivery::read_subscription(*document); !sound)
    return text(400, "The browser's subscription cannot be used: " + sound.error().message + ".\n");
  oncall_.engagements().use_secret(token, state_.now());
  oncall_.take_browser(*channel, *document);
  return text(200, "ok\n");
}

}  // namespace tocsin::oncall
