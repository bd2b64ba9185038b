#include "storage/conformance/worlds.h"

namespace tocsin::storage {
namespace {

class IngestLogConformance : public testing::TestWithParam<Engine> {
 protected:
  IngestLogConformance() : world(GetParam().make()), log(world->open_log()) {}

  void reopen() {
    log.reset();
    log = world->open_log();
  }
  std::vector<std::string> records(std::uint64_t from = 0) {
    std::vector<std::string> all;
    EXPECT_TRUE(log->read(from, [&](std::uint64_t offset, std::string_view record) {
      EXPECT_EQ(offset, from + all.size());
      all.emplace_back(record);
      return true;
    }));
    return all;
  }

  std::unique_ptr<World> world;
  std::unique_ptr<IngestLog> log;
};

std::string numbered(int i) { return "record " + std::to_string(i) + std::string(static_cast<std::size_t>(i % 300), '.'); }

TEST_P(IngestLogConformance, GivesBackWhatWasAppendedInOrderAlsoAfterReopening) {
  std::vector<std::string> expected;
  for (int i = 0; i < 200; ++i) {
    expected.push_back(numbered(i));
    EXPECT_EQ(log->append(expected.back()), static_cast<std::uint64_t>(i));
  }
  EXPECT_EQ(records(), expected);
  EXPECT_EQ(records(150).size(), 50u);
  reopen();
  EXPECT_EQ(log->next_offset(), 200u);
  EXPECT_EQ(records(), expected);
  EXPECT_GT(world->log_file_count(), 3u);
}

TEST_P(IngestLogConformance, ClearedItHoldsNothingAndItsOffsetsGoOn) {
  for (int i = 0; i < 200; ++i) (void)log->append(numbered(i));
  reopen();
  ASSERT_TRUE(log->clear());
  EXPECT_TRUE(log->clear()) << "and again";
  EXPECT_EQ(log->next_offset(), 200u);
  reopen();
  EXPECT_TRUE(records(0).empty());
  EXPECT_EQ(log->append("young"), 200u);
  EXPECT_EQ(records(200), std::vector<std::string>{"young"});
}

TEST_P(IngestLogConformance, RecordsMayHoldAnything) {
  const std::vector<std::string> expected = {"", std::string("\0\0\0", 3), std::string(100'000, 'x'), ""};
  for (const std::string& record : expected) ASSERT_TRUE(log->append(record));
  reopen();
  EXPECT_EQ(records(), expected);
}

TEST_P(IngestLogConformance, AVisitMayStopAndAnotherGoOn) {
  for (int i = 0; i < 100; ++i) (void)log->append(numbered(i));
  std::vector<std::uint64_t> seen;
  while (seen.size() < 100) {
    const std::uint64_t from = seen.size();
    ASSERT_TRUE(log->read(from, [&](std::uint64_t offset, std::string_view) { return seen.push_back(offset), seen.size() % 7 != 0; }));
  }
  for (std::uint64_t i = 0; i < 100; ++i) EXPECT_EQ(seen[i], i);
}

TEST_P(IngestLogConformance, WhatIsSyncedSurvivesACrash) {
  for (int i = 0; i < 100; ++i) (void)log->append(numbered(i));
  ASSERT_TRUE(log->sync());
  world->crash();
  reopen();
  EXPECT_EQ(records().size(), 100u);
}

TEST_P(IngestLogConformance, ATornTailIsCutAndItsOffsetGivenAgain) {
  for (const std::string& garbage :
       {std::string("\x05", 1), std::string(12, '\0'), std::string("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 13),
        std::string("\x03\0\0\0\1\2\3\4\5\6\7\10abc", 15)}) {
    const std::uint64_t next = log->next_offset();
    ASSERT_EQ(log->append("whole"), next);
    ASSERT_TRUE(log->sync());
    world->append_garbage(garbage);
    reopen();
    EXPECT_EQ(log->next_offset(), next + 1);
    EXPECT_EQ(records().size(), next + 1);
  }
}

TEST_P(IngestLogConformance, TrimRemovesWholeSegmentsAndKeepsTheOffsets) {
  for (int i = 0; i < 300; ++i) (void)log->append(numbered(i));
  const std::size_t before = world->log_file_count();
  log->trim(200);
  EXPECT_LT(world->log_file_count(), before);
  EXPECT_EQ(records(200).size(), 100u);
  log->trim(300);
  EXPECT_EQ(world->log_file_count(), 1u);
  reopen();
  EXPECT_EQ(log->append("next"), 300u);
}

TEST_P(IngestLogConformance, ACutTakesAlsoWhatLiesWhereItAppends) {
  const std::string large(100'000, 'x');
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(log->append(large));
  ASSERT_TRUE(log->sync());
  log->cut(2);
  EXPECT_EQ(records(2).size(), 1u) << "what is not applied stays";
  log->cut(3);
  EXPECT_TRUE(records().empty());
  world->crash();
  reopen();
  EXPECT_EQ(log->next_offset(), 3u);
  EXPECT_EQ(log->append("next"), 3u);
  EXPECT_EQ(records(3), std::vector<std::string>{"next"});
}

TEST_P(IngestLogConformance, OffsetsThatAPartitionKnowsAreNotGivenAgain) {
  (void)log->append("a");
  ASSERT_TRUE(log->skip_to(50));
  EXPECT_EQ(log->append("b"), 50u);
  ASSERT_TRUE(log->skip_to(10));
  reopen();
  EXPECT_EQ(log->next_offset(), 51u);
  EXPECT_EQ(records(50), std::vector<std::string>{"b"});
}

INSTANTIATE_TEST_SUITE_P(Engines, IngestLogConformance, testing::ValuesIn(engines), engine_name);

}  // namespace
}  // namespace tocsin::storage
