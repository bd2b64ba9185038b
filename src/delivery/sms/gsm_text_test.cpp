#include "delivery/sms/gsm_text.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "fuzz/mutate.h"

namespace tocsin::delivery {
namespace {

TEST(GsmText, TheAlphabetGoesThereAndBack) {
  const std::string text = "SEV2 checkout errors 18% (norm 0.2) £ß Ä Ω {[€]} ~|\\^";
  const auto septets = to_gsm_septets(text);
  ASSERT_TRUE(septets);
  EXPECT_EQ(from_gsm_septets(*septets), text);
  EXPECT_EQ(to_hex(*to_gsm_septets("@£$€")), "0001021b65");
  EXPECT_FALSE(to_gsm_septets("λ"));
}

TEST(GsmText, OneMessageHolds160SeptetsOr70Characters) {
  EXPECT_EQ(split_sms(std::string(160, 'a'), 1).parts.size(), 1u);
  const SmsParts two = split_sms(std::string(161, 'a'), 7);
  ASSERT_EQ(two.parts.size(), 2u);
  EXPECT_EQ(to_hex(two.parts[0].substr(0, 6)), "050003070201");
  EXPECT_EQ(to_hex(two.parts[1].substr(0, 6)), "050003070202");
  EXPECT_EQ(two.parts[0].size(), 6u + 153);
  std::string greek;
  for (int i = 0; i < 70; ++i) greek += "λ";
  EXPECT_EQ(split_sms(greek, 1).alphabet, SmsAlphabet::ucs2);
  EXPECT_EQ(split_sms(greek, 1).parts.size(), 1u);
  EXPECT_EQ(split_sms(greek + "λ", 1).parts.size(), 2u);
}

TEST(GsmText, NoCharacterIsCutInTwo) {
  const SmsParts escaped = split_sms(std::string(152, 'a') + "€" + std::string(40, 'b'), 1);
  EXPECT_EQ(escaped.parts[0].size(), 6u + 152);
  std::string faces;
  for (int i = 0; i < 40; ++i) faces += "😀";
  const SmsParts pairs = split_sms("a" + faces, 1);
  std::string joined;
  for (const std::string& part : pairs.parts) joined += from_ucs2(part.substr(6));
  EXPECT_EQ(joined, "a" + faces);
}

TEST(GsmText, WhatTheAlphabetLacksIsWrittenWithWhatItHas) {
  EXPECT_EQ(to_gsm_characters("errors – “18 %” · café → λ…"), "errors - \"18 %\" - café -> ?...");
}

// Fuzz: any bytes. Invariants: parts keep their sizes, what was put into septets comes back.
TEST(GsmTextFuzz, AnyBytesAreCutIntoPartsThatFit) {
  fuzz::mutate({"SEV2 checkout {errors} 18%", "λόγος 😀😀", std::string(500, 'x') + "€"}, 3000, [](std::string_view text) {
    const SmsParts parts = split_sms(text, 9);
    for (const std::string& part : parts.parts) EXPECT_LE(part.size(), parts.alphabet == SmsAlphabet::gsm7 ? 160u : 140u);
    const auto septets = to_gsm_septets(text);
    EXPECT_TRUE(!septets || from_gsm_septets(*septets) == text);
    EXPECT_TRUE(to_gsm_septets(to_gsm_characters(text)));
    EXPECT_TRUE(is_utf8(from_ucs2(text)));
    EXPECT_TRUE(is_utf8(from_gsm_septets(text)));
  });
}

}  // namespace
}  // namespace tocsin::delivery
