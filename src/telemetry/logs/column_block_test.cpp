// A block of rows as columns: every row comes back, and its fields are those that its message has.
#include "telemetry/logs/column_block.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "fuzz/mutate.h"
#include "telemetry/logs/log_block.h"

namespace tocsin::telemetry {
namespace {

std::vector<LogRow> rows_with(const std::vector<std::string>& messages, SeededRandom& random, std::uint64_t streams = 3) {
  std::vector<LogRow> rows;
  std::int64_t time_ms = 1'760'000'000'000;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    time_ms += static_cast<std::int64_t>(random.below(3));
    rows.push_back(
        {{time_ms, 16384 * (i / 10) + i % 10}, time_ms + 5, 7, static_cast<LogStreamId>(1 + random.below(streams)), messages[i]});
  }
  return rows;
}

std::string encoded(const std::vector<LogRow>& rows) {
  std::vector<LogRowView> views;
  for (const LogRow& row : rows) views.push_back({row.position, row.ingested_ms, row.group, row.stream, row.message});
  return encode_columns(views);
}

void expect_back(const std::vector<LogRow>& rows) {
  const auto back = decode_block(encoded(rows), 7);
  ASSERT_TRUE(back);
  ASSERT_EQ(back->size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ((*back)[i].position, rows[i].position) << i;
    ASSERT_EQ((*back)[i].message, rows[i].message) << i;
    ASSERT_EQ((*back)[i].stream, rows[i].stream) << i;
    ASSERT_EQ((*back)[i].ingested_ms, rows[i].ingested_ms) << i;
    ASSERT_EQ((*back)[i].group, 7u);
  }
}

std::string shaped(SeededRandom& random) {
  const std::string n = std::to_string(random.below(900)), hex = random.letters("0123456789abcdef", 16);
  switch (random.below(8)) {
    case 0:
      return R"({"level":"INFO","body":"handled in )" + n + R"( ms","ms":)" + n + R"(,"nested":{"ok":true,"list":[1,)" + n +
             R"(]},"id":")" + hex + "\"}";
    case 1:
      return R"({"level": "WARN", "text": "a \"quoted\" word \n", "ms": )" + n + ".5}";
    case 2:
      return "level=info user=" + n + " path=/pay msg=\"order placed\" id=" + hex;
    case 3:
      return "10.0." + n + ".7 - - [24/Nov/2026:10:00:00 +0000] \"GET /pay?id=" + n + " HTTP/1.1\" 200 " + n;
    case 4:
      return "java.lang.IllegalStateException: pool " + n + " exhausted\n\tat shop.Pool.take(Pool.java:" + n + ")\n";
    case 5:
      return random.letters(std::string_view("ab{}\":,1=\0\xc3\xa9\\", 13), random.below(50));
    case 6:
      return "{\"dup\":1,\"dup\":" + n + ",\"\xc3\xa9t\xc3\xa9\":\"\xf0\x9f\x94\xa5\"}";
    default:
      return "";
  }
}

TEST(ColumnBlock, EveryRowComesBackWhateverItsShape) {
  SeededRandom random{1};
  for (int round = 0; round < 30; ++round) {
    std::vector<std::string> messages;
    for (std::uint64_t n = random.below(2000); n > 0; --n) messages.push_back(shaped(random));
    if (!messages.empty()) expect_back(rows_with(messages, random));
  }
}

TEST(ColumnBlock, HugeLinesManyNamesAndManyStreamsComeBack) {
  SeededRandom random{2};
  std::vector<std::string> messages = {std::string(1u << 20, 'x'), "{\"a\":\"" + std::string(1u << 20, 'y') + "\"}",
                                       random.letters("ab 1=", 1u << 20)};
  for (int i = 0; i < 4000; ++i) messages.push_back("{\"field_" + std::to_string(i) + "\":" + std::to_string(i) + ",\"same\":1}");
  std::string wide = "{";
  for (int i = 0; i < 3000; ++i) wide += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  messages.push_back(wide + "\"end\":1}");
  expect_back(rows_with(messages, random, 80'000));
  expect_back(rows_with(std::vector<std::string>(block_rows_max, "same line"), random, 80'000));
}

TEST(ColumnBlock, LinesMadeToHaveManyColumnsComeBack) {
  SeededRandom random{6};
  std::vector<std::string> messages;
  for (int form = 0; form < 3000; ++form) {
    std::string line = random.letters("ghijklm", 8), object = "{";
    for (int slot = 0; slot < 40; ++slot) {
      line += " " + std::to_string(slot % 7);
      object += (slot > 0 ? ",\"" : "\"") + random.letters("ghijklmnop", 5) + std::to_string(slot) + "\":1";
    }
    for (int copy = 0; copy < 4; ++copy) {
      messages.push_back(line);
      messages.push_back(object + "}");
    }
  }
  expect_back(rows_with(messages, random));
}

TEST(ColumnBlock, NeedsFarFewerBytesThanTheLines) {
  SeededRandom random{3};
  std::vector<std::string> messages;
  std::size_t bytes = 0;
  for (int i = 0; i < 10'000; ++i) {
    messages.push_back("worker " + std::to_string(random.below(16)) + " took job from queue orders after " +
                       std::to_string(random.below(900)) + " ms");
    bytes += messages.back().size();
  }
  EXPECT_LT(encoded(rows_with(messages, random)).size(), bytes / 10);
}

TEST(ColumnBlock, FieldsAreThoseOfTheMessages) {
  SeededRandom random{4};
  std::vector<std::string> messages;
  for (int i = 0; i < 40; ++i) {
    messages.push_back(R"({"level":"ERROR","ms":)" + std::to_string(i) + R"(,"ratio":)" + std::to_string(i) +
                       R"(.25,"in":{"ok":true,"no":null}})");
    messages.push_back("plain " + std::to_string(i));
    messages.push_back("odd {\"level\":\"IN\"} " + std::to_string(i));
  }
  const auto block = ColumnBlock::open(encoded(rows_with(messages, random)), 7);
  ASSERT_TRUE(block);
  using Kind = LogFieldValue::Kind;
  std::string scratch;
  for (std::uint32_t at = 0; at < messages.size(); ++at) {
    const std::string_view message = (*block)->message(at);
    const auto value = [&](const char* path) { return (*block)->field(path).at(at, scratch); };
    if (message.starts_with("{")) {
      EXPECT_EQ(value("level").text, "ERROR");
      EXPECT_TRUE(message.find("\"ms\":" + std::to_string(static_cast<int>(value("ms").number)) + ",") != std::string_view::npos);
      EXPECT_EQ(value("ratio").number, value("ms").number + 0.25);
      EXPECT_EQ(value("in.ok").text, "true");
      EXPECT_EQ(value("in.no").kind, Kind::absent);
      EXPECT_EQ(value("in").kind, Kind::absent);
    } else {
      EXPECT_EQ(value("level").kind, message.starts_with("plain") ? Kind::absent : Kind::unknown);
    }
    const LogFieldColumn& level = (*block)->field("level");
    ASSERT_EQ(level.codes.size(), messages.size());
    EXPECT_EQ(level.values[level.codes[at]].kind, value("level").kind);
    EXPECT_EQ(level.values[level.codes[at]].text, value("level").text);
  }
}

TEST(ColumnBlock, DamagedBytesAreAnErrorAndNoCrash) {
  SeededRandom random{5};
  std::vector<std::string> messages;
  for (int i = 0; i < 200; ++i) messages.push_back(shaped(random));
  const std::string good = encoded(rows_with(messages, random));
  fuzz::mutate({good}, 3000, [&](std::string_view bytes) {
    const bool read = is_column_block(bytes) && decode_block(bytes, 7);
    EXPECT_EQ(read, bytes == good);
  });
}

}  // namespace
}  // namespace tocsin::telemetry
