#include "wire/remote_write/remote_write.h"

#include <gtest/gtest.h>

#include "wire/remote_write/snappy.h"

namespace tocsin::wire {
namespace {
using namespace std::string_literals;

TEST(Snappy, ReadsLiteralsAndCopies) {
  // "abcabcabcabcXYZ": a literal, a copy that overlaps itself (length 9, offset 3), a literal
  const std::string block = "\x0f"s + "\x08"s + "abc" + std::string("\x15\x03", 2) + "\x08"s + "XYZ";
  EXPECT_EQ(snappy_decompress(block, 100).value_or("?"), "abcabcabcabcXYZ");
  EXPECT_EQ(snappy_decompress(snappy_literal(std::string(200'000, 'x')), 1 << 20)->size(), 200'000u);
  EXPECT_EQ(snappy_decompress(std::string(1, '\0'), 10).value_or("?"), "");
}

TEST(Snappy, RefusesWhatIsNone) {
  EXPECT_EQ(snappy_decompress(snappy_literal("abcdef"), 5).error().kind, ErrorKind::limit_exceeded);
  for (const std::string& wrong :
       {""s, "\x05"s, "\x03\x08"s + "ab", "\x04\x08"s + "abc", "\x03\x01\x01"s, "\x03\x08"s + "abcd", "\xff\xff\xff\xff\xff\xff"s})
    EXPECT_FALSE(snappy_decompress(wrong, 100));
}

TEST(RemoteWrite, IsReadBack) {
  const std::vector<RemoteSeries> series = {{{{"__name__", "up"}, {"job", "node"}}, {{1, 1'795'003'200'123}, {0.5, -5}}}, {{}, {}}};
  const auto write = parse_remote_write(snappy_literal(encode_write_request(series)));
  ASSERT_TRUE(write) << write.error().message;
  ASSERT_EQ(write->series.size(), 2u);
  const auto labels = write->labels_of(write->series[0]);
  ASSERT_EQ(labels.size(), 2u);
  EXPECT_EQ(labels[0], RemoteWrite::Label("__name__", "up"));
  EXPECT_EQ(labels[1], RemoteWrite::Label("job", "node"));
  const auto samples = write->samples_of(write->series[0]);
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[0].time_ms, 1'795'003'200'123);
  EXPECT_EQ(samples[1].time_ms, -5);
  EXPECT_EQ(samples[1].value, 0.5);
  EXPECT_TRUE(write->labels_of(write->series[1]).empty());
}

}  // namespace
}  // namespace tocsin::wire
