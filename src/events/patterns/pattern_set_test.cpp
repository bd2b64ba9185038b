#include "events/patterns/pattern_set.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/random.h"
#include "events/patterns/json_scan.h"

namespace tocsin::events {
namespace {

using Ids = std::vector<PatternSet::Id>;

Ids matched(PatternSet& set, std::string_view event) {
  Ids out;
  EXPECT_TRUE(set.match_text(event, out)) << event;
  std::ranges::sort(out);
  return out;
}

TEST(PatternSet, TellsWhichPatternsAnEventMatches) {
  PatternSet set;
  set.add(0, *compile_pattern(R"({"source":["shop"],"detail":{"state":["paid","sent"]}})"));
  set.add(1, *compile_pattern(R"({"source":["shop"],"detail":{"amount":[{"numeric":[">",100]}]}})"));
  set.add(2, *compile_pattern(R"({"source":[{"prefix":"sh"}],"detail":{"refund":[{"exists":false}]}})"));
  set.add(3, *compile_pattern(R"({"$or":[{"source":["mill"]},{"detail":{"state":[{"anything-but":"paid"}]}}]})"));
  EXPECT_EQ(matched(set, R"({"source":"shop","detail":{"state":"paid","amount":129.5}})"), (Ids{0, 1, 2}));
  EXPECT_EQ(matched(set, R"({"source":"shop","detail":{"state":"sent","refund":null}})"), (Ids{0, 3}));
  EXPECT_EQ(matched(set, R"({"source":"mill"})"), (Ids{3}));
  EXPECT_EQ(matched(set, "{}"), (Ids{}));
}

TEST(PatternSet, PatternsComeAndGo) {
  PatternSet set;
  set.add(7, *compile_pattern(R"({"a":["x"]})"));
  set.add(8, *compile_pattern(R"({"a":["x"],"b":[{"suffix":"y"}]})"));
  set.add(7, *compile_pattern(R"({"a":["z"]})"));
  EXPECT_EQ(set.size(), 2u);
  EXPECT_EQ(matched(set, R"({"a":"x","b":"xy"})"), (Ids{8}));
  set.remove(8);
  set.remove(8);
  EXPECT_EQ(matched(set, R"({"a":["x","z"],"b":"xy"})"), (Ids{7}));
  EXPECT_EQ(set.size(), 1u);
}

TEST(PatternSet, NoMatchCombinesElementsOfOneArray) {
  PatternSet set;
  set.add(0, *compile_pattern(R"({"e":{"name":["Bob"],"age":[44]}})"));
  EXPECT_EQ(matched(set, R"({"e":[{"name":"Bob","age":5},{"name":"Anna","age":44}]})"), (Ids{}));
  EXPECT_EQ(matched(set, R"({"e":[{"name":"Bob","age":5},{"name":"Bob","age":44}]})"), (Ids{0}));
}

TEST(PatternSet, ManyPatternsOfOneForm) {
  PatternSet set;
  for (PatternSet::Id n = 0; n < 5000; ++n)
    set.add(n, *compile_pattern(R"({"source":["shop"],"detail":{"id":["o-)" + std::to_string(n) + R"("]}})"));
  EXPECT_EQ(matched(set, R"({"source":"shop","detail":{"id":"o-4711"}})"), (Ids{4711}));
  for (PatternSet::Id n = 0; n < 5000; n += 2) set.remove(n);
  EXPECT_EQ(matched(set, R"({"source":"shop","detail":{"id":"o-4711"}})"), (Ids{4711}));
  EXPECT_EQ(matched(set, R"({"source":"shop","detail":{"id":"o-4710"}})"), (Ids{}));
}

TEST(PatternSet, RefusesWhatIsNoJsonObject) {
  PatternSet set;
  set.add(0, *compile_pattern(R"({"a":["x"]})"));
  Ids out;
  for (const char* text :
       {"", "[]", "{", R"({"a":"x"}})", R"({"a":"x",})", R"({"b":[1,]})", R"({"b":01})", R"({"b":"\x"})", R"({"b":1.})", R"({"a":tru})",
        "{\"b\":\"\xFF\"}", "{\"b\":\"\x01\"}", R"({"b":"\ud800"})", R"({"b":-})", R"({b:1})", R"({"b":{"c":[}]})"})
    EXPECT_FALSE(set.match_text(text, out)) << text;
  std::string deep = "{\"b\":";
  for (int n = 0; n < 70; ++n) deep += '[';
  for (int n = 0; n < 70; ++n) deep += ']';
  EXPECT_FALSE(set.match_text(deep + "}", out));
}

/// Damages texts: what is read here is exactly what the parser of documents reads, wanted or passed over.
TEST(PatternSet, ReadsWhatTheParserReads) {
  SeededRandom random(20261124);
  PatternSet set;
  set.add(0, *compile_pattern(R"({"a":{"b":["x",1,null]},"n":[{"numeric":[">",0]}]})"));
  constexpr std::string_view seeds[] = {
      R"({"a":{"b":["x",1,null,-0.5e-3]},"c":[[-122.41,37.8,0.0],[true,false,null]],"n":17,"z":"\u00e9\ud83d\ude00 é \"\\"})",
      R"( { "coordinates" : [ [ 1.25 , -2e10 ] , [ ] , { } ] , "a" : [ ] , "n" : 12345.678 } )"};
  constexpr std::string_view alphabet = "{}[]\",:\\*u0159.eE-+ tfn$/\x01\xC3\xA9\xFF";
  int read = 0;
  for (int round = 0; round < 30000; ++round) {
    std::string text(seeds[random.below(2)]);
    for (std::uint64_t edits = random.below(4); edits > 0 && !text.empty(); --edits) {
      const std::size_t at = random.below(text.size());
      if (random.below(2))
        text.erase(at, 1 + random.below(3));
      else
        text.insert(at, 1, alphabet[random.below(alphabet.size())]);
    }
    Ids out;
    const auto document = parse_json(text);
    const bool wanted = document && document->is_object();
    ASSERT_EQ(set.match_text(text, out), wanted) << text;
    read += wanted ? 1 : 0;
  }
  EXPECT_GT(read, 5000);
}

}  // namespace
}  // namespace tocsin::events
