#include "learn/reviews/blameless_lint.h"

#include <gmock/gmock.h>

#include "fuzz/mutate.h"

namespace tocsin::reviews {
namespace {

std::vector<std::string> flagged(std::string_view text, const std::vector<std::string>& people = {}) {
  std::vector<std::string> out;
  for (const LintHint& hint : blameless_lint(text, people)) out.push_back(hint.words);
  return out;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(BlamelessLint, FlagsCounterfactualsHumanErrorAndTheOneCause) {
  EXPECT_THAT(flagged("Ops Should have checked; it was Human Error."), ElementsAre("Should have", "Human Error"));
  EXPECT_THAT(flagged("The root cause: she failed to test. Why did you?"), ElementsAre("root cause", "failed to", "Why did you"));
  EXPECT_THAT(flagged("The pool was set to 1, and the check allowed it."), IsEmpty());
  EXPECT_THAT(flagged("carelessness"), IsEmpty()) << "whole words alone";
}

TEST(BlamelessLint, APersonIsFlaggedOnlyNearWordsOfCause) {
  EXPECT_THAT(flagged("It broke because Alice changed the pool.", {"alice"}), ElementsAre("Alice"));
  EXPECT_THAT(flagged("Alice acknowledged the page.", {"alice"}), IsEmpty());
}

TEST(BlamelessLint, TellsWhereAndWhat) {
  const auto hints = blameless_lint("We failed to see it.");
  ASSERT_EQ(hints.size(), 1u);
  EXPECT_EQ(hints[0].offset, 3u);
  EXPECT_FALSE(hints[0].advice.empty());
}

// Invariant: whatever the bytes, hints lie within the text and are in order.
TEST(BlamelessLint, AnyBytes) {
  fuzz::mutate({"should have failed to", "because Anna \xff\xfe"}, {"should have", "root cause"}, 2000, [](std::string_view text) {
    std::size_t last = 0;
    for (const LintHint& hint : blameless_lint(text, {"anna", ""})) {
      EXPECT_LE(hint.offset + hint.length, text.size());
      EXPECT_GE(hint.offset, last);
      last = hint.offset;
    }
  });
}

}  // namespace
}  // namespace tocsin::reviews
