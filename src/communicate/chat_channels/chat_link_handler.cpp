#include "communicate/chat_channels/chat_link_handler.h"

#include "base/encoding.h"
#include "communicate/oncall/acknowledge_page.h"
#include "delivery/gateways/gateway_address.h"

namespace tocsin::chat {
namespace {

constexpr std::size_t token_length = 43, name_max = 80;

wire::HttpResponse html(int status, std::string body) {
  wire::HttpResponse out{.status = status, .headers = {}, .body = std::move(body)};
  out.headers.add("Content-Type", "text/html; charset=utf-8");
  out.headers.add("Cache-Control", "no-store");
  out.headers.add("Referrer-Policy", "no-referrer");
  out.headers.add("X-Content-Type-Options", "nosniff");
  out.headers.add("Content-Security-Policy",
                  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  return out;
}

std::string label_of(const ChatLink& link) {
  if (link.act == LinkAct::acknowledge) return "Acknowledge";
  if (link.act == LinkAct::join) return "Join";
  return text_or(link.argument, "label") + ": run " + text_or(link.argument, "document");
}

std::string question(const incidents::Incident& incident, const ChatLink& link, const std::string& token) {
  return oncall::named_form({.severity = incidents::severity_word(incident.impact),
                             .what = incident.title,
                             .summary = incident.summary,
                             .action = std::string(chat_link_prefix) + token,
                             .label = label_of(link)});
}

}  // namespace

void ChatLinkHandler::handle(wire::HttpRequest request, wire::Respond respond) {
  const std::string token = request.path.substr(std::min(request.path.size(), chat_link_prefix.size()));
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!reads && request.method != "POST")
    return respond(html(405, oncall::notice_page("Not possible", "Open this link, or send its form.")));
  auto answer = std::make_shared<wire::HttpResponse>();
  state_.submit(
      [this, token, reads, answer, body = std::move(request.body)]() -> Result<void> {
        *answer = reads ? show(token) : act(token, body);
        return {};
      },
      [answer, respond = std::move(respond)](Result<void> done) mutable {
        if (!done)
          *answer = html(503, oncall::notice_page("Not saved", "The server could not store this. Nothing was changed: please try again."));
        respond(std::move(*answer));
      });
}

wire::HttpResponse ChatLinkHandler::show(const std::string& token) {
  const auto link = token.size() == token_length ? channels_.store().find_link(token) : std::nullopt;
  const auto incident = link ? incidents_.store().find(link->scope, link->incident_arn) : std::nullopt;
  if (!incident) return html(404, oncall::notice_page("This link is not known", "It may be cut off: open it from the message again."));
  if (link->expires <= state_.now()) return html(410, oncall::notice_page("This link has expired", "Look for a newer message."));
  return html(200, question(*incident, *link, token));
}

wire::HttpResponse ChatLinkHandler::act(const std::string& token, const std::string& body) {
  const auto link = token.size() == token_length ? channels_.store().find_link(token) : std::nullopt;
  if (!link) return html(404, oncall::notice_page("This link is not known", "It may be cut off: open it from the message again."));
  std::string who = delivery::read_form(body)["who"];
  for (char& c : who)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  if (who.empty() || !is_utf8(who)) who = "somebody";
  const auto told = channels_.act(token, *link, who.substr(0, name_max));
  if (!told) return html(409, oncall::notice_page("That did not happen", told.error().message));
  return html(200, oncall::notice_page("Done", *told));
}

}  // namespace tocsin::chat
