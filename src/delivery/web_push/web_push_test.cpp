#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "base/encoding.h"
#include "delivery/web_push/vapid.h"
#include "delivery/web_push/web_push_carrier.h"
#include "fuzz/mutate.h"

namespace tocsin::delivery {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string raw(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  text.append((4 - text.size() % 4) % 4, '=');
  return *from_base64(text);
}

// RFC 8291 §5
TEST(PushEncryption, GivesTheExampleOfTheRfc) {
  const auto sender = P256Key::from_raw(raw("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
                                        raw("BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"));
  ASSERT_TRUE(sender) << sender.error().message;
  const PushSubscription subscription{"https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
                                      raw("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
                                      raw("BTBZMqHH6r4Tts7J_aSIgg")};
  const auto body = encrypt_push("When I grow up, I want to be a watermelon", subscription, *sender, raw("DGv6ra1nlYgDCS1FRnbzlw"));
  ASSERT_TRUE(body) << body.error().message;
  EXPECT_EQ(to_base64url(*body),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
            "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_"
            "Qulcy4a-fN");
}

TEST(Vapid, TheTokenNamesTheServiceAndIsSigned) {
  const auto key = P256Key::generate();
  ASSERT_TRUE(key);
  const auto header = vapid_authorization("https://push.example.net/push/x", *key, "mailto:a@b", instant_from_ms(1'795'000'000'000));
  ASSERT_TRUE(header);
  EXPECT_THAT(*header, StartsWith("vapid t=eyJ0eXAiOiJKV1QiLCJhbGciOiJFUzI1NiJ9."));
  const std::string claims = header->substr(header->find('.') + 1);
  EXPECT_EQ(raw(claims.substr(0, claims.find('.'))), R"({"aud":"https://push.example.net","exp":1795043200,"sub":"mailto:a@b"})");
  EXPECT_EQ(raw(claims.substr(claims.find('.') + 1, claims.find(',') - claims.find('.') - 1)).size(), 64u);
}

class FakeHttp final : public Carrier {
 public:
  void carry(const std::string&, const Document& content, Done done) override {
    requests.push_back(content);
    done(outcome);
  }
  std::vector<Document> requests;
  CarryOutcome outcome{.result = CarryResult::delivered, .status = 201};
};

TEST(WebPush, APushIsEncryptedForItsBrowserAlone) {
  FakeHttp http;
  ManualClock clock(instant_from_ms(1'795'000'000'000));
  SeededRandom random(1);
  const auto key = P256Key::generate(), browser = P256Key::generate();
  WebPushCarrier carrier({.key = [&] { return &*key; }, .contact = "mailto:a@b"}, clock, random, http);
  const Object subscription{
      {"endpoint", "https://push.example.net/x"},
      {"keys", Object{{"p256dh", to_base64url(browser->public_point())}, {"auth", to_base64url(std::string(16, 'a'))}}}};
  CarryOutcome out;
  const auto carry = [&] {
    carrier.carry("p", Object{{"subscription", subscription}, {"title", "SEV2 checkout"}, {"text", "18 %"}, {"urgency", "high"}},
                  [&](CarryOutcome came) { out = came; });
  };
  carry();
  EXPECT_EQ(out.result, CarryResult::delivered);
  EXPECT_EQ(text_or(object_at(http.requests[0], "headers"), "Content-Encoding"), "aes128gcm");
  EXPECT_EQ(text_or(http.requests[0], "body").find("SEV2"), std::string::npos);
  http.outcome = {.result = CarryResult::refused, .status = 410};
  carry();
  EXPECT_EQ(out.result, CarryResult::refused);
  EXPECT_EQ(out.error, "the browser has unsubscribed");
}

TEST(WebPushFuzz, AnySubscriptionIsReadOrRefused) {
  fuzz::mutate(
      {R"({"endpoint":"https://p.example/x","keys":{"p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4","auth":"BTBZMqHH6r4Tts7J_aSIgg"}})"},
      1500, [](std::string_view text) {
        const auto document = parse_json(text);
        if (!document) return;
        const auto subscription = read_subscription(*document);
        if (!subscription) return;
        const auto sender = P256Key::generate();
        (void)encrypt_push("text", *subscription, *sender, std::string(16, 's'));
      });
}

}  // namespace
}  // namespace tocsin::delivery
