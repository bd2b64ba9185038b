// Stories of messages and calls in Twilio's form, with the requests that would leave.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "delivery/twilio/twilio_carrier.h"
#include "delivery/twilio/twilio_signature.h"

namespace tocsin::delivery {
namespace {

using testing::HasSubstr;

class FakeHttp final : public Carrier {
 public:
  void carry(const std::string&, const Document& content, Done done) override {
    requests.push_back(content);
    done(outcome);
  }
  std::vector<Document> requests;
  CarryOutcome outcome{.result = CarryResult::delivered, .status = 201, .answer = Object{{"body", R"({"sid":"SM42","status":"queued"})"}}};
};

TwilioOptions options() { return *twilio_options_of(*parse_gateway_address("twilio://AC12:token@api.twilio.com?from=%2B15550100")); }

CarryOutcome carry(TwilioKind kind, FakeHttp& http, Object content) {
  TwilioCarrier carrier(kind, options(), http);
  CarryOutcome out;
  carrier.carry("p", content, [&](CarryOutcome came) { out = std::move(came); });
  return out;
}

TEST(Twilio, AnSmsIsOneForm) {
  FakeHttp http;
  const auto outcome = carry(TwilioKind::sms, http, {{"to", "+4917"}, {"text", "SEV2 a&b"}, {"status_url", "https://t/x"}});
  EXPECT_EQ(outcome.result, CarryResult::delivered);
  EXPECT_EQ(to_json(outcome.answer), R"({"ids":["SM42"]})");
  EXPECT_EQ(text_or(http.requests[0], "url"), "https://api.twilio.com/2010-04-01/Accounts/AC12/Messages.json");
  EXPECT_EQ(text_or(object_at(http.requests[0], "headers"), "Authorization"), "Basic " + to_base64("AC12:token"));
  EXPECT_EQ(text_or(http.requests[0], "body"), "Body=SEV2%20a%26b&From=%2B15550100&StatusCallback=https%3A%2F%2Ft%2Fx&To=%2B4917");
}

TEST(Twilio, ACallSpeaksAndTakesAKey) {
  FakeHttp http;
  carry(TwilioKind::voice, http,
        {{"to", "+4917"}, {"say", "Severity 2 <checkout>"}, {"ask", "Press 1"}, {"answer_url", "https://t/k?a=1&b=2"}});
  EXPECT_THAT(text_or(http.requests[0], "url"), HasSubstr("/Calls.json"));
  const std::string twiml = read_form(text_or(http.requests[0], "body")).at("Twiml");
  EXPECT_THAT(twiml, HasSubstr("action=\"https://t/k?a=1&amp;b=2\""));
  EXPECT_THAT(twiml, HasSubstr("<Say>Severity 2 &lt;checkout&gt;</Say>"));
}

TEST(Twilio, TheProvidersCodeDecides) {
  FakeHttp http;
  const auto answer = [&](int status, CarryResult result, const char* body) {
    http.outcome = {.result = result, .error = "x", .status = status, .answer = Object{{"body", body}}};
    return carry(TwilioKind::sms, http, {{"to", "+49"}, {"text", "a"}});
  };
  const auto wrong = answer(400, CarryResult::refused, R"({"code":21211,"message":"Invalid 'To' Phone Number","status":400})");
  EXPECT_EQ(wrong.result, CarryResult::refused);
  EXPECT_EQ(wrong.error, "the provider answered 400, code 21211: Invalid 'To' Phone Number");
  EXPECT_EQ(answer(401, CarryResult::refused, R"({"code":20003})").result, CarryResult::try_again);
  EXPECT_EQ(answer(429, CarryResult::try_again, R"({"code":20429})").result, CarryResult::try_again);
  EXPECT_EQ(answer(503, CarryResult::try_again, "<html>").result, CarryResult::try_again);
}

// https://www.twilio.com/docs/usage/security: the example of the documentation
TEST(Twilio, TheSignatureIsThatOfTheDocumentation) {
  EXPECT_EQ(twilio_signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2",
                             {{"CallSid", "CA1234567890ABCDE"},
                              {"Caller", "+14158675309"},
                              {"Digits", "1234"},
                              {"From", "+14158675309"},
                              {"To", "+18005551212"}}),
            "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
}

TEST(Twilio, WhatIsMissingIsSaidWithoutTheToken) {
  const auto no_sender = twilio_options_of(*parse_gateway_address("twilio://AC12:token@api.twilio.com"));
  ASSERT_FALSE(no_sender);
  EXPECT_EQ(no_sender.error().message.find("token@"), std::string::npos);
}

}  // namespace
}  // namespace tocsin::delivery
