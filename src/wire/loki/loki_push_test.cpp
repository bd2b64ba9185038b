#include "wire/loki/loki_push.h"

#include <gtest/gtest.h>
#include <snappy.h>

#include "base/random.h"
#include "fuzz/input_count.h"

namespace tocsin::wire {
namespace {

constexpr std::size_t bytes_max = 1 << 20;

std::string field(int number, std::string_view bytes) {
  std::string out(1, static_cast<char>(number << 3 | 2));
  out += static_cast<char>(bytes.size());
  return out.append(bytes);
}

std::string varint_field(int number, std::uint64_t value) {
  std::string out(1, static_cast<char>(number << 3));
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}

std::string request() {
  const std::string time = varint_field(1, 1'760'000'000) + varint_field(2, 5);
  const std::string entry = field(1, time) + field(2, "ERROR out") + field(3, field(1, "trace") + field(2, "t1"));
  return field(1, field(1, R"({app="shop", env="a\"b"})") + field(2, entry));
}

void expect_shop(const Result<std::vector<LokiStream>>& parsed) {
  ASSERT_TRUE(parsed);
  ASSERT_EQ(parsed->size(), 1u);
  EXPECT_EQ(parsed->at(0).labels, (LokiLabels{{"app", "shop"}, {"env", "a\"b"}}));
  ASSERT_EQ(parsed->at(0).entries.size(), 1u);
  EXPECT_EQ(parsed->at(0).entries[0].time_ns, 1'760'000'000'000'000'005);
  EXPECT_EQ(parsed->at(0).entries[0].line, "ERROR out");
  EXPECT_EQ(parsed->at(0).entries[0].metadata, (LokiLabels{{"trace", "t1"}}));
}

TEST(LokiPush, JsonAndProtobufSayTheSame) {
  expect_shop(parse_loki_push(
      "application/json; charset=utf-8",
      R"({"streams":[{"stream":{"app":"shop","env":"a\"b"},"values":[["1760000000000000005","ERROR out",{"trace":"t1"}]]}]})", bytes_max));
  const std::string bytes = request();
  std::string compressed;
  snappy::Compress(bytes.data(), bytes.size(), &compressed);
  expect_shop(parse_loki_push("application/x-protobuf", compressed, bytes_max));
}

TEST(LokiPush, BrokenBodiesAreRefused) {
  EXPECT_FALSE(parse_loki_push("application/json", "[", bytes_max));
  EXPECT_FALSE(parse_loki_push("application/json", R"({"streams":[{"values":[["x","y"]]}]})", bytes_max));
  EXPECT_FALSE(parse_loki_push("application/x-protobuf", "no snappy", bytes_max));
  EXPECT_EQ(parse_loki_push("text/plain", "", bytes_max).error().kind, ErrorKind::unsupported);
  std::string bomb;
  const std::string zeros(1 << 21, '\0');
  snappy::Compress(zeros.data(), zeros.size(), &bomb);
  EXPECT_EQ(parse_loki_push("", bomb, bytes_max).error().kind, ErrorKind::limit_exceeded);
  for (const char* labels : {"", "{", "{a}", "{a=1}", "{a=\"1", "a=\"1\"}"}) EXPECT_FALSE(parse_loki_labels(labels)) << labels;
}

// Strategy: damage a request before and after compression, and a JSON one. Invariant: no crash, bounded memory.
TEST(LokiPushFuzz, AnyBodyIsReadOrRefused) {
  SeededRandom random{8};
  for (int i = 0; i < fuzz::input_count(4000); ++i) {
    std::string bytes = request();
    bytes[random.below(bytes.size())] ^= static_cast<char>(1 + random.below(255));
    (void)parse_push_request(bytes);
    std::string compressed;
    snappy::Compress(bytes.data(), bytes.size(), &compressed);
    compressed[random.below(compressed.size())] ^= static_cast<char>(1 + random.below(255));
    (void)parse_loki_push("", compressed, bytes_max);
  }
}

}  // namespace
}  // namespace tocsin::wire
