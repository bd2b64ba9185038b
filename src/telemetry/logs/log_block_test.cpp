// Strategy: encode seeded rows, decode them, then decode thousands of damaged copies. Invariant: the same rows, or an error, never a crash.
#include "telemetry/logs/log_block.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "telemetry/logs/log_batch.h"
#include "telemetry/logs/trigram_filter.h"

namespace tocsin::telemetry {
namespace {

std::vector<LogRow> some_rows(SeededRandom& random, std::size_t size) {
  std::vector<LogRow> rows;
  for (std::size_t i = 0; i < size; ++i)
    rows.push_back({{static_cast<std::int64_t>(1'760'000'000'000 + i * random.below(50)), random.next()},
                    static_cast<std::int64_t>(random.below(1'000'000)),
                    7,
                    static_cast<LogStreamId>(random.below(5)),
                    random.letters("abcde \"{}", random.below(60))});
  return rows;
}

TEST(LogBlock, GivesBackItsRows) {
  SeededRandom random{1};
  const auto rows = some_rows(random, 300);
  const auto again = decode_block(encode_row_block(rows), 7);
  ASSERT_TRUE(again);
  ASSERT_EQ(again->size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ((*again)[i].position, rows[i].position);
    EXPECT_EQ((*again)[i].message, rows[i].message);
    EXPECT_EQ((*again)[i].stream, rows[i].stream);
    EXPECT_EQ((*again)[i].ingested_ms, rows[i].ingested_ms);
  }
}

std::string damaged(SeededRandom& random, std::string bytes) {
  for (std::uint64_t n = random.below(4) + 1; n > 0 && !bytes.empty(); --n)
    bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
  if (random.below(4) == 0) bytes.resize(random.below(bytes.size() + 1));
  return bytes;
}

TEST(LogBlock, DamagedBytesAreAnErrorAndNoCrash) {
  SeededRandom random{2};
  const std::string block = encode_row_block(some_rows(random, 40));
  LogBatch batch{1, 2, 3, {{5, "hello"}, {6, "world"}}};
  const std::string record = encode_batch(batch);
  for (int i = 0; i < 3000; ++i) {
    (void)decode_block(damaged(random, block), 7);
    (void)decode_batch(damaged(random, record));
  }
  EXPECT_EQ(decode_batch(record)->events[1].message, "world");
  EXPECT_FALSE(decode_block("", 7));
}

TEST(TrigramFilter, NeverExcludesWhatOccurs) {
  SeededRandom random{3};
  for (int round = 0; round < 50; ++round) {
    TrigramFilter filter;
    std::vector<std::string> messages;
    for (int i = 0; i < 20; ++i) filter.add(messages.emplace_back(random.letters("abcXYZ019", 40)));
    const std::string bytes = filter.encode();
    for (const std::string& message : messages) EXPECT_TRUE(may_contain(bytes, message.substr(random.below(30), 9)));
  }
}

TEST(TrigramFilter, ExcludesWhatDoesNotOccurInAnyCase) {
  TrigramFilter filter;
  filter.add("Payment Accepted");
  EXPECT_TRUE(may_contain(filter.encode(), "ACCEPTED"));
  EXPECT_FALSE(may_contain(filter.encode(), "refused"));
  EXPECT_TRUE(may_contain(filter.encode(), "zz"));
}

}  // namespace
}  // namespace tocsin::telemetry
