#include "telemetry/logs/columns/word_filter.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace tocsin::telemetry {
namespace {

TEST(WordFilter, NeverExcludesAWordThatOccursAndMostOthers) {
  SeededRandom random{1};
  WordFilter filter;
  std::vector<std::string> words;
  for (int i = 0; i < 5000; ++i) {
    words.push_back(random.letters("0123456789abcdef", 6 + random.below(20)));
    filter.add("id=" + words.back() + ", done");
  }
  const std::string bytes = filter.encode();
  for (const std::string& word : words) EXPECT_TRUE(may_have_word(bytes, word));
  int wrong = 0;
  for (int i = 0; i < 5000; ++i) wrong += may_have_word(bytes, random.letters("ghijklmn", 12));
  EXPECT_LT(wrong, 150);
  EXPECT_TRUE(may_have_word("", "anything"));
}

TEST(WordFilter, OnlyWordsThatAreWholeAreAsked) {
  using Words = std::vector<std::string_view>;
  EXPECT_EQ(words_within("abcdefg hijklmn opqrstu", false), (Words{"hijklmn"}));
  EXPECT_EQ(words_within("abcdefg hijklmn opqrstu", true), (Words{"abcdefg", "hijklmn", "opqrstu"}));
  EXPECT_EQ(words_within("\"short\" abc", false), (Words{}));
  EXPECT_EQ(words_within(" longer_1 ", false), (Words{"longer_1"}));
}

}  // namespace
}  // namespace tocsin::telemetry
