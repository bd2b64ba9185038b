// Files are followed while they are written, renamed, copied and cut, while the server and the agent come and go: each line arrives once.
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <fstream>

#include "agent/log_files/file_source.h"
#include "agent/log_files/journal_source.h"
#include "agent/log_files/log_shipper.h"

namespace tocsin::agent {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

struct World {
  World() : folder(fs::temp_directory_path() / ("tocsin-tail-" + std::to_string(::getpid()) + "-" + std::to_string(++number))) {
    fs::create_directories(folder);
  }
  ~World() { fs::remove_all(folder); }

  void write(const std::string& text, const char* name = "app.log") {
    std::ofstream(folder / name, std::ios::app | std::ios::binary) << text;
  }
  /// A new life of the agent.
  void begin() {
    shipper = std::make_unique<LogShipper>(std::make_unique<FileSource>(folder / "app.log"), LogShipper::Target{"/app", "host"},
                                           folder / "state" / "app.json",
                                           [this](const std::string& operation, const Object& input) { return answer(operation, input); });
    ASSERT_TRUE(shipper->open());
  }
  bool round() {
    now_ms += 1000;
    return shipper->round(instant_from_ms(now_ms)).has_value();
  }

  Result<Document> answer(const std::string& operation, const Object& input) {
    if (away) return fail(ErrorKind::unavailable, "away");
    if (operation == "CreateLogGroup" || operation == "CreateLogStream") {
      stream_there = true;
      return Document(Object{});
    }
    if (!stream_there) return fail(ErrorKind::denied, "there is none", "ResourceNotFoundException");
    if (operation == "GetLogEvents") {
      Array found;
      for (const auto& [time_ms, line] : taken)
        if (time_ms >= integer_or(input, "startTime", 0) && time_ms < integer_or(input, "endTime", 0))
          found.emplace_back(Object{{"message", line}});
      return Document(Object{{"events", std::move(found)}});
    }
    for (const Document& event : array_at(input, "logEvents"))
      taken.emplace_back(integer_or(event, "timestamp", 0), text_or(event, "message"));
    if (std::exchange(answer_is_lost, false)) return fail(ErrorKind::unavailable, "the connection broke");
    return Document(Object{});
  }
  Lines lines() const {
    Lines all;
    for (const auto& [time_ms, line] : taken) all.push_back(line);
    return all;
  }

  fs::path folder;
  std::unique_ptr<LogShipper> shipper;
  std::vector<std::pair<std::int64_t, std::string>> taken;
  bool away = false, answer_is_lost = false, stream_there = false;
  std::int64_t now_ms = 1'795'500'000'000;
  static inline int number = 0;
};

TEST(LogFiles, LinesAreSentWhenTheyAreWhole) {
  World world;
  world.begin();
  EXPECT_TRUE(world.round());
  world.write("one\ntwo\r\n\nthr");
  EXPECT_TRUE(world.round());
  EXPECT_EQ(world.lines(), (Lines{"one", "two"}));
  world.write("ee\n");
  EXPECT_TRUE(world.round());
  EXPECT_EQ(world.lines(), (Lines{"one", "two", "three"}));
}

TEST(LogFiles, RotationByRenamingLosesNothing) {
  World world;
  world.begin();
  world.write("1\n");
  world.round();
  world.write("2\nlast without end");
  fs::rename(world.folder / "app.log", world.folder / "app.log.1");
  world.write("3\n");
  for (int i = 0; i < 4; ++i) world.round();
  EXPECT_EQ(world.lines(), (Lines{"1", "2", "last without end", "3"}));
}

TEST(LogFiles, RotationWhileTheAgentWasAwayLosesNothing) {
  World world;
  world.begin();
  world.write("1\n");
  world.round();
  world.shipper.reset();
  world.write("2\n");
  fs::rename(world.folder / "app.log", world.folder / "app.log.1");
  world.write("3\n");
  world.begin();
  for (int i = 0; i < 4; ++i) world.round();
  EXPECT_EQ(world.lines(), (Lines{"1", "2", "3"}));
}

TEST(LogFiles, TruncationBeginsAnew) {
  World world;
  world.begin();
  world.write("a long first line\n");
  world.round();
  std::ofstream(world.folder / "app.log", std::ios::trunc) << "x\n";
  world.round();
  // as long as before, but another text
  std::ofstream(world.folder / "app.log", std::ios::trunc) << "y and much more than that\n";
  world.round();
  EXPECT_EQ(world.lines(), (Lines{"a long first line", "x", "y and much more than that"}));
}

TEST(LogFiles, ALostAnswerRepeatsNothing) {
  World world;
  world.begin();
  world.write("1\n");
  world.answer_is_lost = true;
  world.stream_there = true;
  EXPECT_FALSE(world.round());
  EXPECT_TRUE(world.round());
  world.write("2\n");
  world.answer_is_lost = true;
  EXPECT_FALSE(world.round());
  // and the agent is killed before it knows
  world.begin();
  world.write("3\n");
  EXPECT_TRUE(world.round());
  EXPECT_EQ(world.lines(), (Lines{"1", "2", "3"}));
}

TEST(LogFiles, AServerThatIsAwayLosesNothing) {
  World world;
  world.begin();
  world.away = true;
  for (int i = 0; i < 5; ++i) {
    world.write(std::to_string(i) + "\n");
    EXPECT_FALSE(world.round());
    if (i == 2) world.begin();
  }
  world.away = false;
  EXPECT_TRUE(world.round());
  EXPECT_EQ(world.lines(), (Lines{"0", "1", "2", "3", "4"}));
}

TEST(LogFiles, AFullDiskStopsTheReadingAlone) {
  World world;
  world.begin();
  world.write("1\n");
  world.round();
  // nothing can be written beside the state any more
  fs::create_directories(world.folder / "state" / "app.json.new");
  world.write("2\n");
  EXPECT_FALSE(world.round());
  EXPECT_EQ(world.lines(), (Lines{"1"}));
  fs::remove(world.folder / "state" / "app.json.new");
  EXPECT_TRUE(world.round());
  EXPECT_EQ(world.lines(), (Lines{"1", "2"}));
}

TEST(LogFiles, ManyLinesGoInBatchesOfTheirOwnTimes) {
  World world;
  world.begin();
  std::string text;
  for (int i = 0; i < 23'000; ++i) text += "line " + std::to_string(i) + "\n";
  world.write(text);
  EXPECT_TRUE(world.round());
  ASSERT_EQ(world.taken.size(), 23'000u);
  for (std::size_t i = 1; i < world.taken.size(); ++i) ASSERT_LE(world.taken[i - 1].first, world.taken[i].first);
  EXPECT_EQ(world.taken.back().second, "line 22999");
}

TEST(Journal, GoesOnBehindItsCursor) {
  std::vector<std::string> commands;
  std::string output = "{\"__CURSOR\":\"s=a;i=1\",\"MESSAGE\":\"old\"}\n";
  JournalSource source([&](const std::string& command) {
    commands.push_back(command);
    return output;
  });
  EXPECT_TRUE(source.read(10, 1000).empty());
  EXPECT_EQ(source.place(), "s=a;i=1");
  output = R"({"__CURSOR":"s=a;i=2","MESSAGE":"new","PRIORITY":"3","_SYSTEMD_UNIT":"web.service"})"
           "\n";
  EXPECT_EQ(source.read(10, 1000), (Lines{R"({"message":"new","priority":"3","unit":"web.service"})"}));
  EXPECT_NE(commands[1].find("--after-cursor='s=a;i=1'"), std::string::npos);
  // nothing of a damaged state reaches the shell
  source.go_to("'; rm -rf /");
  source.read(10, 1000);
  EXPECT_EQ(commands[2].find("rm -rf"), std::string::npos);
}

}  // namespace
}  // namespace tocsin::agent
