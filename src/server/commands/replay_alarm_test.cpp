#include "server/commands/replay_alarm.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace tocsin::server {
namespace {

class ReplayAlarmTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder);
    write(
        "alarm.json",
        R"({"AlarmName":"slow","Namespace":"Shop","MetricName":"Latency","Statistic":"Average","Period":300,"EvaluationPeriods":1,"Threshold":50,"ComparisonOperator":"GreaterThanThreshold"})");
    std::string csv = "timestamp,value\n";
    for (int minute = 0; minute < 240; ++minute)
      csv += "2026-11-22 " + std::string(12 + minute / 60 < 10 ? "0" : "") + std::to_string(12 + minute / 60) + ":" +
             (minute % 60 < 10 ? "0" : "") + std::to_string(minute % 60) + ":00," +
             std::to_string(minute >= 120 && minute < 140 ? 90 : 10 + minute % 5) + "\n";
    write("series.csv", csv);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  void write(const char* name, const std::string& text) { std::ofstream(folder / name) << text; }
  ExitCode run(ReplayAlarmOptions options) {
    out.str("");
    err.str("");
    return run_replay_alarm(
        {}, options, [](const ServerConfig&) -> Result<std::unique_ptr<PastStore>> { return fail(ErrorKind::not_found, "no store"); },
        clock, {out, err});
  }
  std::string path(const char* name) { return (folder / name).string(); }

  std::filesystem::path folder = std::filesystem::temp_directory_path() / ("tocsin-replay-" + std::to_string(::getpid()));
  ManualClock clock{instant_from_ms(1'795'400'000'000)};
  std::ostringstream out, err;
};

TEST_F(ReplayAlarmTest, PrintsTheTransitionsAndAThreshold) {
  EXPECT_EQ(run({.definition = path("alarm.json"), .name = {}, .input = path("series.csv"), .from = {}, .to = {}}), ExitCode::done)
      << err.str();
  const std::string text = out.str();
  EXPECT_NE(text.find("2026-11-22T14:03:00Z  OK -> ALARM  Threshold Crossed: 1 out of the last 1 datapoints ["), std::string::npos) << text;
  EXPECT_NE(text.find("Suggested threshold: "), std::string::npos) << text;
  EXPECT_EQ(run({.definition = path("alarm.json"),
                 .name = {},
                 .input = path("series.csv"),
                 .from = {},
                 .to = {},
                 .alarms_a_week = 0,
                 .json = true}),
            ExitCode::done);
  const std::string last = out.str().substr(out.str().rfind('\n', out.str().size() - 2) + 1);
  const Document summary = parse_json(last).value();
  EXPECT_EQ(integer_or(summary, "alarms", -1), 1);
  EXPECT_GE(number_at(*find(summary, "suggestion"), "threshold").value(), 90);
}

TEST_F(ReplayAlarmTest, SaysWhatIsWrong) {
  EXPECT_EQ(run({.definition = {}, .name = {}, .input = path("series.csv"), .from = {}, .to = {}}), ExitCode::usage);
  EXPECT_EQ(run({.definition = path("none.json"), .name = {}, .input = path("series.csv"), .from = {}, .to = {}}), ExitCode::not_found);
  EXPECT_EQ(run({.definition = path("alarm.json"), .name = {}, .input = path("none.csv"), .from = {}, .to = {}}), ExitCode::not_found);
  EXPECT_EQ(run({.definition = path("series.csv"), .name = {}, .input = path("series.csv"), .from = {}, .to = {}}), ExitCode::usage);
  EXPECT_EQ(run({.definition = path("alarm.json"), .name = {}, .input = path("series.csv"), .from = "yesterday", .to = {}}),
            ExitCode::usage);
  EXPECT_EQ(run({.definition = {}, .name = "slow", .input = {}, .from = {}, .to = {}}), ExitCode::not_found);
}

}  // namespace
}  // namespace tocsin::server
