#include "communicate/topics/public_endpoints.h"

#include <fmt/format.h>

#include "base/encoding.h"

namespace tocsin::communicate {
namespace {

constexpr const char* confirm_path = "/subscriptions/confirm";
constexpr const char* unsubscribe_path = "/subscriptions/unsubscribe";
constexpr const char* xml_namespace = "http://sns.amazonaws.com/doc/2010-03-31/";

/// A field of a query or of a form's body.
std::string field(std::string_view form, std::string_view name) {
  while (!form.empty()) {
    const std::size_t end = form.find('&');
    const std::string_view pair = form.substr(0, end);
    if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=')
      return percent_decode(pair.substr(name.size() + 1), true);
    form = end == std::string_view::npos ? std::string_view() : form.substr(end + 1);
  }
  return {};
}

wire::HttpResponse answer(int status, const char* type, std::string body) {
  wire::HttpResponse response{.status = status, .headers = {}, .body = std::move(body)};
  response.headers.add("Content-Type", type);
  response.headers.add("Cache-Control", "no-store");
  return response;
}

wire::HttpResponse page(int status, std::string_view title, std::string_view content) {
  auto response = answer(status, "text/html; charset=utf-8",
                         fmt::format("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
                                     "content=\"width=device-width\"><title>{0}</title>"
                                     "<style>body{{font:18px/1.5 system-ui,sans-serif;max-width:36rem;margin:3rem auto;padding:0 "
                                     "1rem;overflow-wrap:anywhere}}button{{font:inherit;padding:.6rem 1.2rem}}</style>"
                                     "<h1>{0}</h1>{1}</html>",
                                     escape_html(title), content));
  response.headers.add("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'");
  response.headers.add("Referrer-Policy", "no-referrer");
  return response;
}

wire::HttpResponse button_page(std::string_view title, std::string_view words, const std::string& action_url, std::string_view button) {
  return page(200, title,
              fmt::format("<p>{}</p><form method=\"post\" action=\"{}\"><button>{}</button></form>", escape_html(words),
                          escape_html(action_url), escape_html(button)));
}

std::string xml_answer(std::string_view operation, std::string_view result) {
  return fmt::format(
      "<{0}Response "
      "xmlns=\"{1}\">{2}<ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata></{0}Response>\n",
      operation, xml_namespace, result);
}

wire::HttpResponse xml_error(const Error& error) {
  const bool missing = error.kind == ErrorKind::not_found;
  return answer(
      missing                            ? 404
      : error.kind == ErrorKind::invalid ? 400
      : error.kind == ErrorKind::denied  ? 403
                                         : 503,
      "text/xml",
      fmt::format("<ErrorResponse xmlns=\"{}\"><Error><Type>Sender</Type><Code>{}</Code><Message>{}</Message></Error></ErrorResponse>\n",
                  xml_namespace, missing ? "NotFound" : "InvalidParameter", escape_xml(error.message)));
}

wire::HttpResponse error_page(const Error& error) {
  const bool gone = error.kind == ErrorKind::not_found || error.kind == ErrorKind::invalid || error.kind == ErrorKind::denied;
  return page(
      gone ? 404 : 503, gone ? "This link no longer holds" : "That did not work",
      gone ? "<p>It was used up, is older than two days, or the subscription has ended.</p>" : "<p>Please try again in a moment.</p>");
}

}  // namespace

bool TopicPublicEndpoints::serves(const wire::HttpRequest& request) const {
  if (request.path == topics_.signer().certificate_path() || request.path == confirm_path || request.path == unsubscribe_path) return true;
  if (request.path != "/" || request.method != "GET" || request.headers.has("Authorization")) return false;
  const std::string action = field(request.query, "Action");
  return (action == "ConfirmSubscription" || action == "Unsubscribe") && field(request.query, "X-Amz-Signature").empty();
}

void TopicPublicEndpoints::handle(wire::HttpRequest request, wire::Respond respond) {
  if (request.path == topics_.signer().certificate_path())
    return respond(answer(200, "application/x-pem-file", topics_.signer().certificate_pem()));
  const std::string topic_arn = field(request.query, "TopicArn"), token = field(request.query, "Token"),
                    subscription_arn = field(request.query, "SubscriptionArn"), signature = field(request.query, "Signature");
  if (request.path == "/")
    return field(request.query, "Action") == "Unsubscribe" ? unsubscribe(subscription_arn, signature, false, std::move(respond))
                                                           : confirm(topic_arn, token, false, std::move(respond));
  const bool confirming = request.path == confirm_path;
  if (request.method == "POST")
    return confirming ? confirm(topic_arn, token, true, std::move(respond))
                      : unsubscribe(subscription_arn, signature, true, std::move(respond));
  if (request.method != "GET" && request.method != "HEAD") return respond(answer(405, "text/plain", "GET or POST\n"));
  if (confirming)
    return respond(button_page("Confirm the subscription", "Notifications of " + topic_arn + " will be sent to your address.",
                               request.target, "Confirm subscription"));
  respond(button_page("Unsubscribe", "You will get no more notifications of subscription " + subscription_arn + ".", request.target,
                      "Unsubscribe"));
}

void TopicPublicEndpoints::confirm(std::string topic_arn, std::string token, bool for_people, wire::Respond respond) {
  auto confirmed = std::make_shared<std::string>();
  state_.submit(
      [this, topic_arn, token, confirmed]() -> Result<void> {
        const auto subscription = topics_.confirm(topic_arn, token, false);
        if (!subscription) return std::unexpected(subscription.error());
        *confirmed = subscription->arn;
        return {};
      },
      [topic_arn, for_people, confirmed, respond = std::move(respond)](Result<void> result) mutable {
        if (!result) return respond(for_people ? error_page(result.error()) : xml_error(result.error()));
        if (for_people)
          return respond(page(200, "Subscription confirmed",
                              fmt::format("<p>Notifications of {} will reach you from now on.</p>", escape_html(topic_arn))));
        respond(
            answer(200, "text/xml",
                   xml_answer("ConfirmSubscription",
                              fmt::format("<ConfirmSubscriptionResult><SubscriptionArn>{}</SubscriptionArn></ConfirmSubscriptionResult>",
                                          escape_xml(*confirmed)))));
      });
}

void TopicPublicEndpoints::unsubscribe(std::string subscription_arn, std::string signature, bool for_people, wire::Respond respond) {
  state_.submit(
      [this, subscription_arn, signature]() -> Result<void> {
        if (!topics_.is_unsubscribe_signature(subscription_arn, signature))
          return fail(ErrorKind::denied, "The signature of this link does not hold.");
        const auto subscription = topics_.find_subscription(subscription_arn);
        if (!subscription) return std::unexpected(subscription.error());
        if (subscription->authenticated) return fail(ErrorKind::denied, "Only the owner may end this subscription.");
        return topics_.unsubscribe(subscription_arn, true);
      },
      [for_people, respond = std::move(respond)](Result<void> result) mutable {
        if (!result) return respond(for_people ? error_page(result.error()) : xml_error(result.error()));
        respond(for_people ? page(200, "You are unsubscribed", "<p>No more notifications will be sent to you from this subscription.</p>")
                           : answer(200, "text/xml", xml_answer("Unsubscribe", "")));
      });
}

}  // namespace tocsin::communicate
