#include "delivery/twilio/twilio_carrier.h"

#include <boost/json.hpp>

#include "base/encoding.h"

namespace tocsin::delivery {
namespace {

// what the provider says about our account, whatever the message is: authenticate, suspended, forbidden, too many requests, queue full
bool is_about_us(std::int64_t code) {
  return code == 20003 || code == 20005 || code == 20006 || code == 20429 || code == 30001 || code == 21611;
}

CarryOutcome outcome_of(CarryOutcome http) {
  const auto answer = parse_json(text_or(http.answer, "body"));
  CarryOutcome out{.result = http.result, .error = http.error, .error_code = http.error_code, .status = http.status};
  if (http.result == CarryResult::delivered) {
    if (answer)
      if (const auto sid = text_at(*answer, "sid")) out.answer = Object{{"ids", Array{Document(*sid)}}};
    return out;
  }
  const std::int64_t code = answer ? integer_or(*answer, "code", 0) : 0;
  if (code != 0)
    out.error =
        "the provider answered " + std::to_string(http.status) + ", code " + std::to_string(code) + ": " + text_or(*answer, "message");
  if (http.status == 401 || http.status == 403 || is_about_us(code)) out.result = CarryResult::try_again;
  return out;
}

}  // namespace

Result<TwilioOptions> twilio_options_of(const GatewayAddress& address) {
  if (address.scheme != "twilio" && address.scheme != "twilio+http")
    return fail(ErrorKind::invalid, "'" + address.scheme + "' is no provider that is known: twilio, smpp");
  TwilioOptions out{.base_url = address.base_url(address.scheme == "twilio" ? "https" : "http"),
                    .account_sid = address.user,
                    .token = address.secret,
                    .from = {},
                    .messaging_service_sid = {}};
  out.from = address.option("from");
  out.messaging_service_sid = address.option("service");
  if (out.account_sid.empty() || out.token.empty())
    return fail(ErrorKind::invalid, "the provider's account and token are missing: twilio://SID:TOKEN@HOST");
  if (out.from.empty() && out.messaging_service_sid.empty())
    return fail(ErrorKind::invalid, "whom messages come from is missing: ?from=%2B15550100");
  return out;
}

std::string twiml_of_call(const Document& content) {
  const std::string say = "<Say>" + escape_xml(text_or(content, "say")) + "</Say>";
  const std::string url = text_or(content, "answer_url");
  if (url.empty()) return "<Response>" + say + "<Pause length=\"1\"/>" + say + "</Response>";
  const std::string gather = "<Gather numDigits=\"1\" timeout=\"8\" action=\"" + escape_xml(url) + "\" method=\"POST\">" + say + "<Say>" +
                             escape_xml(text_or(content, "ask")) + "</Say></Gather>";
  return "<Response>" + gather + gather + "<Say>Goodbye.</Say></Response>";
}

void TwilioCarrier::carry(const std::string& parcel_id, const Document& content, Done done) {
  std::map<std::string, std::string> fields{{"To", text_or(content, "to")}};
  if (fields["To"].empty()) return done({.result = CarryResult::refused, .error = "the message has no number"});
  if (const std::string status_url = text_or(content, "status_url"); !status_url.empty()) fields["StatusCallback"] = status_url;
  if (kind_ == TwilioKind::sms) {
    fields["Body"] = text_or(content, "text");
    const std::string sender_id = text_or(content, "sender_id");
    if (!sender_id.empty() || options_.messaging_service_sid.empty())
      fields["From"] = sender_id.empty() ? options_.from : sender_id;
    else
      fields["MessagingServiceSid"] = options_.messaging_service_sid;
  } else {
    fields["From"] = options_.from;
    fields["Twiml"] = twiml_of_call(content);
  }
  const std::string url = options_.base_url + "/2010-04-01/Accounts/" + percent_encode(options_.account_sid) +
                          (kind_ == TwilioKind::sms ? "/Messages.json" : "/Calls.json");
  Object request{{"method", "POST"},
                 {"url", url},
                 {"headers", Object{{"Content-Type", "application/x-www-form-urlencoded"},
                                    {"Authorization", "Basic " + to_base64(options_.account_sid + ":" + options_.token)}}},
                 {"body", form_body(fields)}};
  http_.carry(parcel_id, request, [done = std::move(done)](CarryOutcome outcome) mutable { done(outcome_of(std::move(outcome))); });
}

}  // namespace tocsin::delivery
