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
  return "Run " + text_or(link.argument, "document");
}

std::string question(const incidents::Incident& incident, const ChatLink& link, const std::string& token) {
  const std::string title = incidents::severity_word(incident.impact) + " " + incident.title;
  return "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, "
         "initial-scale=1\">\n<meta name=\"robots\" content=\"noindex\">\n<title>" +
         escape_html(title) +
         "</title>\n<style>:root{color-scheme:light dark}body{font:17px/1.45 system-ui,sans-serif;max-width:36rem;margin:0 "
         "auto;padding:16px;overflow-wrap:anywhere}"
         "input,button{width:100%;box-sizing:border-box;min-height:48px;font:inherit;margin:.25rem 0 "
         "1rem}button{font-weight:700}</style>\n</head>\n<body>\n<main>\n<h1>" +
         escape_html(title) + "</h1>\n<p>" + escape_html(incident.summary) + "</p>\n<form method=\"post\" action=\"" +
         std::string(chat_link_prefix) + escape_html(token) +
         "\">\n<label for=\"who\">Your name</label>\n<input id=\"who\" name=\"who\" maxlength=\"80\" autocomplete=\"name\" "
         "required>\n<button>" +
         escape_html(label_of(link)) + "</button>\n</form>\n</main>\n</body>\n</html>\n";
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
