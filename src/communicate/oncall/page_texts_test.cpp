#include "communicate/oncall/page_texts.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "delivery/sms/gsm_text.h"

namespace tocsin::oncall {
namespace {

templates::Values checkout() {
  PageFacts facts{.severity = "SEV2",
                  .what = "checkout errors",
                  .value = "18 (threshold 5, normal 0.2)",
                  .since = instant_from_ms(1'795'489'440'000),
                  .impact = "High: 1 in 5 orders fail"};
  PageAddress address{.contact_name = "Alice",
                      .why_you = "You are first in primary.",
                      .next = "Secondary, 03:10 UTC",
                      .ack_url = "https://s.example/a/K7Q2M4XR9B",
                      .page_arn = "arn",
                      .code = "482193",
                      .reply_code = "4821"};
  return template_values(facts, address);
}

TEST(PageTexts, ThePageBySmsSaysAllInOneMessage) {
  const std::string sms = page_sms({}, checkout());
  EXPECT_EQ(sms,
            "SEV2 checkout errors 18 (norm 0.2) since 03:04 UTC, 1 in 5 orders fail. Ack: https://s.example/a/K7Q2M4XR9B or reply 4821. "
            "Secondary 03:10");
  EXPECT_LE(delivery::gsm_length(sms), 160u);
}

TEST(PageTexts, WhatIsTooLongLosesItsDetailsNeverItsLink) {
  templates::Values values = checkout();
  values["what"] = "“Kasse” – Störung in λ: " + std::string(300, 'x');
  values["impact"] = std::string(200, 'y');
  const std::string sms = page_sms({}, values);
  EXPECT_LE(delivery::gsm_length(sms), 160u);
  EXPECT_GT(delivery::gsm_length(sms), 150u);
  EXPECT_NE(sms.find("Ack: https://s.example/a/K7Q2M4XR9B or reply 4821."), std::string::npos);
  EXPECT_TRUE(sms.starts_with("SEV2 \"Kasse\" - Störung in ?: x"));
}

TEST(PageTexts, ATextWithoutAValueBeginsWithNoBlank) {
  templates::Values values = checkout();
  values["value_full"].clear();
  EXPECT_TRUE(templates::MessageTemplates().render("page.push.text", values).starts_with("since 03:04 UTC, 1 in 5 orders fail."));
}

TEST(PageTexts, ValuesAndNextAreShort) {
  EXPECT_EQ(short_value("18 (threshold 5, normal 0.2)"), "18 (norm 0.2)");
  EXPECT_EQ(short_value("18 (threshold 5)"), "18");
  EXPECT_EQ(short_value("18"), "18");
  EXPECT_EQ(short_next("carol, 03:10 UTC"), "carol 03:10");
  EXPECT_EQ(short_next("nobody after you"), "");
}

TEST(PageTexts, ADigestShowsTheFirstAndCountsTheRest) { EXPECT_EQ(digest_lines({"a", "b", "c"}, 2), "a\nb\nand 1 more\n"); }

TEST(PageTextsFuzz, WhateverATitleHoldsTheSmsFits) {
  SeededRandom random(5);
  for (int round = 0; round < 2000; ++round) {
    templates::Values values = checkout();
    values["what"] = random.letters("aä€{}λ \xf0\x9f\x98\x80\xff\n", random.below(300));
    values["next"] = random.letters("b é", random.below(60));
    EXPECT_LE(delivery::gsm_length(page_sms({}, values)), 160u);
  }
}

}  // namespace
}  // namespace tocsin::oncall
