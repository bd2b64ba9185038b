#include "events/patterns/random_patterns.h"

#include <vector>

namespace tocsin::events {
namespace {

template <std::size_t count>
std::string one_of(Random& random, const char* const (&choices)[count]) {
  return choices[random.below(count)];
}

std::string name(Random& random) {
  return one_of(random, {"\"a\"", "\"b\"", "\"c\"", "\"d\"", "\"b.c\"", "\"a.b\"", "\"\"", "\"\\u0061\"", "\"exists\"", "\"$or\""});
}
std::string text(Random& random) {
  return one_of(random, {"\"x\"", "\"xy\"", "\"xyx\"", "\"Xyz\"", "\"\"", "\"yx\"", "\"É\"", "\"é\"", "\"10.0.0.1\"", "\"10.0.1.2\"",
                         "\"2001:db8::1\"", "\"x\\\"y\"", "\"\\u0078y\"", "\"aXbXc\"", "\"10.0.0.256\""});
}
std::string number(Random& random) {
  return one_of(
      random, {"0", "-0.0", "1", "1.0", "2", "3e0", "-4", "2.5", "300", "300.0", "9007199254740992", "0.1", "1e-7", "37.808332145001455"});
}
std::string wildcard(Random& random) {
  return one_of(random, {"\"x*\"", "\"*x\"", "\"*y*\"", "\"x*x\"", "\"*\"", "\"*Xb*\"", "\"*\\\\**\"", "\"a*b*c\"", "\"xy\"", "\"\""});
}
std::string range(Random& random) {
  return one_of(random, {"[\"=\",1]", "[\">\",0]", "[\">=\",1,\"<\",3]", "[\"<\",0]", "[\"<=\",2.5]", "[\">\",-5,\"<=\",1]", "[\"=\",-0.0]",
                         "[\">\",100]"});
}
std::string addresses(Random& random) {
  return one_of(random, {"\"10.0.0.0/24\"", "\"10.0.0.0/8\"", "\"0.0.0.0/0\"", "\"2001:db8::/32\"", "\"10.0.1.2/32\"", "\"::/0\""});
}

std::string affix(Random& random) { return random.below(3) == 0 ? "{\"equals-ignore-case\":" + text(random) + "}" : text(random); }

std::string list_of(Random& random, std::string (*make)(Random&)) {
  std::string out = "[";
  for (std::uint64_t n = 1 + random.below(3); n > 0; --n) out += make(random) + (n > 1 ? "," : "");
  return out + "]";
}

std::string shorter_affix(Random& random) {
  return one_of(random, {"\"x\"", "\"yx\"", "\"X\"", "\"1\"", "{\"equals-ignore-case\":\"x\"}"});
}

std::string anything_but(Random& random) {
  switch (random.below(7)) {
    case 0:
      return text(random);
    case 1:
      return number(random);
    case 2:
      return list_of(random, text);
    case 3:
      return list_of(random, number);
    case 4:
      return "{\"prefix\":" + (random.below(2) ? shorter_affix(random) : list_of(random, shorter_affix)) + "}";
    case 5:
      return "{\"suffix\":" + (random.below(2) ? shorter_affix(random) : list_of(random, shorter_affix)) + "}";
    default:
      return random.below(2) ? "{\"wildcard\":" + wildcard(random) + "}" : "{\"equals-ignore-case\":" + list_of(random, text) + "}";
  }
}

std::string value_test(Random& random) {
  switch (random.below(14)) {
    case 0:
    case 1:
    case 2:
      return text(random);
    case 3:
    case 4:
      return number(random);
    case 5:
      return one_of(random, {"null", "true", "false"});
    case 6:
      return "{\"prefix\":" + affix(random) + "}";
    case 7:
      return "{\"suffix\":" + affix(random) + "}";
    case 8:
      return "{\"equals-ignore-case\":" + text(random) + "}";
    case 9:
      return "{\"wildcard\":" + wildcard(random) + "}";
    case 10:
      return "{\"numeric\":" + range(random) + "}";
    case 11:
      return "{\"cidr\":" + addresses(random) + "}";
    case 12:
      return random.below(2) ? "{\"exists\":true}" : "{\"exists\":false}";
    default:
      return "{\"anything-but\":" + anything_but(random) + "}";
  }
}

std::string pattern_object(Random& random, int depth) {
  std::string out = "{";
  const std::uint64_t count = 1 + random.below(3);
  for (std::uint64_t n = 0; n < count; ++n) {
    if (n > 0) out += ",";
    const std::uint64_t kind = random.below(8);
    if (kind == 0 && depth < 3) {
      out += "\"$or\":[";
      const std::uint64_t branches = 1 + random.below(3);
      for (std::uint64_t branch = 0; branch < branches; ++branch) out += (branch ? "," : "") + pattern_object(random, depth + 1);
      out += "]";
    } else if (kind < 4 && depth < 3) {
      out += name(random) + ":" + pattern_object(random, depth + 1);
    } else {
      out += name(random) + ":" + list_of(random, value_test);
    }
  }
  return out + "}";
}

std::string blanks(Random& random) { return random.below(8) == 0 ? one_of(random, {" ", "\n", "\t ", "\r\n"}) : std::string(); }

std::string event_object(Random& random, int depth);

std::string event_value(Random& random, int depth) {
  const std::uint64_t kind = random.below(10);
  if (kind < 3 && depth < 4) return event_object(random, depth + 1);
  if (kind < 5 && depth < 4) {
    std::string out = "[";
    const std::uint64_t count = random.below(4);
    for (std::uint64_t n = 0; n < count; ++n) out += (n ? "," : "") + blanks(random) + event_value(random, depth + 1);
    return out + blanks(random) + "]";
  }
  if (kind < 7) return text(random);
  if (kind < 9)
    return random.below(12) ? number(random)
                            : one_of(random, {"9007199254740993", "-9007199254740993", "18446744073709551615", "1e400", "1E+20"});
  return one_of(random, {"null", "true", "false"});
}

std::string event_object(Random& random, int depth) {
  std::string out = "{" + blanks(random);
  const std::uint64_t count = random.below(5);
  for (std::uint64_t n = 0; n < count; ++n)
    out += (n ? "," : "") + blanks(random) + name(random) + blanks(random) + ":" + blanks(random) + event_value(random, depth) +
           blanks(random);
  return out + "}";
}

}  // namespace

std::string random_pattern(Random& random) { return pattern_object(random, 0); }
std::string random_event(Random& random) { return blanks(random) + event_object(random, 0) + blanks(random); }

}  // namespace tocsin::events
