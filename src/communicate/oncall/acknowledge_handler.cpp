#include "communicate/oncall/acknowledge_handler.h"

#include <memory>
#include <tuple>

#include "base/text_time.h"
#include "communicate/oncall/acknowledge_page.h"

namespace tocsin::oncall {
namespace {

constexpr std::size_t token_length = 43, short_token_length = 10;

wire::HttpResponse html(int status, std::string body) {
  wire::HttpResponse out{.status = status};
  out.headers.add("Content-Type", "text/html; charset=utf-8");
  out.headers.add("Cache-Control", "no-store");
  out.headers.add("Referrer-Policy", "no-referrer");
  out.headers.add("X-Content-Type-Options", "nosniff");
  out.headers.add("Content-Security-Policy",
                  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  out.body = std::move(body);
  return out;
}

wire::HttpResponse unknown_link() {
  return html(404, notice_page("This link is not known", "It may be cut off: open it from the mail again. It acknowledges nothing."));
}

bool is_token(std::string_view text) {
  return (text.size() == token_length || text.size() == short_token_length) &&
         text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == std::string_view::npos;
}

AcknowledgeView view_of(OnCall& oncall, const Page& page, const std::string& token, Instant now) {
  AcknowledgeView view{.action = std::string(acknowledge_prefix) + token, .as_of = to_rfc3339(now).substr(11, 8) + " UTC"};
  const auto contact = oncall.contacts().find(page.scope, page.contact_arn);
  view.contact_name = contact ? contact->name() : "a contact that is gone";
  std::tie(view.why_you, view.next) = oncall.why_and_next(page);
  if (const auto engagement = oncall.engagements().find(page.scope, page.engagement_arn)) {
    view.facts = oncall.facts_of(*engagement);
    if (engagement->stop) view.state = "over: nobody is paged any more";
  }
  return view;
}

}  // namespace

void AcknowledgeHandler::handle(wire::HttpRequest request, wire::Respond respond) {
  const std::string token = request.path.starts_with(acknowledge_prefix) ? request.path.substr(acknowledge_prefix.size()) : "";
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!reads && request.method != "POST") {
    auto refused = html(405, notice_page("Not possible", "Open this link, or send its form."));
    refused.headers.add("Allow", "GET, HEAD, POST");
    return respond(std::move(refused));
  }
  if (!is_token(token)) return respond(unknown_link());
  auto answer = std::make_shared<wire::HttpResponse>();
  state_.submit(
      [this, token, reads, answer]() -> Result<void> {
        *answer = reads ? show(token) : take(token);
        return {};
      },
      [answer, respond = std::move(respond)](Result<void> done) mutable {
        if (!done) *answer = html(503, notice_page("Not saved", "The server could not store this. Nothing was changed: please try again."));
        respond(std::move(*answer));
      });
}

// all pages of a digest behind one link
wire::HttpResponse AcknowledgeHandler::show_digest(const EngagementStore::Secret& secret, const std::string& token) {
  std::vector<DigestLine> lines;
  for (const Page& page : oncall_.pages_of_digest(secret.scope, secret.page_arn.substr(digest_prefix.size())))
    lines.push_back({page.subject, page.read ? "acknowledged at " + to_rfc3339(*page.read) : "open"});
  if (secret.used) return html(200, digest_page("", lines));
  if (secret.expires <= state_.now())
    return html(410, notice_page("This link has expired", "Look for a newer message, or use aws ssm-contacts accept-page."));
  return html(200, digest_page(std::string(acknowledge_prefix) + token, lines));
}

wire::HttpResponse AcknowledgeHandler::take_digest(const EngagementStore::Secret& secret, const std::string& token) {
  if (secret.used || secret.expires <= state_.now()) return show_digest(secret, token);
  oncall_.engagements().use_secret(token, state_.now());
  for (const Page& page : oncall_.pages_of_digest(secret.scope, secret.page_arn.substr(digest_prefix.size())))
    oncall_.acknowledge(page, "", "by the link in the digest");
  auto used = secret;
  used.used = state_.now();
  return show_digest(used, token);
}

wire::HttpResponse AcknowledgeHandler::show(const std::string& token) {
  const auto secret = oncall_.engagements().find_secret(token);
  if (secret && secret->page_arn.starts_with(digest_prefix)) return show_digest(*secret, token);
  const auto page = secret ? oncall_.engagements().find_page(secret->scope, secret->page_arn) : std::nullopt;
  if (!page || secret->kind == EngagementStore::SecretKind::code) return unknown_link();
  if (secret->used)
    return html(410, notice_page("This link was used", "It was used at " + to_rfc3339(*secret->used) + ". A link works once."));
  if (secret->expires <= state_.now())
    return html(410, notice_page("This link has expired", "Look for a newer mail, or use aws ssm-contacts accept-page."));
  const AcknowledgeView view = view_of(oncall_, *page, token, state_.now());
  if (secret->kind == EngagementStore::SecretKind::undo) return html(200, acknowledged_page(view, view.action));
  if (page->read)
    return html(200, notice_page("Already acknowledged", view.contact_name + " acknowledged this at " + to_rfc3339(*page->read) + "."));
  return html(200, acknowledge_form(view));
}

wire::HttpResponse AcknowledgeHandler::take(const std::string& token) {
  const auto secret = oncall_.engagements().find_secret(token);
  if (secret && secret->page_arn.starts_with(digest_prefix)) return take_digest(*secret, token);
  const auto page = secret ? oncall_.engagements().find_page(secret->scope, secret->page_arn) : std::nullopt;
  const bool good = page && secret->kind != EngagementStore::SecretKind::code && !secret->used && secret->expires > state_.now();
  if (!good) return show(token);
  oncall_.engagements().use_secret(token, state_.now());
  if (secret->kind == EngagementStore::SecretKind::undo) {
    oncall_.unacknowledge(*page, "by the link");
    return html(
        200, notice_page("Taken back", "The acknowledgement was taken back. The escalation goes on, and a new mail is on its way to you."));
  }
  if (page->read) return html(200, notice_page("Already acknowledged", "This was acknowledged at " + to_rfc3339(*page->read) + "."));
  oncall_.acknowledge(*page, "", "by the link in the mail");
  const AcknowledgeView view = view_of(oncall_, *page, token, state_.now());
  return html(200, acknowledged_page(view, std::string(acknowledge_prefix) + oncall_.make_undo_secret(*page)));
}

}  // namespace tocsin::oncall
