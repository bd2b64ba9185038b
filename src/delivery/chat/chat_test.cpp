// Stories of chat messages, with the requests that would leave.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "delivery/chat/chat_carrier.h"
#include "delivery/chat/chat_message.h"
#include "fuzz/mutate.h"

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
  CarryOutcome outcome{.result = CarryResult::delivered, .status = 200, .answer = Object{{"body", R"({"ok":true,"ts":"17.5"})"}}};
};

ChatMessage message() {
  return {.title = "SEV2 checkout errors",
          .text = "18 % of **orders** fail. <!channel> @all [evidence](https://t.example/e)",
          .tone = ChatTone::bad,
          .fields = {{"Since", "03:04 UTC"}},
          .links = {{"Acknowledge", "https://t.example/c/abc"}},
          .footer = "Tocsin"};
}

struct ChatStory : ::testing::Test {
  FakeHttp http;
  ChatEndpoints endpoints{{*parse_chat_endpoint("T1=slack:xoxb-secret;name=Shop"),
                           *parse_chat_endpoint("T2=mattermost:https://mm.example/hooks/secret"),
                           *parse_chat_endpoint("T3=discord:https://discord.com/api/webhooks/1/secret"),
                           *parse_chat_endpoint("team/19%3Aa%40b=teams:https://x.webhook.office.com/secret")}};
  ChatCarrier carrier{[this]() -> const ChatEndpoints& { return endpoints; }, http};

  CarryOutcome carry(const std::string& workspace, const std::string& channel, const std::string& thread = {}) {
    CarryOutcome out;
    carrier.carry("p", Object{{"workspace", workspace}, {"channel", channel}, {"thread", thread}, {"message", to_document(message())}},
                  [&](CarryOutcome came) { out = std::move(came); });
    return out;
  }
  std::string body() { return text_or(http.requests.back(), "body"); }
};

TEST_F(ChatStory, SlackGetsBlocksAndButtonsAndOneThread) {
  EXPECT_EQ(carry("T1", "C1", "incident-1").result, CarryResult::delivered);
  EXPECT_EQ(text_or(http.requests[0], "url"), "https://slack.com/api/chat.postMessage");
  EXPECT_THAT(body(), HasSubstr(R"("channel":"C1")"));
  EXPECT_THAT(body(), HasSubstr("&lt;!channel&gt;"));
  EXPECT_THAT(body(), HasSubstr("<https://t.example/e|evidence>"));
  EXPECT_THAT(body(), HasSubstr(R"("url":"https://t.example/c/abc")"));
  EXPECT_THAT(body(), Not(HasSubstr("thread_ts")));
  carry("T1", "C1", "incident-1");
  EXPECT_THAT(body(), HasSubstr(R"("thread_ts":"17.5")"));
}

TEST_F(ChatStory, SlacksWordDecidesAlthoughItAnswers200) {
  const auto answered = [&](const char* word) {
    http.outcome.answer = Object{{"body", std::string(R"({"ok":false,"error":")") + word + "\"}"}};
    return carry("T1", "C1");
  };
  EXPECT_EQ(answered("ratelimited").result, CarryResult::try_again);
  EXPECT_EQ(answered("invalid_auth").result, CarryResult::try_again);
  EXPECT_EQ(answered("channel_not_found").result, CarryResult::refused);
  EXPECT_EQ(answered("channel_not_found").error, "Slack answered channel_not_found");
}

TEST_F(ChatStory, TheOthersGetTheirOwnForms) {
  carry("T2", "town-square");
  EXPECT_THAT(body(), HasSubstr(R"("channel":"town-square")"));
  EXPECT_THAT(body(), HasSubstr("[Acknowledge](https://t.example/c/abc)"));
  EXPECT_THAT(body(), Not(HasSubstr("@all")));
  carry("T3", "any");
  EXPECT_THAT(body(), HasSubstr(R"("allowed_mentions":{"parse":[]})"));
  carry("team", "19%3Aa%40b");
  EXPECT_THAT(body(), HasSubstr(R"("type":"Action.OpenUrl")"));
  EXPECT_EQ(text_or(http.requests.back(), "url"), "https://x.webhook.office.com/secret");
}

TEST_F(ChatStory, AWorkspaceThatNobodyNamedIsRefusedAndNoSecretIsTold) {
  const auto outcome = carry("T9", "C1");
  EXPECT_EQ(outcome.result, CarryResult::refused);
  for (const char* wrong : {"", "T1", "=slack:x", "T1=irc:secret", "T1=discord:secret", "T1=slack:"}) {
    const auto refused = parse_chat_endpoint(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_THAT(refused.error().message, Not(HasSubstr("secret")));
  }
}

TEST(ChatMessages, SlacksFieldsStayWithinItsTwoThousandCharacters) {
  const Document body = chat_body(ChatService::slack, {.title = "t", .fields = {{"Reason", std::string(5000, 'x')}}}, "C1");
  for (const Document& block : array_at(body, "blocks"))
    for (const Document& field : array_at(block, "fields")) EXPECT_LE(text_or(field, "text").size(), 2000u);
}

TEST(ChatFuzz, AnyTextBecomesAMessageOfEachService) {
  fuzz::mutate({"**bold** [a](http://b) <x> & @channel", std::string(6000, 'x'), "[[[](http"}, 1500, [](std::string_view text) {
    const ChatMessage m{.title = std::string(text), .text = std::string(text), .fields = {{"f", std::string(text)}}};
    for (const ChatService service :
         {ChatService::slack, ChatService::teams, ChatService::mattermost, ChatService::discord, ChatService::chime})
      EXPECT_FALSE(to_json(chat_body(service, m, "c")).empty());
    (void)parse_chat_endpoint(text);
  });
}

}  // namespace
}  // namespace tocsin::delivery
