// Stories of `tocsin replay anomaly`.
#include "server/commands/replay_anomaly.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace tocsin::server {
namespace {

class ReplayAnomalyTest : public ::testing::Test {
 protected:
  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("tocsin-replay-" + std::to_string(::getpid()));
  std::ostringstream out, err;

  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string path(const char* name) const { return folder / name; }
  void write(const char* name, const std::string& text) const { std::ofstream(path(name)) << text; }
  std::string read(const char* name) const {
    std::ostringstream text;
    text << std::ifstream(path(name)).rdbuf();
    return text.str();
  }
  ExitCode replay(const char* input, const char* output) { return run_replay_anomaly({path(input), path(output)}, {out, err}); }
};

std::string quiet_series(int points) {
  std::string text = "timestamp,value\n";
  for (int i = 0; i < points; ++i)
    text += std::to_string(1700000000 + i * 300) + "," + std::to_string(20 + std::sin(i * 1.7) + i % 3) + "\n";
  return text;
}

std::vector<double> scores_of(const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  std::vector<double> scores;
  while (std::getline(lines, line)) scores.push_back(std::stod(line.substr(line.rfind(',') + 1)));
  return scores;
}

TEST_F(ReplayAnomalyTest, ASpikeInAQuietSeriesScoresAboveAHalf) {
  write("in.csv", quiet_series(1000) + "1700300000,90\n" + "1700300300,21\n");
  ASSERT_EQ(replay("in.csv", "out.csv"), ExitCode::done) << err.str();
  const auto scores = scores_of(read("out.csv"));
  ASSERT_EQ(scores.size(), 1002u);
  EXPECT_GE(scores[1000], 0.5);
  for (double score : scores) EXPECT_TRUE(score >= 0 && score <= 1);
}

TEST_F(ReplayAnomalyTest, EachRowComesBackAsItWasWritten) {
  write("in.csv", "timestamp,value\r\n2014-02-14 14:30:00,0.10\r\n\r\n2014-02-14 14:35:00,NaN\r\n\"2014-02-14T14:40:00Z\",1e3\r\n");
  ASSERT_EQ(replay("in.csv", "out.csv"), ExitCode::done) << err.str();
  EXPECT_EQ(read("out.csv"),
            "timestamp,value,anomaly_score\n2014-02-14 14:30:00,0.10,0\n2014-02-14 14:35:00,NaN,0\n2014-02-14T14:40:00Z,1e3,0\n");
}

TEST_F(ReplayAnomalyTest, WhatComesLaterChangesNothingBefore) {
  const std::string whole = quiet_series(900) + "1700300000,9000\n1700300300,-5\n";
  write("whole.csv", whole);
  write("half.csv", quiet_series(500));
  ASSERT_EQ(replay("whole.csv", "a.csv"), ExitCode::done);
  ASSERT_EQ(replay("half.csv", "b.csv"), ExitCode::done);
  EXPECT_TRUE(read("a.csv").starts_with(read("b.csv")));
}

TEST_F(ReplayAnomalyTest, ItExplainsItself) {
  write("in.csv", quiet_series(1000) + "1700300000,90\n");
  ASSERT_EQ(run_replay_anomaly({path("in.csv"), path("out.csv"), true}, {out, err}), ExitCode::done) << err.str();
  const std::string text = read("out.csv");
  EXPECT_TRUE(text.starts_with("timestamp,value,anomaly_score,expected,lower,upper,season,reason\n"));
  const std::string last = text.substr(text.rfind('\n', text.size() - 2) + 1);
  EXPECT_NE(last.find("; one point in "), std::string::npos) << last;
  EXPECT_NE(last.find(",2"), std::string::npos) << last;
}

TEST_F(ReplayAnomalyTest, InputAndOutputMayBeOneFile) {
  write("series.csv", "1700000000,5\n");
  ASSERT_EQ(replay("series.csv", "series.csv"), ExitCode::done);
  EXPECT_EQ(read("series.csv"), "timestamp,value,anomaly_score\n1700000000,5,0\n");
}

TEST_F(ReplayAnomalyTest, ADeviceIsWrittenToAndNotReplaced) {
  write("in.csv", quiet_series(1000));
  std::filesystem::create_symlink("/dev/null", path("null"));
  EXPECT_EQ(replay("in.csv", "null"), ExitCode::done) << err.str();
  EXPECT_TRUE(std::filesystem::is_symlink(path("null")));
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  std::filesystem::create_symlink("/dev/full", path("full"));
  EXPECT_EQ(replay("in.csv", "full"), ExitCode::failed);
  EXPECT_NE(err.str().find("full: cannot be written"), std::string::npos) << err.str();
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

TEST_F(ReplayAnomalyTest, ALinkToAFileStaysOne) {
  write("in.csv", "1700000000,5\n");
  write("real.csv", "");
  std::filesystem::create_symlink(path("real.csv"), path("link.csv"));
  ASSERT_EQ(replay("in.csv", "link.csv"), ExitCode::done) << err.str();
  EXPECT_TRUE(std::filesystem::is_symlink(path("link.csv")));
  EXPECT_EQ(read("real.csv"), "timestamp,value,anomaly_score\n1700000000,5,0\n");
  EXPECT_FALSE(std::filesystem::exists(path("real.csv.partial")));
}

TEST_F(ReplayAnomalyTest, WhatIsNoSeriesIsRefusedWithItsLineAndLeavesNoOutput) {
  EXPECT_EQ(replay("absent.csv", "out.csv"), ExitCode::not_found);
  write("in.csv", "timestamp,value\n1700000000,5\nsoon,6\n");
  EXPECT_EQ(replay("in.csv", "out.csv"), ExitCode::usage);
  EXPECT_NE(err.str().find("in.csv: line 3: 'soon' is no timestamp"), std::string::npos) << err.str();
  EXPECT_FALSE(std::filesystem::exists(path("out.csv")));
  write("empty.csv", "");
  EXPECT_EQ(replay("empty.csv", "out.csv"), ExitCode::done);
  EXPECT_EQ(read("out.csv"), "timestamp,value,anomaly_score\n");
}

}  // namespace
}  // namespace tocsin::server
