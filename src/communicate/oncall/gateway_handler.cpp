#include "communicate/oncall/gateway_handler.h"

#include <memory>

#include "base/digest.h"
#include "base/encoding.h"
#include "delivery/gateways/gateway_address.h"
#include "delivery/twilio/twilio_signature.h"

namespace tocsin::oncall {
namespace {

wire::HttpResponse xml(int status, std::string body) {
  wire::HttpResponse out{.status = status, .headers = {}, .body = std::move(body)};
  out.headers.add("Content-Type", status == 200 ? "text/xml; charset=utf-8" : "text/plain; charset=utf-8");
  out.headers.add("Cache-Control", "no-store");
  return out;
}

std::string said(const std::string& words) { return "<Response><Say>" + escape_xml(words) + "</Say></Response>"; }

std::string heard_again(const std::string& url, const std::vector<Page>& pages) {
  std::string words;
  for (std::size_t i = 0; i < pages.size() && i < 3; ++i) words += pages[i].subject + ". ";
  return "<Response><Gather numDigits=\"1\" timeout=\"8\" action=\"" + escape_xml(url) + "\" method=\"POST\"><Say>" +
         escape_xml(words + "Press 1 to acknowledge.") + "</Say></Gather><Say>Goodbye.</Say></Response>";
}

// what a status means: 1 arrived, -1 will not, 0 on its way
int meaning_of(const std::string& status) {
  for (const char* good : {"delivered", "read", "completed"})
    if (status == good) return 1;
  for (const char* bad : {"undelivered", "failed", "busy", "no-answer", "canceled"})
    if (status == bad) return -1;
  return 0;
}

}  // namespace

bool GatewayHandler::is_signed(const wire::HttpRequest& request) const {
  const std::string url = oncall_.settings().public_url() + request.target;
  const auto fields = delivery::read_form(request.body);
  bool good = false;
  for (const std::string& token : tokens_())
    good |=
        !token.empty() && equal_constant_time(delivery::twilio_signature(token, url, fields), request.headers.get("X-Twilio-Signature"));
  return good;
}

void GatewayHandler::handle(wire::HttpRequest request, wire::Respond respond) {
  if (request.method != "POST") return respond(xml(405, "POST only\n"));
  if (!is_signed(request)) return respond(xml(403, "The signature is not that of a provider that is configured.\n"));
  auto answer = std::make_shared<std::string>();
  state_.submit(
      [this, answer, path = request.path.substr(std::min(request.path.size(), gateway_prefix.size())),
       body = std::move(request.body)]() -> Result<void> {
        *answer = act(path, body);
        return {};
      },
      [answer, respond = std::move(respond)](Result<void> done) mutable {
        respond(done ? xml(200, *answer) : xml(503, "not stored, please try again\n"));
      });
}

std::string GatewayHandler::act(const std::string& path, const std::string& body) {
  auto fields = delivery::read_form(body);
  if (path == "status") {
    const bool call = fields.contains("CallSid");
    const std::string status = call ? fields["CallStatus"] : fields["MessageStatus"];
    const std::string code = fields["ErrorCode"].empty() ? "" : ", code " + fields["ErrorCode"];
    if (const int meaning = meaning_of(status))
      oncall_.on_receipt(call ? fields["CallSid"] : fields["MessageSid"], meaning > 0, "The provider says " + status + code);
    return "<Response/>";
  }
  if (path == "sms") {
    const std::string answer = oncall_.on_text(fields["From"], fields["Body"]);
    return answer.empty() ? "<Response/>" : "<Response><Message>" + escape_xml(answer) + "</Message></Response>";
  }
  if (path.starts_with("voice/")) return take_key(path.substr(6), fields["Digits"]);
  return "<Response/>";
}

std::string GatewayHandler::take_key(const std::string& token, const std::string& digits) {
  const auto secret = oncall_.engagements().find_secret(token);
  if (!secret || secret->kind != EngagementStore::SecretKind::link || secret->expires <= state_.now())
    return said("This page is not known any more. Goodbye.");
  std::vector<Page> pages;
  if (secret->page_arn.starts_with(digest_prefix))
    pages = oncall_.pages_of_digest(secret->scope, secret->page_arn.substr(digest_prefix.size()));
  else if (auto page = oncall_.engagements().find_page(secret->scope, secret->page_arn))
    pages.push_back(std::move(*page));
  if (digits != "1") return heard_again(oncall_.settings().public_url() + std::string(gateway_prefix) + "voice/" + token, pages);
  oncall_.engagements().use_secret(token, state_.now());
  for (const Page& page : pages) oncall_.acknowledge(page, "", "by a key on the phone");
  return said(pages.size() > 1 ? "All are acknowledged. Thank you. Goodbye." : "Acknowledged. Thank you. Goodbye.");
}

}  // namespace tocsin::oncall
