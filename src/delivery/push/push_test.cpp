#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "delivery/push/push_carrier.h"

namespace tocsin::delivery {
namespace {

using testing::HasSubstr;
using testing::Not;

class FakeHttp final : public Carrier {
 public:
  void carry(const std::string&, const Document& content, Done done) override {
    requests.push_back(content);
    done(outcome);
  }
  std::vector<Document> requests;
  CarryOutcome outcome{.result = CarryResult::delivered, .status = 200};
};

struct PushStory : ::testing::Test {
  FakeHttp http;
  std::vector<PushServer> servers{*parse_push_server("ntfy=ntfy:https://ntfy.sh/;token=tk_secret"),
                                  *parse_push_server("phones=gotify:http://10.0.0.1:8080;token=Asecret")};
  PushCarrier carrier{[this]() -> const std::vector<PushServer>& { return servers; }, http};
  CarryOutcome carry(const std::string& to) {
    CarryOutcome out;
    carrier.carry("p", Object{{"to", to}, {"title", "SEV2 checkout"}, {"text", "18 %"}, {"urgency", "high"}, {"url", "https://t/a/x"}},
                  [&](CarryOutcome came) { out = came; });
    return out;
  }
};

TEST_F(PushStory, NtfyGetsTopicPriorityAndWhatATapOpens) {
  EXPECT_EQ(carry("ntfy:alice").result, CarryResult::delivered);
  EXPECT_EQ(text_or(http.requests[0], "url"), "https://ntfy.sh/");
  const auto body = *parse_json(text_or(http.requests[0], "body"));
  EXPECT_EQ(text_or(body, "topic"), "alice");
  EXPECT_EQ(integer_or(body, "priority", 0), 5);
  EXPECT_EQ(text_or(body, "click"), "https://t/a/x");
}

TEST_F(PushStory, GotifyGetsItsKey) {
  carry("phones:");
  EXPECT_EQ(text_or(http.requests[0], "url"), "http://10.0.0.1:8080/message");
  EXPECT_EQ(text_or(object_at(http.requests[0], "headers"), "X-Gotify-Key"), "Asecret");
}

TEST_F(PushStory, AnUnknownServerIsRefusedOurTokenTriedAgain) {
  EXPECT_EQ(carry("other:alice").result, CarryResult::refused);
  http.outcome = {.result = CarryResult::refused, .status = 401};
  EXPECT_EQ(carry("ntfy:alice").result, CarryResult::try_again);
  for (const char* wrong : {"", "a", "a=b:c", "a=ntfy:secret", "a=gotify:https://x"}) {
    const auto refused = parse_push_server(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_THAT(refused.error().message, Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace tocsin::delivery
