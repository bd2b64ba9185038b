// Stories of a person with several channels: which is used, what comes back, and what is done when one fails.
#include <gmock/gmock.h>

#include "base/encoding.h"
#include "communicate/oncall/browser_handler.h"
#include "communicate/oncall/gateway_handler.h"
#include "communicate/oncall/rehearsal_test.h"
#include "delivery/gateways/gateway_address.h"
#include "delivery/sms/gsm_text.h"
#include "delivery/twilio/twilio_signature.h"
#include "fuzz/mutate.h"

namespace tocsin::oncall {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

/// A gateway that keeps what it is given.
class Gateway final : public delivery::Carrier {
 public:
  void carry(const std::string&, const Document& content, Done done) override {
    if (silent) return held.push_back(std::move(done));
    if (outcome.result == delivery::CarryResult::delivered) messages.push_back(content);
    auto answered = outcome;
    if (answered.result == delivery::CarryResult::delivered)
      answered.answer = Object{{"ids", Array{Document("SM" + std::to_string(messages.size()))}}};
    done(std::move(answered));
  }
  delivery::CarryOutcome outcome{.result = delivery::CarryResult::delivered};
  bool silent = false;
  std::vector<Document> messages;
  std::deque<Done> held;
};

struct ChannelsStory : testing::Test {
  void SetUp() override {
    for (const auto& [name, gateway] :
         std::vector<std::pair<const char*, Gateway*>>{{"sms", &sms}, {"voice", &voice}, {"push", &push}, {"web-push", &web_push}})
      life.outbox.add_carrier(name, *gateway);
    EXPECT_TRUE(life.run([&] { return browsers.read_key(); }));
    life.start();
    alice = life.person("alice", {5});
  }

  Channel channel(const std::string& type, const std::string& address, bool active = true) {
    return life.run([&] {
      Channel made{.scope = life.scope, .contact_arn = alice, .name = type + address, .type = type, .address = address};
      made = life.oncall.create_channel(made, true).value();
      made.activated = active;
      life.oncall.contacts().replace(made);
      return made;
    });
  }
  /// Her plan pages these alone.
  void page_by(const std::vector<Channel>& channels) {
    life.run([&] {
      Contact contact = *life.oncall.contacts().find(life.scope, alice);
      Array targets;
      for (const Channel& each : channels) targets.push_back(Object{{"ChannelTargetInfo", Object{{"ContactChannelId", each.arn}}}});
      contact.plan = Object{{"Stages", Array{Object{{"DurationInMinutes", 5}, {"Targets", std::move(targets)}}}}};
      life.oncall.contacts().replace(contact);
      return true;
    });
  }
  std::string post(wire::HttpHandler& handler, const std::string& path, const std::string& body, const std::string& signature = {},
                   int* status = nullptr) {
    wire::HttpRequest request{.method = "POST", .target = path, .path = path, .body = body};
    if (!signature.empty()) request.headers.add("X-Twilio-Signature", signature);
    wire::HttpResponse out;
    handler.handle(std::move(request), [&](wire::HttpResponse response) { out = std::move(response); });
    life.executor.run_ready();
    if (status) *status = out.status;
    return out.body;
  }
  std::string twilio(const std::string& path, const std::map<std::string, std::string>& fields, const std::string& token = "token") {
    return post(gateway_answers, path, delivery::form_body(fields), delivery::twilio_signature(token, "https://t.example" + path, fields));
  }
  std::string text(std::size_t i = 0) { return text_or(sms.messages.at(i), "text"); }
  std::string reply_code() { return text().substr(text().find("or reply ") + 9, 4); }

  Ground ground;
  Life life{ground, [](const std::string&) { return true; }};
  Gateway sms, voice, push, web_push;
  GatewayHandler gateway_answers{life.state, life.oncall, [] { return std::vector<std::string>{"token"}; }};
  BrowserHandler browsers{life.state, life.oncall};
  std::string alice;
};

TEST_F(ChannelsStory, ASmsFitsIntoOneMessageAndItsLinkAcknowledges) {
  page_by({channel("SMS", "+491701234567")});
  life.ring(life.plan({alice}));
  life.executor.run_for(1s);
  ASSERT_THAT(sms.messages, SizeIs(1));
  EXPECT_THAT(text(), HasSubstr("SEV2 Checkout errors 18 since "));
  EXPECT_LE(delivery::gsm_length(text()), 160u);
  EXPECT_EQ(text_or(sms.messages[0], "to"), "+491701234567");
  const std::string url = text().substr(text().find("https://t.example/a/") + 17, 13);
  EXPECT_EQ(life.http("GET", url).status, 200);
  EXPECT_EQ(life.http("POST", url).status, 200);
  EXPECT_EQ(life.count(incidents::page_acknowledged), 1u);
}

TEST_F(ChannelsStory, AReplyWithTheCodeAcknowledgesAWrongOneOrAStrangersDoesNot) {
  page_by({channel("SMS", "+491701234567")});
  life.ring(life.plan({alice}));
  life.executor.run_for(1s);
  const std::string code = reply_code();
  EXPECT_EQ(life.run([&] { return life.oncall.on_text("+4999", code); }), "");
  EXPECT_EQ(life.run([&] { return life.oncall.on_text("+491701234567", code == "0000" ? "1111" : "0000"); }),
            "This code is that of no open page.");
  EXPECT_THAT(life.run([&] { return life.oncall.on_text("+491701234567", "hm?"); }), HasSubstr("No code was found"));
  EXPECT_EQ(life.count(incidents::page_acknowledged), 0u);
  EXPECT_THAT(twilio("/gateway/twilio/sms", {{"From", "+491701234567"}, {"Body", " " + code + "\n"}}),
              HasSubstr("<Message>Acknowledged: "));
  EXPECT_EQ(life.count(incidents::page_acknowledged), 1u);
}

TEST_F(ChannelsStory, ACallIsAnsweredByAKey) {
  page_by({channel("VOICE", "+491701234567")});
  life.ring(life.plan({alice}));
  life.executor.run_for(1s);
  ASSERT_THAT(voice.messages, SizeIs(1));
  EXPECT_THAT(text_or(voice.messages[0], "say"), HasSubstr("This is Tocsin with a page for alice. Severity 2. Checkout errors."));
  const std::string path = text_or(voice.messages[0], "answer_url").substr(17);
  EXPECT_THAT(twilio(path, {{"Digits", "5"}}), HasSubstr("<Gather"));
  EXPECT_EQ(life.count(incidents::page_acknowledged), 0u);
  EXPECT_THAT(twilio(path, {{"Digits", "1"}}), HasSubstr("Acknowledged. Thank you."));
  EXPECT_EQ(life.count(incidents::page_acknowledged), 1u);
}

TEST_F(ChannelsStory, WhatIsNotSignedByTheProviderIsNotBelieved) {
  page_by({channel("SMS", "+491701234567")});
  life.ring(life.plan({alice}));
  life.executor.run_for(1s);
  int status = 0;
  post(gateway_answers, "/gateway/twilio/sms", "From=%2B491701234567&Body=" + reply_code(), "", &status);
  EXPECT_EQ(status, 403);
  EXPECT_THAT(twilio("/gateway/twilio/sms", {{"From", "+491701234567"}, {"Body", reply_code()}}, "other"),
              HasSubstr("not that of a provider"));
  EXPECT_EQ(life.count(incidents::page_acknowledged), 0u);
}

TEST_F(ChannelsStory, ASmsThatTheProviderCouldNotDeliverIsFollowedByTheNextChannel) {
  page_by({channel("SMS", "+491701234567")});
  const auto started = life.ring(life.plan({alice}));
  life.executor.run_for(1s);
  EXPECT_THAT(ground.mailbox.mails, IsEmpty());
  twilio("/gateway/twilio/status", {{"MessageSid", "SM1"}, {"MessageStatus", "undelivered"}, {"ErrorCode", "30003"}});
  life.executor.run_for(1s);
  ASSERT_THAT(ground.mailbox.to("alice@example.org"), SizeIs(1));
  EXPECT_THAT(life.timeline(started.arn), Contains("alice is paged by e-mail instead: The provider says undelivered, code 30003"));
  twilio("/gateway/twilio/status", {{"MessageSid", "SM1"}, {"MessageStatus", "undelivered"}, {"ErrorCode", "30003"}});
  life.executor.run_for(1s);
  EXPECT_THAT(ground.mailbox.mails, SizeIs(1)) << "told twice, done once";
}

TEST_F(ChannelsStory, AMailThatComesBackIsFollowedByTheNextChannel) {
  channel("SMS", "+491701234567");
  const auto started = life.ring(life.plan({alice}));
  life.executor.run_for(1s);
  ASSERT_THAT(ground.mailbox.mails, SizeIs(1));
  EXPECT_THAT(sms.messages, IsEmpty());
  const std::string page = life.run([&] { return life.oncall.engagements().unread_pages(life.scope, alice, 1).at(0).arn; });
  const std::string id = page.substr(page.rfind('/') + 1) + ".1@tocsin";
  const std::string bounce =
      "From: MAILER-DAEMON@mx\nSubject: Undelivered Mail Returned to Sender\nContent-Type: multipart/report; "
      "boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
      "Final-Recipient: rfc822; alice@example.org\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 no such "
      "user\n\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <" +
      id + ">\n\n--b--\n";
  EXPECT_FALSE(life.run([&] { return life.oncall.on_returned_mail("From: someone\n\nhello"); }));
  EXPECT_TRUE(life.run([&] { return life.oncall.on_returned_mail(bounce); }));
  life.executor.run_for(1s);
  ASSERT_THAT(sms.messages, SizeIs(1));
  EXPECT_THAT(life.timeline(started.arn), Contains("The page to alice failed: The mail came back: 550 no such user (5.1.1)"));
  EXPECT_FALSE(life.run([&] { return life.oncall.engagements().find_page(life.scope, page)->read; }));
}

TEST_F(ChannelsStory, AProviderThatIsDownIsFollowedByTheNextChannelAfterTwoTries) {
  page_by({channel("SMS", "+491701234567")});
  sms.outcome = {.result = delivery::CarryResult::try_again, .error = "503"};
  life.ring(life.plan({alice}));
  life.executor.run_for(2s);
  EXPECT_THAT(ground.mailbox.mails, IsEmpty());
  life.executor.run_for(6s);
  EXPECT_THAT(ground.mailbox.mails, SizeIs(1));
  life.executor.run_for(4min);
  EXPECT_THAT(ground.mailbox.mails, SizeIs(1)) << "once a stage";
}

TEST_F(ChannelsStory, AProviderThatSaysNothingIsTooSlow) {
  page_by({channel("SMS", "+491701234567")});
  sms.silent = true;
  life.ring(life.plan({alice}));
  life.executor.run_for(55s);
  EXPECT_THAT(ground.mailbox.mails, IsEmpty());
  life.executor.run_for(10s);
  EXPECT_THAT(ground.mailbox.mails, SizeIs(1));
}

TEST_F(ChannelsStory, APushOpensThePageThatAcknowledges) {
  page_by({channel("EMAIL", "ntfy:alice-pages")});
  life.ring(life.plan({alice}));
  life.executor.run_for(1s);
  ASSERT_THAT(push.messages, SizeIs(1));
  EXPECT_EQ(text_or(push.messages[0], "title"), "SEV2 Checkout errors");
  EXPECT_EQ(text_or(push.messages[0], "to"), "ntfy:alice-pages");
  EXPECT_EQ(life.http("POST", text_or(push.messages[0], "url").substr(17)).status, 200);
}

TEST_F(ChannelsStory, ABrowserIsAskedByALinkThatComesByMail) {
  const Channel browser = channel("EMAIL", "webpush:laptop", false);
  life.run([&] { return life.oncall.send_activation_code(browser).has_value(); });
  life.executor.run_for(1s);
  ASSERT_THAT(ground.mailbox.mails, SizeIs(1));
  const std::string& mail = ground.mailbox.mails[0].text;
  const std::string path = mail.substr(mail.find("/push/"), 6 + 43);
  wire::HttpResponse page;
  browsers.handle({.method = "GET", .target = path, .path = path}, [&](wire::HttpResponse response) { page = std::move(response); });
  life.executor.run_ready();
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("data-key=\"B"));
  int status = 0;
  post(browsers, path, "{}", "", &status);
  EXPECT_EQ(status, 400);
  const std::string subscription =
      R"({"endpoint":"https://push.example/x","keys":{"p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4","auth":"BTBZMqHH6r4Tts7J_aSIgg"}})";
  post(browsers, path, subscription, "", &status);
  EXPECT_EQ(status, 200);
  post(browsers, path, subscription, "", &status);
  EXPECT_EQ(status, 404) << "a link is good once";
  page_by({browser});
  life.ring(life.plan({alice}));
  life.executor.run_for(1s);
  ASSERT_THAT(web_push.messages, SizeIs(1));
  EXPECT_EQ(text_or(object_at(web_push.messages[0], "subscription"), "endpoint"), "https://push.example/x");
}

TEST_F(ChannelsStory, AnActivationCodeComesByTheChannelItself) {
  const Channel phone = channel("SMS", "+491701234567", false);
  life.run([&] { return life.oncall.send_activation_code(phone).has_value(); });
  life.executor.run_for(1s);
  ASSERT_THAT(sms.messages, SizeIs(1));
  const std::string code = text().substr(text().find(" is ") + 4, 6);
  EXPECT_TRUE(life.run([&] { return life.oncall.activate(phone, code).has_value(); })) << text();
}

TEST_F(ChannelsStory, AddressesAreThoseOfTheirType) {
  const auto refused = [&](const std::string& type, const std::string& address) {
    return life.run([&] {
      return life.oncall.create_channel({.scope = life.scope, .contact_arn = alice, .name = "x", .type = type, .address = address}, true);
    });
  };
  for (const char* number : {"0170", "+0170", "+49 170", "alice@example.org", "+4912345678901234"})
    EXPECT_FALSE(refused("SMS", number)) << number;
  EXPECT_FALSE(refused("EMAIL", "alice"));
  EXPECT_FALSE(refused("EMAIL", ":topic"));
}

TEST_F(ChannelsStory, AnythingAtTheProvidersPathsIsAnsweredAndAcknowledgesNothing) {
  page_by({channel("SMS", "+491701234567")});
  life.ring(life.plan({alice}));
  life.executor.run_for(1s);
  fuzz::mutate({"From=%2B491701234567&Body=4821", "MessageSid=SM9&MessageStatus=failed", "Digits=1"}, 1000, [&](std::string_view body) {
    const auto fields = delivery::read_form(body);
    if (fields.contains("Body") && fields.at("Body").find(reply_code()) != std::string::npos) return;
    for (const char* path : {"/gateway/twilio/sms", "/gateway/twilio/status", "/gateway/twilio/voice/x"})
      post(gateway_answers, path, std::string(body), delivery::twilio_signature("token", std::string("https://t.example") + path, fields));
  });
  EXPECT_EQ(life.count(incidents::page_acknowledged), 0u);
}

}  // namespace
}  // namespace tocsin::oncall
