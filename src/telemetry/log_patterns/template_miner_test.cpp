// Stories of templates: what lines of one message have in common, whoever wrote them.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "base/random.h"
#include "fuzz/input_count.h"
#include "telemetry/log_patterns/pattern_text.h"

namespace tocsin::telemetry {
namespace {

std::vector<std::string> mined(const std::vector<std::string>& lines) {
  TemplateMiner miner;
  for (const std::string& line : lines) miner.add(line);
  std::vector<std::string> texts;
  for (const auto& each : miner.templates()) texts.push_back(std::to_string(each.count) + ' ' + with_wildcards(miner.text_of(each.shape)));
  return texts;
}
using Texts = std::vector<std::string>;

TEST(TemplateMiner, WhatVariesByItsLooksIsOneTemplateAtOnce) {
  EXPECT_EQ(mined({"Receiving block blk_-16 src: /10.0.0.1:54106", "Receiving block blk_79 src: /10.9.0.1:500"}),
            (Texts{"2 Receiving block <*> src: <*>"}));
  EXPECT_EQ(mined({"took 12 ms", "took 1.5 s", "took 300 us"}), (Texts{"3 took <*> ms"}));
  EXPECT_EQ(mined({"delete blk_1 blk_2 blk_3 now", "delete blk_4 now"}), (Texts{"2 delete <*> now"}));
  EXPECT_EQ(mined({"auth failure; uid=0 user=root", "auth failure; uid=10 user=ann"}), (Texts{"2 auth failure; uid=<*> user=<*>"}));
}

TEST(TemplateMiner, NamesThatWerePutInAreLearned) {
  EXPECT_EQ(mined({"session opened for user root", "session opened for user cyrus", "session closed for user root"}),
            (Texts{"2 session opened for user <*>", "1 session closed for user root"}));
  EXPECT_EQ(mined({"task_1 moved from NEW to RUNNING", "task_2 moved from RUNNING to KILLED"}).size(), 1u);
  EXPECT_EQ(mined({"Starting the service", "Stopping the service", "Reloading the service"}).size(), 3u);
}

TEST(TemplateMiner, HeadersDoNotMakeTemplatesDiffer) {
  EXPECT_EQ(mined({"2015-10-18 18:01:47,978 INFO [main] org.x.y.Z: cache is warm",
                   "2015-10-18 18:01:47,978 WARN [IPC Server handler 1 on 80] org.x.y.Q: cache is warm"})
                .size(),
            1u);
  EXPECT_EQ(mined({"Jun 14 15:16:01 combo su(pam_unix)[19939]: session closed", "Jul  1 01:06:00 other sshd[1]: session closed"}).size(),
            1u);
  EXPECT_EQ(mined({"INFO: cache is warm", "INFO: cache is cold"}).size(), 2u);
}

TEST(TemplateMiner, IdsAreThoseOfAnotherProcess) {
  TemplateMiner a, b;
  const ShapeId here = a.add("user ann logged in from 10.0.0.1"), there = b.add("user ann logged in from 10.0.0.9");
  EXPECT_EQ(a.template_of(here), b.template_of(there));
  const TemplateId before = a.template_of(here);
  const ShapeId other = a.add("user bob logged in from 10.0.0.1");
  EXPECT_EQ(a.template_of(other), before);
  EXPECT_EQ(a.count_of(here), 2u);
}

TEST(TemplateMiner, PatternsReadAsTheServiceWritesThem) {
  TemplateMiner miner;
  const ShapeId shape = miner.add("2023-01-01 19:00:01 [INFO] Calling DynamoDB to store for resource id 12342342k124-12345");
  const PatternText text = pattern_text(miner.text_of(shape));
  EXPECT_EQ(text.pattern, "<Time-1> [INFO] Calling DynamoDB to store for resource id <ID-2>");
  EXPECT_EQ(pattern_text(miner.text_of(miner.add("[INFO] Request time: 327 ms"))).pattern, "[INFO] Request time: <Time-1> ms");
  EXPECT_EQ(severity_of("some Error here"), "ERROR");
  EXPECT_EQ(miner.variables_in(shape, "2024-01-01 20:00:00 [INFO] Calling DynamoDB to store for resource id 9k-1").size(), 3u);
}

/// The share of lines whose group has exactly the lines that the labels put together.
double grouping_accuracy(const std::filesystem::path& file) {
  std::ifstream in(file);
  TemplateMiner miner;
  std::vector<std::string> labels;
  std::vector<ShapeId> shapes;
  for (std::string line; std::getline(in, line);) {
    const std::size_t tab = line.find('\t');
    labels.push_back(line.substr(0, tab));
    shapes.push_back(miner.add(line.substr(tab + 1)));
  }
  std::map<std::string, std::set<std::size_t>> wanted;
  std::map<TemplateId, std::set<std::size_t>> found;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    wanted[labels[i]].insert(i);
    found[miner.template_of(shapes[i])].insert(i);
  }
  std::size_t right = 0;
  for (const auto& [id, lines] : found)
    if (lines == wanted[labels[*lines.begin()]]) right += lines.size();
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

// The lines were made, and labelled as they were made, after the messages of the systems that the files are named for.
TEST(TemplateMiner, LabelledLinesAreGroupedAsPeopleGroupThem) {
  const std::filesystem::path folder = std::filesystem::path(TOCSIN_SOURCE_DIR) / "src/telemetry/log_patterns/testdata";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) EXPECT_GE(grouping_accuracy(entry.path()), 0.95) << entry.path();
}

// Strategy: random bytes and mutated lines, more shapes than are kept. Invariant: no crash, every line is counted, memory is bounded.
TEST(TemplateMinerFuzz, AnyLineFindsATemplate) {
  SeededRandom random{3};
  TemplateMiner miner({.shapes_max = 200});
  std::uint64_t lines = 0;
  for (int i = 0; i < fuzz::input_count(5000); ++i) {
    std::string line = random.letters("abc XYZ=:;,()[]{}<>\"'|#/.0129-_\\\t", random.below(80));
    if (i % 100 == 0) line.assign(random.below(100'000), random.letters("({[\"a ", 1)[0]);
    miner.add(line);
    ++lines;
  }
  std::uint64_t counted = 0;
  for (const auto& each : miner.templates()) {
    counted += each.count;
    (void)pattern_text(miner.text_of(each.shape));
  }
  EXPECT_EQ(counted, lines);
  EXPECT_LE(miner.shapes(), 400u);
}

}  // namespace
}  // namespace tocsin::telemetry
