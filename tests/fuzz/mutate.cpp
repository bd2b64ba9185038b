#include "fuzz/mutate.h"

#include <cstdio>
#include <cstdlib>

#include "base/random.h"
#include "fuzz/input_count.h"

namespace tocsin::fuzz {
namespace {

constexpr std::size_t input_bytes_max = 64 * 1024;

const std::vector<std::string>& nasty_tokens() {
  static const std::vector<std::string> tokens = {"0",
                                                  "-1",
                                                  "1e999",
                                                  "-0.0",
                                                  "NaN",
                                                  "9223372036854775808",
                                                  "18446744073709551616",
                                                  "4294967296",
                                                  "2147483648",
                                                  "0x7fffffff",
                                                  "null",
                                                  "true",
                                                  std::string(1, '\0'),
                                                  "\xff",
                                                  "\xc0\x80",
                                                  "\xed\xa0\x80",
                                                  "\xef\xbb\xbf",
                                                  "\r\n",
                                                  "\"",
                                                  "'",
                                                  "\\",
                                                  "\\u0000",
                                                  "\\ud800",
                                                  "%",
                                                  "%00",
                                                  "%zz",
                                                  "{",
                                                  "}",
                                                  "[",
                                                  "]",
                                                  "(",
                                                  ")",
                                                  "<",
                                                  ">",
                                                  "&",
                                                  "=",
                                                  ":",
                                                  ";",
                                                  ",",
                                                  ".",
                                                  "..",
                                                  "/",
                                                  "*",
                                                  "?",
                                                  "$",
                                                  "#",
                                                  std::string(300, 'A'),
                                                  std::string(200, '['),
                                                  std::string(200, '(')};
  return tokens;
}

class Mutator {
 public:
  Mutator(const std::vector<std::string>& seeds, const std::vector<std::string>& tokens, std::uint64_t seed)
      : seeds_(seeds), tokens_(tokens), random_(seed) {}

  std::string next() {
    if (seeds_.empty() || random_.below(64) == 0) return noise(random_.below(200));
    std::string input = pick(seeds_);
    for (std::uint64_t left = 1 + random_.below(8); left > 0; --left) damage(input);
    if (input.size() > input_bytes_max) input.resize(input_bytes_max);
    return input;
  }

 private:
  const std::string& pick(const std::vector<std::string>& from) { return from[random_.below(from.size())]; }
  std::size_t place(const std::string& input) { return random_.below(input.size() + 1); }

  std::string noise(std::size_t length) {
    std::string bytes(length, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_.below(256));
    return bytes;
  }

  void damage(std::string& input) {
    const std::size_t at = place(input);
    const std::size_t length = 1 + random_.below(random_.below(4) == 0 ? 64 : 4);
    switch (random_.below(9)) {
      case 0:
        if (at < input.size()) input[at] = static_cast<char>(input[at] ^ (1 << random_.below(8)));
        break;
      case 1:
        if (at < input.size()) input[at] = static_cast<char>(random_.below(256));
        break;
      case 2:
        input.insert(at, noise(length));
        break;
      case 3:
        input.erase(at, length);
        break;
      case 4:
        input.insert(place(input), input.substr(at, length));
        break;
      case 5:
        splice(input, at);
        break;
      case 6:
        input.insert(at, pick(nasty_tokens()));
        break;
      case 7:
        input.insert(at, tokens_.empty() ? pick(nasty_tokens()) : pick(tokens_));
        break;
      default:
        if (random_.below(4) == 0) input.resize(at);
        break;
    }
  }

  void splice(std::string& input, std::size_t at) {
    const std::string& other = pick(seeds_);
    input = input.substr(0, at) + other.substr(place(other));
  }

  const std::vector<std::string>& seeds_;
  const std::vector<std::string>& tokens_;
  SeededRandom random_;
};

void print(std::string_view input) {
  std::fputs("fuzz: ", stderr);
  for (const unsigned char byte : input) std::fprintf(stderr, byte >= ' ' && byte < 127 && byte != '\\' ? "%c" : "\\x%02x", byte);
  std::fputc('\n', stderr);
}

}  // namespace

void mutate(const std::vector<std::string>& seed_inputs, const std::vector<std::string>& tokens, int count,
            const std::function<void(std::string_view)>& fn, std::uint64_t seed) {
  const bool printing = std::getenv("TOCSIN_FUZZ_PRINT") != nullptr;
  const auto run = [&](std::string_view input) {
    if (printing) print(input);
    fn(input);
  };
  for (const std::string& input : seed_inputs) run(input);
  Mutator mutator(seed_inputs, tokens, seed);
  for (int i = 0, wanted = input_count(count); i < wanted; ++i) {
    const std::string input = mutator.next();
    run(input);
  }
}

void mutate(const std::vector<std::string>& seed_inputs, int count, const std::function<void(std::string_view)>& fn, std::uint64_t seed) {
  mutate(seed_inputs, {}, count, fn, seed);
}

}  // namespace tocsin::fuzz
