// Stories of parcels that leave by HTTP, with a receiver on a real socket.
#include "delivery/http/http_carrier.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <future>

#include "delivery/curl/transfer_thread.h"
#include "tests/support/webhook_sink.h"

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;

class HttpCarrierTest : public ::testing::Test {
 protected:
  testing::WebhookSink sink;
  TransferThread transfers;
  HttpCarrier carrier{{.connect_timeout = 500ms, .total_timeout = 500ms, .answer_bytes_max = 1000}, transfers};

  CarryOutcome carry(Object content) {
    std::promise<CarryOutcome> outcome;
    carrier.carry("parcel", content, [&](CarryOutcome came) { outcome.set_value(std::move(came)); });
    return outcome.get_future().get();
  }
};

TEST_F(HttpCarrierTest, ARequestArrivesAsItWasWritten) {
  sink.answer({.status = 202, .body = "thanks"});
  const auto outcome =
      carry({{"url", sink.url("/a?b=c")},
             {"headers", {{"Content-Type", "text/plain; charset=UTF-8"}, {"x-amz-sns-message-type", "Notification"}, {"X-Empty", ""}}},
             {"body", std::string("h\0llo", 5)}});
  EXPECT_EQ(outcome.result, CarryResult::delivered);
  EXPECT_EQ(outcome.status, 202);
  EXPECT_EQ(text_or(outcome.answer, "body"), "thanks");
  const auto request = sink.requests().at(0);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/a?b=c");
  EXPECT_EQ(request.body, std::string("h\0llo", 5));
  EXPECT_EQ(request.headers.get("x-amz-sns-message-type"), "Notification");
  EXPECT_EQ(request.headers.get("Content-Type"), "text/plain; charset=UTF-8");
  EXPECT_TRUE(request.headers.has("X-Empty"));
  EXPECT_FALSE(request.headers.has("Expect"));
}

TEST_F(HttpCarrierTest, TheAnswerDecidesWhetherToTryAgain) {
  const std::vector<std::tuple<int, CarryResult, std::string>> cases = {{200, CarryResult::delivered, ""},
                                                                        {204, CarryResult::delivered, ""},
                                                                        {302, CarryResult::refused, "SDK_CLIENT_ERROR"},
                                                                        {400, CarryResult::refused, "SDK_CLIENT_ERROR"},
                                                                        {403, CarryResult::refused, "NO_PERMISSIONS"},
                                                                        {404, CarryResult::refused, "SDK_CLIENT_ERROR"},
                                                                        {429, CarryResult::try_again, "THROTTLING"},
                                                                        {500, CarryResult::try_again, "INTERNAL_ERROR"},
                                                                        {503, CarryResult::try_again, "INTERNAL_ERROR"}};
  for (const auto& [status, result, code] : cases) {
    sink.answer({.status = status});
    const auto outcome = carry({{"url", sink.url()}});
    EXPECT_EQ(outcome.result, result) << status;
    EXPECT_EQ(outcome.status, status);
    EXPECT_EQ(outcome.error_code, code) << status;
    EXPECT_EQ(outcome.error.empty(), result == CarryResult::delivered);
  }
}

TEST_F(HttpCarrierTest, NoAnswerIsTriedAgain) {
  sink.answer({.status = 0});
  EXPECT_EQ(carry({{"url", sink.url()}}).error_code, "TIMEOUT");
  const auto refused = carry({{"url", "http://127.0.0.1:1/"}});
  EXPECT_EQ(refused.result, CarryResult::try_again);
  EXPECT_EQ(refused.error_code, "CONNECTION_FAILURE");
  EXPECT_EQ(refused.status, 0);
  EXPECT_EQ(carry({{"url", "http://no-such-host.invalid/"}}).result, CarryResult::try_again);
}

TEST_F(HttpCarrierTest, WhatCannotBeSentIsRefusedUnsent) {
  for (const Object& content : std::vector<Object>{{{"url", "ftp://x/"}},
                                                   {},
                                                   {{"url", sink.url()}, {"headers", {{"X-A", "a\r\nX-B: b"}}}},
                                                   {{"url", sink.url()}, {"headers", {{"X A", "a"}}}},
                                                   {{"url", sink.url()}, {"method", "GET / HTTP/1.1\r\n"}}})
    EXPECT_EQ(carry(content).result, CarryResult::refused) << to_json(content);
  EXPECT_TRUE(sink.requests().empty());
}

TEST_F(HttpCarrierTest, ALongAnswerIsCutAndStillCounts) {
  sink.answer({.status = 200, .body = std::string(3'000'000, 'x')});
  const auto outcome = carry({{"url", sink.url()}});
  EXPECT_EQ(outcome.result, CarryResult::delivered);
  EXPECT_EQ(text_or(outcome.answer, "body").size(), 1000u);
}

TEST_F(HttpCarrierTest, ManyParcelsFlyAtOnce) {
  constexpr int count = 200;
  std::atomic<int> delivered = 0;
  std::promise<void> all;
  for (int i = 0; i < count; ++i)
    carrier.carry("p", Object{{"url", sink.url()}, {"body", std::to_string(i)}}, [&](CarryOutcome outcome) {
      if (outcome.result == CarryResult::delivered && ++delivered == count) all.set_value();
    });
  EXPECT_EQ(all.get_future().wait_for(120s), std::future_status::ready);
}

TEST_F(HttpCarrierTest, StoppingGivesEveryParcelItsOutcome) {
  sink.answer({.status = 0});
  std::promise<CarryOutcome> outcome;
  {
    TransferThread short_lived;
    HttpCarrier brief({}, short_lived);
    brief.carry("p", Object{{"url", sink.url()}}, [&](CarryOutcome came) { outcome.set_value(std::move(came)); });
    sink.wait_for(1);
  }
  EXPECT_EQ(outcome.get_future().get().result, CarryResult::try_again);
}

}  // namespace
}  // namespace tocsin::delivery
