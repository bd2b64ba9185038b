// Strategy: made lines with every trap (numbers in all writings, escapes, names that occur twice or have dots, lists, fragments of JSON in
// text, lines of the platform, noise) are put into columns, and each field is asked both of the columns and of the message. Invariant: where
// the columns know the field, the message says the same.
#include <gtest/gtest.h>

#include "base/random.h"
#include "diagnose/log_query/discovery.h"
#include "telemetry/logs/column_block.h"

namespace tocsin::diagnose {
namespace {

std::string made_value(SeededRandom& random, int depth) {
  switch (random.below(depth > 2 ? 10 : 12)) {
    case 0:
      return std::to_string(random.next() >> random.below(64));
    case 1:
      return "-" + std::to_string(random.below(1000)) + "." + std::to_string(random.below(1000));
    case 2:
      return random.below(2) ? "true" : "null";
    case 3:
      return std::to_string(random.below(100)) + ".0";
    case 4:
      return random.below(2) ? "1e3" : "-0";
    case 5:
      return R"("es\"caped\n")";
    case 6:
      return R"("\u0041bc")";
    case 7:
      return "\"" + random.letters("ab 1,\xc3\xa9", random.below(12)) + "\"";
    case 8:
      return "\"user-" + std::to_string(random.below(5000)) + " took " + std::to_string(random.below(90)) + "\"";
    case 9:
      return std::to_string(random.below(1000));
    default: {
      const bool list = random.below(2) == 0;
      std::string text = list ? "[" : "{";
      for (std::uint64_t n = random.below(4), i = 0; i < n; ++i) {
        if (i > 0) text += random.below(9) ? "," : ", ";
        if (!list) text += "\"" + random.letters("abc", random.below(20) ? 1 : 2) + (random.below(30) ? "" : ".x") + "\":";
        text += made_value(random, depth + 1);
      }
      return text + (list ? "]" : "}");
    }
  }
}

std::string made_line(SeededRandom& random) {
  std::string object = "{";
  for (std::uint64_t n = random.below(5), i = 0; i < n; ++i) {
    if (i > 0) object += ",";
    object += "\"" + random.letters("abc", 1) + "\":" + made_value(random, 0);
  }
  object += "}";
  switch (random.below(12)) {
    case 0:
      return "text before " + object + " and behind";
    case 1:
      return "REPORT RequestId: 8f5c1f3e-aaaa\tDuration: 12.5 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB";
    case 2:
      return "2 123456789010 eni-1235b8ca 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK";
    case 3:
      return "worker a=1 b=" + std::to_string(random.below(100));
    case 4:
      return random.letters("{}\":,a1 [].\\", random.below(30));
    case 5:
      return object + "\n";
    case 6:
      return " " + object;
    default:
      return object;
  }
}

bool same(const Value& a, const Value& b) {
  return a.index() == b.index() && exact_text_of(number_of(a).value_or(0)) == exact_text_of(number_of(b).value_or(0)) && text_of(a) == text_of(b);
}

TEST(LogColumns, SayOfAFieldWhatTheMessageSays) {
  SeededRandom random{1};
  const std::vector<std::string> paths = {"a", "b", "c", "a.a", "a.b", "b.c.a", "a.0", "b.1", "a.00", "c.0.a", "a.x", "a.1.0", "@type", "srcAddr", "@duration", "none", ""};
  Discovery discovery;
  int known = 0, all = 0;
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> lines;
    for (std::uint64_t n = 1 + random.below(round % 4 == 0 ? 400 : 12); n > 0; --n) lines.push_back(made_line(random));
    std::vector<telemetry::LogRowView> rows;
    for (std::size_t i = 0; i < lines.size(); ++i) rows.push_back({{static_cast<std::int64_t>(i), i}, 1, 1, 1, lines[i]});
    const auto block = telemetry::ColumnBlock::open(telemetry::encode_columns(rows), 1);
    ASSERT_TRUE(block);
    std::string scratch;
    for (std::uint32_t at = 0; at < lines.size(); ++at) {
      ASSERT_EQ((*block)->message(at), lines[at]);
      for (const std::string& path : paths) {
        using Kind = telemetry::LogFieldValue::Kind;
        const auto& column = (*block)->field(path);
        const auto value = column.at(at, scratch);
        ++all;
        if (value.kind == Kind::unknown) continue;
        ++known;
        const Value by_column = value.kind == Kind::absent ? Value() : value.kind == Kind::text ? Value(std::string(value.text)) : number_value(value.number);
        const Value by_message = discovery.field(0, lines[at], path);
        ASSERT_TRUE(same(by_column, by_message)) << lines[at] << " " << path << ": " << text_of(by_column) << " / " << text_of(by_message);
        if (column.codes.empty()) continue;
        const auto& coded = column.values[column.codes[at]];
        ASSERT_EQ(coded.kind, value.kind);
        ASSERT_EQ(coded.text, value.text);
        ASSERT_EQ(coded.number, value.number);
      }
    }
  }
  EXPECT_GT(known * 5, all);
}

}  // namespace
}  // namespace tocsin::diagnose
