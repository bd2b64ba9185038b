// What a publisher does and a subscriber sees, in virtual time with fake carriers.
#include "communicate/topics/topics.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "base/simulated_executor.h"
#include "communicate/topics/alarm_notification.h"
#include "communicate/topics/public_endpoints.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::communicate {
namespace {

using namespace std::chrono_literals;

/// Keeps what it is given; fails as told.
class FakeCarrier final : public delivery::Carrier {
 public:
  struct Carried {
    Instant at;
    Document content;
  };
  explicit FakeCarrier(const Clock& clock) : clock_(clock) {}
  void carry(const std::string&, const Document& content, Done done) override {
    carried.push_back({clock_.now(), content});
    if (failures.empty()) return done({.result = delivery::CarryResult::delivered, .status = 200});
    const delivery::CarryOutcome outcome = failures.front();
    failures.erase(failures.begin());
    done(outcome);
  }
  std::vector<Carried> carried;
  std::vector<delivery::CarryOutcome> failures;

 private:
  const Clock& clock_;
};

const delivery::CarryOutcome broken{
    .result = delivery::CarryResult::try_again, .error = "500 Internal Server Error", .error_code = {}, .status = 500};
const delivery::CarryOutcome forbidden{.result = delivery::CarryResult::refused, .error = "403 Forbidden", .error_code = {}, .status = 403};

bool signature_holds(const NotificationSigner& signer, const Document& message) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_mem_buf(signer.certificate_pem().data(), -1), BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr), X509_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const std::string text = text_to_sign(message), signature = from_base64(text_or(message, "Signature")).value_or("");
  EVP_DigestVerifyInit(context.get(), nullptr, text_or(message, "SignatureVersion") == "2" ? EVP_sha256() : EVP_sha1(), nullptr,
                       X509_get0_pubkey(certificate.get()));
  return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()), signature.size(),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

class TopicsStory : public testing::Test {
 protected:
  template <typename Work>
  auto in_unit(Work work) {
    std::optional<decltype(work())> result;
    state.submit([&]() -> Result<void> { return result.emplace(work()), Result<void>{}; });
    executor.run_ready();
    return std::move(*result);
  }

  TopicsStory() {
    EXPECT_TRUE(outbox->migrate());
    EXPECT_TRUE(queues.migrate());
    EXPECT_TRUE(topics.migrate());
    start(*outbox);
    topic_arn = in_unit([&] { return topics.create_topic(scope, "alerts", {}, {}); })->arn;
  }

  void start(delivery::Outbox& box) {
    box.add_carrier("http", http);
    box.add_carrier("smtp", smtp);
    box.add_carrier("sms", sms);
    topics.start();
    box.start();
  }

  Result<Subscribed> subscribe(const std::string& protocol, const std::string& endpoint, const TextMap& attributes = {}) {
    return in_unit([&] { return topics.subscribe(scope, topic_arn, protocol, endpoint, attributes); });
  }
  Result<Published> publish(const PublishRequest& request) {
    return in_unit([&] { return topics.publish(topic_arn, request); });
  }
  std::string subscribe_webhook(const TextMap& attributes = {}) {
    const auto subscribed = subscribe("http", "http://hook.example/in", attributes);
    const auto message = *parse_json(text_or(http.carried.back().content, "body"));
    EXPECT_TRUE(in_unit([&] { return topics.confirm(topic_arn, text_or(message, "Token"), false); }));
    http.carried.clear();
    return subscribed->subscription.arn;
  }
  std::string create_queue(const std::string& name, const delivery::AttributeMap& attributes = {}) {
    return in_unit([&] { return queues.create(scope, name, attributes, {}); })->arn();
  }
  std::vector<delivery::ReceivedMessage> receive(const std::string& arn) {
    return *in_unit([&] { return queues.receive(arn, {.count_max = 10}); });
  }
  wire::HttpResponse ask(const std::string& method, const std::string& target) {
    wire::HttpRequest request{.method = method, .target = target, .path = target.substr(0, target.find('?'))};
    if (target.find('?') != std::string::npos) request.query = target.substr(target.find('?') + 1);
    EXPECT_TRUE(pages.serves(request));
    wire::HttpResponse answer;
    pages.handle(std::move(request), [&](wire::HttpResponse response) { answer = std::move(response); });
    executor.run_ready();
    return answer;
  }
  bool confirmed(const std::string& arn) {
    return in_unit([&] { return topics.find_subscription(arn); })->confirmed;
  }
  static std::string link_in(const std::string& text, const std::string& path) {
    const std::size_t at = text.find(path);
    return text.substr(at, text.find('\n', at) - at);
  }

  const Scope scope{"111122223333", "eu-central-1"};
  ManualClock clock{instant_from_ms(1700000000000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{7};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  FakeCarrier http{clock}, smtp{clock}, sms{clock};
  bool sms_gateway = false;
  std::vector<std::pair<std::string, std::string>> logged;
  std::unique_ptr<delivery::Outbox> outbox = std::make_unique<delivery::Outbox>(state, random);
  delivery::Queues queues{state, random, nullptr};
  Topics topics{state,
                random,
                *outbox,
                queues,
                nullptr,
                {.public_url = [] { return std::string("http://tocsin.example:4566"); },
                 .sms_gateway = [this] { return sms_gateway; },
                 .log = [this](const Scope&, const std::string& group, const std::string& line) { logged.emplace_back(group, line); }}};
  TopicPublicEndpoints pages{topics, state};
  std::string topic_arn;
};

TEST_F(TopicsStory, AWebhookConfirmsByItsSubscribeUrlAndThenGetsSignedNotifications) {
  const auto subscribed = subscribe("http", "http://hook.example/in");
  ASSERT_TRUE(subscribed && subscribed->pending);
  ASSERT_EQ(http.carried.size(), 1u);
  EXPECT_EQ(text_or(*find(http.carried[0].content, "headers"), "x-amz-sns-message-type"), "SubscriptionConfirmation");
  const Document confirmation = *parse_json(text_or(http.carried[0].content, "body"));
  EXPECT_TRUE(signature_holds(topics.signer(), confirmation));
  ASSERT_TRUE(publish({.message = "too early"}));
  EXPECT_EQ(http.carried.size(), 1u);

  const std::string url = text_or(confirmation, "SubscribeURL");
  const std::string base = "http://tocsin.example:4566";
  ASSERT_TRUE(url.starts_with(base + "/?Action=ConfirmSubscription&"));
  EXPECT_EQ(ask("GET", url.substr(base.size())).status, 200);
  EXPECT_TRUE(confirmed(subscribed->subscription.arn));

  ASSERT_TRUE(publish({.message = "disk full", .subject = "Help", .attributes = {{"level", {"String", "high"}}}}));
  ASSERT_EQ(http.carried.size(), 2u);
  const Document notification = *parse_json(text_or(http.carried[1].content, "body"));
  EXPECT_EQ(text_or(notification, "Message"), "disk full");
  EXPECT_EQ(text_or(*find(find(notification, "MessageAttributes"), "level"), "Value"), "high");
  EXPECT_TRUE(signature_holds(topics.signer(), notification));
  const std::string certificate = text_or(notification, "SigningCertURL");
  EXPECT_EQ(ask("GET", certificate.substr(base.size())).body, topics.signer().certificate_pem());
  EXPECT_TRUE(certificate.ends_with(".pem"));

  const std::string leave = text_or(notification, "UnsubscribeURL").substr(base.size());
  EXPECT_EQ(ask("GET", leave.substr(0, leave.find("&Signature="))).status, 403);
  EXPECT_EQ(ask("GET", leave).status, 200);
  ASSERT_TRUE(publish({.message = "nobody hears"}));
  ASSERT_EQ(http.carried.size(), 3u);
  const Document farewell = *parse_json(text_or(http.carried[2].content, "body"));
  EXPECT_EQ(text_or(farewell, "Type"), "UnsubscribeConfirmation");
  EXPECT_TRUE(signature_holds(topics.signer(), farewell));

  EXPECT_EQ(ask("GET", text_or(farewell, "SubscribeURL").substr(base.size())).status, 200);
  ASSERT_TRUE(publish({.message = "heard again"}));
  ASSERT_EQ(http.carried.size(), 4u);
  EXPECT_EQ(text_or(*find(http.carried[3].content, "headers"), "x-amz-sns-subscription-arn"), subscribed->subscription.arn);
}

TEST_F(TopicsStory, AThrottledSubscriptionGetsSoManyASecond) {
  subscribe_webhook({{"DeliveryPolicy", R"({"throttlePolicy":{"maxReceivesPerSecond":2}})"}});
  const Instant start = clock.now();
  for (int n = 0; n < 6; ++n) ASSERT_TRUE(publish({.message = "m"}));
  executor.run_for(10s);
  ASSERT_EQ(http.carried.size(), 6u);
  EXPECT_EQ(http.carried[5].at - start, 2500ms);
}

TEST_F(TopicsStory, HowADeliveryEndedIsWrittenToALogGroup) {
  subscribe_webhook();
  for (const auto& [name, value] : TextMap{{"HTTPSuccessFeedbackRoleArn", "arn:aws:iam::111122223333:role/r"},
                                           {"HTTPSuccessFeedbackSampleRate", "100"},
                                           {"HTTPFailureFeedbackRoleArn", "arn:aws:iam::111122223333:role/r"}})
    ASSERT_TRUE(in_unit([&] { return topics.set_topic_attribute(topic_arn, name, value); }));
  EXPECT_FALSE(in_unit([&] { return topics.set_topic_attribute(topic_arn, "HTTPSuccessFeedbackSampleRate", "101"); }));
  ASSERT_TRUE(publish({.message = "m"}));
  http.failures = {forbidden};
  ASSERT_TRUE(publish({.message = "m"}));
  ASSERT_EQ(logged.size(), 2u);
  EXPECT_EQ(logged[0].first, "sns/eu-central-1/111122223333/alerts");
  EXPECT_EQ(logged[1].first, "sns/eu-central-1/111122223333/alerts/Failure");
  const Document line = *parse_json(logged[0].second);
  EXPECT_EQ(text_or(line, "status"), "SUCCESS");
  EXPECT_EQ(text_or(*find(line, "delivery"), "destination"), "http://hook.example/in");
  EXPECT_EQ(integer_or(*find(line, "delivery"), "statusCode", 0), 200);
  EXPECT_EQ(text_or(*find(line, "notification"), "messageMD5Sum"), "6f8f57715090da2632453988d9a1501b");
}

TEST_F(TopicsStory, APhoneGetsShortMessagesUnlessItOptedOut) {
  sms_gateway = true;
  const std::string number = "+4915112345678";
  ASSERT_TRUE(subscribe("sms", number));
  ASSERT_TRUE(publish({.message = "disk full"}));
  ASSERT_EQ(sms.carried.size(), 1u);
  EXPECT_EQ(text_or(sms.carried[0].content, "to"), number);
  EXPECT_FALSE(in_unit([&] { return topics.sms().on_answer(number, "START"); })) << "who gets them need not be told";
  EXPECT_FALSE(in_unit([&] { return topics.sms().on_answer(number, "4821 stop it"); }));
  EXPECT_TRUE(in_unit([&] { return topics.sms().on_answer(number, " Stop. "); }));
  EXPECT_EQ(in_unit([&] { return topics.sms().opted_out(scope, "", 10); }), std::vector<std::string>{number});
  EXPECT_TRUE(in_unit([&] { return topics.sms().is_opted_out({"444455556666", "eu-west-1"}, number); })) << "one gateway sends for all";
  EXPECT_TRUE(in_unit([&] { return topics.sms().on_answer(number, "start"); }));
  EXPECT_FALSE(in_unit([&] { return topics.sms().is_opted_out(scope, number); }));
  in_unit([&] { return topics.sms().opt_out(scope, number), true; });
  ASSERT_TRUE(publish({.message = "unheard"}));
  EXPECT_EQ(in_unit([&] { return topics.sms().opted_out(scope, "", 10); }), std::vector<std::string>{number});
  ASSERT_TRUE(in_unit([&] { return topics.sms().opt_in(scope, number); }));
  ASSERT_TRUE(in_unit([&] { return topics.publish_to_phone(scope, number, {.message = "direct"}); }));
  ASSERT_EQ(sms.carried.size(), 2u);
  EXPECT_EQ(text_or(sms.carried[1].content, "text"), "direct");
  EXPECT_FALSE(in_unit([&] { return topics.publish_to_phone(scope, "0151", {.message = "direct"}); }));
}

TEST_F(TopicsStory, TheLinkOfAMailChangesNothingUntilItsButtonIsPressed) {
  const auto subscribed = subscribe("email", "ann@example.com");
  ASSERT_EQ(smtp.carried.size(), 1u);
  EXPECT_EQ(text_or(smtp.carried[0].content, "to"), "ann@example.com");
  const std::string link = link_in(text_or(smtp.carried[0].content, "text"), "/subscriptions/confirm");
  EXPECT_NE(ask("GET", link).body.find("<form method=\"post\""), std::string::npos);
  EXPECT_FALSE(confirmed(subscribed->subscription.arn));
  EXPECT_EQ(ask("POST", link).status, 200);
  EXPECT_TRUE(confirmed(subscribed->subscription.arn));

  ASSERT_TRUE(publish({.message = "hello"}));
  const Document mail = smtp.carried.back().content;
  EXPECT_EQ(text_or(mail, "subject"), "Notification from alerts");
  EXPECT_TRUE(text_or(mail, "text").starts_with("hello\n"));
  const std::string leave = link_in(text_or(mail, "text"), "/subscriptions/unsubscribe");
  ask("GET", leave);
  EXPECT_TRUE(confirmed(subscribed->subscription.arn));
  EXPECT_EQ(ask("POST", leave).status, 200);
  EXPECT_EQ(ask("POST", leave).status, 404);
}

TEST_F(TopicsStory, AnAlarmReadsAsAMail) {
  const auto subscribed = subscribe("email", "ann@example.com");
  ask("POST", link_in(text_or(smtp.carried[0].content, "text"), "/subscriptions/confirm"));
  const Document message = *parse_json(R"j({"AlarmName":"checkout errors","AWSAccountId":"111122223333","NewStateValue":"ALARM",
    "NewStateReason":"Threshold Crossed","OldStateValue":"OK","StateChangeTime":"2023-11-14T22:13:20.000+0000","Region":"Europe (Frankfurt)",
    "AlarmArn":"arn:a","Trigger":{"MetricName":"Errors","Namespace":"Shop","Period":60,"Statistic":"SUM","EvaluationPeriods":1,
    "ComparisonOperator":"GreaterThanThreshold","Threshold":5.0,"Dimensions":[{"name":"service","value":"checkout"}]}})j");
  ASSERT_TRUE(publish(alarm_notification(message)));
  EXPECT_EQ(text_or(smtp.carried.back().content, "subject"), "ALARM: \"checkout errors\" in Europe (Frankfurt)");
  const std::string text = text_or(smtp.carried.back().content, "text");
  EXPECT_NE(text.find("went from OK to ALARM"), std::string::npos);
  EXPECT_NE(text.find("- Threshold: > 5 for 1 period(s)"), std::string::npos);
}

TEST_F(TopicsStory, ABrokenWebhookIsTriedAgainByItsPolicyAndRecovers) {
  subscribe_webhook(
      {{"DeliveryPolicy", R"({"healthyRetryPolicy":{"minDelayTarget":10,"maxDelayTarget":10,"numRetries":3,"numNoDelayRetries":1}})"}});
  http.failures = {broken, broken};
  const Instant start = clock.now();
  ASSERT_TRUE(publish({.message = "m"}));
  executor.run_for(1h);
  ASSERT_EQ(http.carried.size(), 3u);
  EXPECT_LT(http.carried[1].at - start, 1s);
  EXPECT_GE(http.carried[2].at - http.carried[1].at, 8s);
  EXPECT_LE(http.carried[2].at - http.carried[1].at, 12s);
}

TEST_F(TopicsStory, ARefusedDeliveryIsNotRepeatedAndLandsInTheDeadLetters) {
  const auto dead = create_queue("dead");
  subscribe_webhook({{"RedrivePolicy", R"({"deadLetterTargetArn":")" + dead + R"("})"}});
  http.failures = {forbidden};
  ASSERT_TRUE(publish({.message = "m"}));
  executor.run_for(1h);
  EXPECT_EQ(http.carried.size(), 1u);
  const auto found = receive(dead);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].attributes.at("ErrorCode").value, "403");
  EXPECT_EQ(text_or(*parse_json(found[0].body), "Message"), "m");
}

TEST_F(TopicsStory, AfterAllTriesItLandsInTheDeadLettersToo) {
  const auto dead = create_queue("dead");
  subscribe_webhook({{"RedrivePolicy", R"({"deadLetterTargetArn":")" + dead + R"("})"}});
  http.failures = std::vector(4, broken);
  ASSERT_TRUE(publish({.message = "m"}));
  executor.run_for(10s);
  EXPECT_TRUE(receive(dead).empty());
  executor.run_for(1h);
  EXPECT_EQ(http.carried.size(), 4u);
  EXPECT_EQ(receive(dead).size(), 1u);
}

TEST_F(TopicsStory, WhatWaitedWhenTheServerStoppedIsDeliveredAfterTheRestart) {
  subscribe_webhook();
  http.failures = {broken};
  ASSERT_TRUE(publish({.message = "m"}));
  ASSERT_EQ(http.carried.size(), 1u);
  outbox.reset();
  executor.run_for(1min);
  EXPECT_EQ(http.carried.size(), 1u);
  delivery::Outbox second(state, random);
  Topics restarted(state, random, second, queues, nullptr, {.public_url = [] { return std::string("http://tocsin.example:4566"); }});
  ASSERT_TRUE(second.migrate());
  ASSERT_TRUE(restarted.migrate());
  EXPECT_EQ(restarted.signer().certificate_pem(), topics.signer().certificate_pem());
  second.add_carrier("http", http);
  restarted.start();
  second.start();
  executor.run_for(1min);
  EXPECT_EQ(http.carried.size(), 2u);
}

TEST_F(TopicsStory, QueuesGetTheMessageInTheSameUnitRawOrWrapped) {
  const auto wrapped = create_queue("wrapped"), raw = create_queue("raw"), filtered = create_queue("filtered");
  ASSERT_TRUE(subscribe("sqs", wrapped));
  ASSERT_TRUE(subscribe("sqs", raw, {{"RawMessageDelivery", "true"}}));
  ASSERT_TRUE(subscribe("sqs", filtered, {{"FilterPolicy", R"({"level":["high"]})"}}));
  ASSERT_TRUE(publish({.message = "m", .attributes = {{"level", {"String", "low"}}}}));
  EXPECT_EQ(text_or(*parse_json(receive(wrapped)[0].body), "Type"), "Notification");
  const auto received = receive(raw);
  EXPECT_EQ(received[0].body, "m");
  EXPECT_EQ(received[0].attributes.at("level").value, "low");
  EXPECT_TRUE(receive(filtered).empty());
}

TEST_F(TopicsStory, AFifoTopicKeepsOrderAndDropsDuplicates) {
  const auto queue = create_queue("q.fifo", {{"FifoQueue", "true"}});
  topic_arn = in_unit([&] {
                return topics.create_topic(scope, "t.fifo", {{"FifoTopic", "true"}, {"ContentBasedDeduplication", "true"}}, {});
              })->arn;
  ASSERT_TRUE(subscribe("sqs", queue, {{"RawMessageDelivery", "true"}}));
  const auto first = publish({.message = "1", .group_id = "g"});
  EXPECT_EQ(publish({.message = "1", .group_id = "g"})->message_id, first->message_id);
  EXPECT_GT(publish({.message = "2", .group_id = "g"})->sequence_number, first->sequence_number);
  const auto received = receive(queue);
  ASSERT_EQ(received.size(), 2u);
  EXPECT_EQ(received[1].body, "2");
  EXPECT_EQ(publish({.message = "3"}).error().reason, "InvalidParameterException");
}

TEST_F(TopicsStory, Refusals) {
  EXPECT_EQ(subscribe("sms", "+4915112345678").error().message,
            "Invalid parameter: Protocol Reason: no SMS gateway is configured on this server");
  EXPECT_FALSE(subscribe("http", "https://x"));
  EXPECT_FALSE(subscribe("email", "nobody"));
  EXPECT_FALSE(subscribe("http", "http://x", {{"FilterPolicy", R"({"a":"x"})"}}));
  EXPECT_FALSE(in_unit([&] { return topics.confirm(topic_arn, "wrong", false); }));
  EXPECT_EQ(in_unit([&] { return topics.publish(topic_arn + "x", {.message = "m"}); }).error().reason, "NotFoundException");
  EXPECT_EQ(publish({}).error().message, "Invalid parameter: Empty message");
}

}  // namespace
}  // namespace tocsin::communicate
