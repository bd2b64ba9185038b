// The automaton against the slow matcher, and both against a matcher that tries every choice of leaves: random patterns that come and go,
// random events, as text and as a document. TOCSIN_LONG=1 for 1,000,000 pairs.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>

#include "events/patterns/pattern.h"
#include "events/patterns/pattern_set.h"
#include "events/patterns/random_patterns.h"

namespace tocsin::events {
namespace {

constexpr int patterns_kept = 25;
constexpr int events_a_round = 4;

int pairs_wanted() { return std::getenv("TOCSIN_LONG") ? 1000000 : 20000; }

/// No two leaves lie in different elements of one array.
bool agree(const std::vector<const Leaf*>& chosen) {
  std::map<std::uint32_t, std::uint32_t> element_of;
  for (const Leaf* leaf : chosen)
    for (const ArrayElement& element : leaf->within)
      if (element_of.emplace(element.array, element.index).first->second != element.index) return false;
  return true;
}

bool choose(const Alternative& fields, std::size_t at, const FlatEvent& event, std::vector<const Leaf*>& chosen) {
  if (at == fields.size()) return agree(chosen);
  const FieldTest& field = fields[at];
  const std::vector<Leaf>* leaves = event.leaves(field.path);
  if (!leaves) {
    const bool absence = std::ranges::any_of(field.any_of, [](const ValueTest& test) { return test.kind == ValueTest::Kind::absent; });
    return absence && choose(fields, at + 1, event, chosen);
  }
  for (const Leaf& leaf : *leaves) {
    if (std::ranges::none_of(field.any_of, [&](const ValueTest& test) { return test.holds(leaf); })) continue;
    chosen.push_back(&leaf);
    const bool found = choose(fields, at + 1, event, chosen);
    chosen.pop_back();
    if (found) return true;
  }
  return false;
}

bool matches_by_trying(const Pattern& pattern, const FlatEvent& event) {
  return std::ranges::any_of(pattern.alternatives(), [&](const Alternative& fields) {
    std::vector<const Leaf*> chosen;
    return choose(fields, 0, event, chosen);
  });
}

struct Compared {
  PatternSet set;
  std::map<PatternSet::Id, std::pair<std::string, Pattern>> patterns;
  std::int64_t pairs = 0, matches = 0;

  void change(Random& random) {
    const auto id = static_cast<PatternSet::Id>(random.below(patterns_kept));
    if (random.below(4) == 0) {
      set.remove(id);
      patterns.erase(id);
      return;
    }
    const std::string text = random_pattern(random);
    const auto pattern = compile_pattern(text);
    if (!pattern) return;
    set.add(id, *pattern);
    patterns.insert_or_assign(id, std::pair(text, *pattern));
  }

  void compare(const std::string& event) {
    const auto document = parse_json(event);
    ASSERT_TRUE(document) << event;
    std::vector<PatternSet::Id> by_text, by_document;
    ASSERT_TRUE(set.match_text(event, by_text)) << event;
    set.match(*document, by_document);
    const FlatEvent flat(*document);
    for (const auto& [id, kept] : patterns) {
      const bool wanted = kept.second.matches(flat);
      ++pairs, matches += wanted ? 1 : 0;
      ASSERT_EQ(wanted, matches_by_trying(kept.second, flat)) << kept.first << "\n" << event;
      ASSERT_EQ(wanted, std::ranges::count(by_text, id) == 1) << kept.first << "\n" << event;
      ASSERT_EQ(wanted, std::ranges::count(by_document, id) == 1) << kept.first << "\n" << event;
    }
    ASSERT_EQ(by_text.size(), by_document.size());
  }
};

TEST(PatternAgreement, AutomatonAndSlowMatcher) {
  SeededRandom random(20261124);
  Compared compared;
  while (compared.pairs < pairs_wanted() && !HasFatalFailure()) {
    for (int n = 0; n < 5; ++n) compared.change(random);
    for (int n = 0; n < events_a_round && !HasFatalFailure(); ++n) compared.compare(random_event(random));
  }
  EXPECT_GT(compared.matches * 50, compared.pairs) << "too few matches to say much";
  for (const auto& [id, kept] : compared.patterns) compared.set.remove(id);
  EXPECT_EQ(compared.set.size(), 0u);
}

}  // namespace
}  // namespace tocsin::events
