// Mutates valid patterns and events: whatever compiles must answer, whatever does not must say where.
#include <gtest/gtest.h>

#include "base/random.h"
#include "events/patterns/filter_policy.h"
#include "fuzz/input_count.h"

namespace tocsin::events {
namespace {

constexpr std::string_view seeds[] = {
    R"({"source":["aws.ec2",null,1.5e3],"detail":{"state":[{"anything-but":["x","y"]}],"n":[{"numeric":[">",0,"<=",5]}]}})",
    R"({"$or":[{"a":[{"prefix":{"equals-ignore-case":"É"}}]},{"b":[{"wildcard":"*x\\*y*"}]}],"c.d":[{"cidr":"10.0.0.0/8"},{"exists":false}]})",
    R"({"a":[{"b":1,"c":["\u00e9\ud83d\ude00",true]},{"b":[[2],[]]}],"c":{"d":"10.1.2.3"},"n":-0.0})",
};

std::string mutate(Random& random, std::string text) {
  static constexpr std::string_view alphabet = "{}[]\",:\\*u0159.eE-+ tfn$/\x01\xC3\xFF";
  for (std::uint64_t edits = 1 + random.below(4); edits > 0 && !text.empty(); --edits) {
    const std::size_t at = random.below(text.size());
    switch (random.below(4)) {
      case 0:
        text.erase(at, 1 + random.below(5));
        break;
      case 1:
        text.insert(at, 1, alphabet[random.below(alphabet.size())]);
        break;
      case 2:
        text[at] = alphabet[random.below(alphabet.size())];
        break;
      default:
        text.insert(at, text.substr(random.below(text.size()), random.below(20)));
        break;
    }
  }
  return text;
}

TEST(PatternFuzz, NeitherCrashesNorIsSilent) {
  SeededRandom random(20261124);
  int compiled = 0;
  for (int round = 0; round < fuzz::input_count(20000); ++round) {
    const std::string text = mutate(random, std::string(seeds[random.below(3)]));
    const auto pattern = compile_pattern(text);
    const auto event = parse_json(mutate(random, std::string(seeds[random.below(3)])));
    if (!pattern)
      EXPECT_FALSE(pattern.error().message.empty());
    else if (++compiled; event)
      (void)pattern->matches(*event);
    if (const auto policy = compile_filter_policy(text, FilterScope::message_body); policy && *policy) (void)(*policy)->matches({}, text);
  }
  EXPECT_GT(compiled, 500);
}

}  // namespace
}  // namespace tocsin::events
