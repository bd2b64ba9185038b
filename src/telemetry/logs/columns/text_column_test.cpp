// Strategy: columns of texts of every make (numbers in all their writings, hex, few texts, lines, noise) are written and read again, then
// read from damaged bytes with a good checksum. Invariant: every text comes back byte for byte; damaged bytes are an error or other texts,
// never a crash.
#include "telemetry/logs/columns/text_column.h"

#include <gtest/gtest.h>
#include <xxhash.h>

#include "base/random.h"
#include "telemetry/logs/columns/template_column.h"

namespace tocsin::telemetry {
namespace {

using Texts = std::vector<std::string>;

std::string packed(const Texts& texts, SplitTexts split) {
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  BlockBytesWriter out;
  write_text_column(out, views, split);
  return out.finish('T');
}

struct Opened {
  std::string bytes;
  BlockBytesReader reader;
  std::unique_ptr<TextColumn> column;

  Opened(std::string given, std::size_t size) : bytes(std::move(given)) {
    auto opened = BlockBytesReader::open(bytes, 'T');
    if (!opened) return;
    reader = std::move(*opened);
    ByteReader in(reader.meta());
    column = TextColumn::read(reader, in, size);
  }
};

void expect_back(const Texts& texts, SplitTexts split) {
  const Opened opened(packed(texts, split), texts.size());
  ASSERT_TRUE(opened.column);
  for (std::size_t at = 0; at < texts.size(); ++at) {
    std::string appended = "before ", scratch;
    opened.column->append_to(appended, at);
    ASSERT_EQ(appended, "before " + texts[at]) << at;
    ASSERT_EQ(opened.column->text(at, scratch), texts[at]) << at;
  }
}

TextEncoding encoding_of(const Texts& texts, SplitTexts split = SplitTexts::no) {
  return Opened(packed(texts, split), texts.size()).column->encoding();
}

template <typename Make>
Texts many(std::size_t count, const Make& make) {
  Texts texts;
  for (std::size_t i = 0; i < count; ++i) texts.push_back(make(i));
  return texts;
}

std::string some_number(SeededRandom& random) {
  const std::string digits = std::to_string(random.next() >> random.below(64));
  switch (random.below(8)) {
    case 0:
      return "-" + digits;
    case 1:
      return "0" + digits;
    case 2:
      return digits + "." + std::to_string(random.below(100));
    case 3:
      return "-0." + std::to_string(random.below(1000));
    case 4:
      return "00";
    case 5:
      return "-0";
    default:
      return digits;
  }
}

TEST(TextColumn, TakesTheEncodingThatFits) {
  EXPECT_EQ(encoding_of(many(100, [](std::size_t) { return "same"; })), TextEncoding::constant);
  EXPECT_EQ(encoding_of(many(100, [](std::size_t i) { return i % 3 ? "INFO" : "WARN"; })), TextEncoding::dictionary);
  EXPECT_EQ(encoding_of(many(900, [](std::size_t i) { return "user-" + std::to_string(i * 37); })), TextEncoding::number);
  EXPECT_EQ(encoding_of(many(900, [](std::size_t i) { return std::to_string(i) + ".25ms"; })), TextEncoding::number);
  SeededRandom random{5};
  EXPECT_EQ(encoding_of(many(900, [&](std::size_t) { return random.letters("0123456789abcdef", 32); })), TextEncoding::hex);
  EXPECT_EQ(encoding_of(many(900, [&](std::size_t) { return random.letters("xyz uvw", 32); })), TextEncoding::raw);
  EXPECT_EQ(encoding_of(many(900, [](std::size_t i) { return "took " + std::to_string(i) + " ms of " + std::to_string(i * i) + " done"; }),
                        SplitTexts::text),
            TextEncoding::templates);
}

TEST(TextColumn, NumbersInEveryWritingComeBack) {
  for (const Texts& each :
       {Texts{"0"}, Texts{""}, Texts{"-"}, Texts{"."}, Texts{"-1", "-0"}, Texts{"1.", "2."}, Texts{".5", ".25"}, Texts{"007", "008", "019"},
        Texts{"1", "01"}, Texts{"9223372036854775807", "-9223372036854775808"}, Texts{"99999999999999999", "-99999999999999999"},
        Texts{"1.50", "-2.25", "0.05", "-0.05"}, Texts{"a1", "a", "a2"}, Texts{"1a", "11a", "a"}, Texts{"12", "12"}, Texts{"5-5", "5-55"}})
    expect_back(each, SplitTexts::no);
  SeededRandom random{7};
  for (int round = 0; round < 300; ++round) {
    const std::string prefix = random.letters("ab-.0", random.below(3)), suffix = random.letters("ms.0", random.below(3));
    const bool odd = random.below(2) == 0;
    const std::uint64_t width = random.below(60);
    expect_back(many(1 + random.below(40),
                     [&](std::size_t) { return prefix + (odd ? some_number(random) : std::to_string(random.next() >> width)) + suffix; }),
                random.below(2) ? SplitTexts::no : SplitTexts::text);
  }
}

TEST(TextColumn, NoiseComesBackAndIsSearched) {
  SeededRandom random{11};
  for (int round = 0; round < 200; ++round) {
    const std::string letters = round % 3 == 0 ? std::string("a1= \"{}:,\\\0\n\xff", 14) : round % 3 == 1 ? "0123456789abcdef" : "ab 12=-x";
    const std::size_t longest = 1 + random.below(40);
    const Texts texts = many(1 + random.below(300), [&](std::size_t) { return random.letters(letters, random.below(longest)); });
    for (const SplitTexts split : {SplitTexts::no, SplitTexts::text, SplitTexts::lines}) {
      expect_back(texts, split);
      const Opened opened(packed(texts, split), texts.size());
      const std::string& any = texts[random.below(texts.size())];
      const std::string part = any.empty() ? "a" : any.substr(random.below(any.size()), 1 + random.below(6));
      std::vector<std::uint8_t> found(texts.size());
      opened.column->mark_containing(part, found);
      for (std::size_t at = 0; at < texts.size(); ++at)
        ASSERT_EQ(found[at] != 0, texts[at].find(part) != std::string::npos) << texts[at] << " / " << part;
    }
  }
}

TEST(TextColumn, WhatNobodyWroteDoesNotCrash) {
  SeededRandom random{13};
  const Texts lines = many(60, [&](std::size_t i) {
    return i % 2 ? R"({"level":"INFO","ms":)" + std::to_string(random.below(900)) + R"(,"id":")" + random.letters("0123456789abcdef", 16) +
                       "\"}"
                 : "took " + std::to_string(i) + " ms for user=" + random.letters("abc", 5);
  });
  const std::string good = packed(lines, SplitTexts::lines);
  for (int i = 0; i < 4000; ++i) {
    std::string bad = good.substr(0, good.size() - 8);
    for (std::uint64_t n = random.below(4) + 1; n > 0; --n) bad[random.below(bad.size())] = static_cast<char>(random.below(256));
    const std::uint64_t sum = XXH3_64bits(bad.data(), bad.size());
    bad.append(reinterpret_cast<const char*>(&sum), sizeof sum);
    const Opened opened(std::move(bad), lines.size());
    if (!opened.column) continue;
    std::vector<std::uint8_t> found;
    opened.column->mark_containing("took", found);
    std::string out;
    for (std::size_t at = 0; at < lines.size(); ++at) opened.column->append_to(out, at);
  }
  // without a good checksum nothing is read
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_FALSE(BlockBytesReader::open(bad, 'T')) << at;
  }
}

/// The meta is compressed: damage before compression goes further in.
TEST(TextColumn, DamagedMetaDoesNotCrash) {
  SeededRandom random{17};
  for (int i = 0; i < 4000; ++i) {
    BlockBytesWriter out;
    ByteWriter meta = out.meta();
    for (std::uint64_t n = random.below(60); n > 0; --n) meta.byte(static_cast<std::uint8_t>(random.below(random.below(2) ? 6 : 256)));
    const Opened opened(out.finish('T'), random.below(50));
    if (!opened.column) continue;
    std::string text;
    for (std::size_t at = 0; at < opened.column->size(); ++at) opened.column->append_to(text, at);
  }
}

TEST(LineSplit, TellsTheFieldsOfObjectsOnly) {
  std::vector<LineSlot> slots;
  EXPECT_TRUE(split_json(R"({"a":"x","b":{"c":-1.5,"d":[true,null,"y"]}})", slots));
  EXPECT_EQ(slots.size(), 5u);
  EXPECT_EQ(*json_paths(R"({"a":"x","b":{"c":-1.5,"d":[true,null,"y"]}})"),
            (std::vector<std::string>{"a", "b.c", "b.d.0", "b.d.1", "b.d.2"}));
  for (const char* odd : {R"({"a":1e5})", R"({"a":01})", R"({"a":-0})", R"({"a":1234567890123456})", R"({"a":"\u0041"})",
                          "{\"a\":\"\xff\"}", R"(["a"])", R"({"a":tru})"}) {
    slots.clear();
    EXPECT_FALSE(split_json(odd, slots)) << odd;
  }
  for (const char* odd : {R"({"a":1,"a":2})", R"({"a.b":1})", R"({"":1})", R"({"a":1,})", R"({"a" 1})", R"({"a":1}{)", R"([{"a":1}])"})
    EXPECT_FALSE(json_paths(odd)) << odd;
}

}  // namespace
}  // namespace tocsin::telemetry
