#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "delivery/arrivals/recorded_carrier.h"

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;

/// A receiver that takes all that it is sent.
struct Receiver final : Carrier {
  void carry(const std::string& id, const Document&, Done done) override {
    came.push_back(id);
    done({.result = result, .status = 200});
  }
  CarryResult result = CarryResult::delivered;
  std::vector<std::string> came;
};

class Arrivals : public testing::Test {
 protected:
  ~Arrivals() override { std::filesystem::remove_all(folder); }
  std::string path() const { return folder / "arrivals"; }
  /// A life of a server that carries these; what became of the last.
  CarryOutcome life(std::initializer_list<std::string> ids) {
    RecordedCarrier carrier(receiver, [this] { return std::make_unique<ArrivalBook>(path(), clock); });
    CarryOutcome last;
    for (const std::string& id : ids) carrier.carry(id, {}, [&](CarryOutcome outcome) { last = std::move(outcome); });
    return last;
  }

  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) / ("arrivals-" + std::to_string(::getpid()));
  const bool made = std::filesystem::create_directories(folder);
  ManualClock clock{instant_from_ms(1'795'500'000'000)};
  Receiver receiver;
};

using Ids = std::vector<std::string>;

TEST_F(Arrivals, WhatArrivedBeforeAKillIsNotSentAgain) {
  life({"a", "b"});
  const CarryOutcome outcome = life({"c", "a"});
  EXPECT_EQ(receiver.came, (Ids{"a", "b", "c"}));
  EXPECT_EQ(outcome.result, CarryResult::delivered);
  EXPECT_EQ(outcome.status, 200);
}

TEST_F(Arrivals, WhatDidNotArriveIsSentAgain) {
  receiver.result = CarryResult::try_again;
  life({"a"});
  life({"a"});
  EXPECT_EQ(receiver.came, (Ids{"a", "a"}));
}

TEST_F(Arrivals, AnIdIsToldOnceAndWhatThenGoesIsAnotherTry) {
  life({"a"});
  life({"a", "a"});
  EXPECT_EQ(receiver.came, (Ids{"a", "a"}));
}

TEST_F(Arrivals, TheFilesTakeTurnsAndStaySmall) {
  ArrivalBook book(path(), clock);
  for (int n = 0; n < 1'000'000; ++n) book.note(std::to_string(n), 200);
  EXPECT_LE(std::filesystem::file_size(path() + ".0") + std::filesystem::file_size(path() + ".1"), 2 * ArrivalBook::bytes_max + 100);
  clock.advance(6min);
  book.note("x", 200);
  clock.advance(6min);
  book.note("y", 200);
  EXPECT_LE(std::filesystem::file_size(path() + ".0") + std::filesystem::file_size(path() + ".1"), 100u);
  ArrivalBook after(path(), clock);
  EXPECT_TRUE(after.take("x"));
  EXPECT_TRUE(after.take("y"));
  EXPECT_FALSE(after.take("999999")) << "long since in the state";
}

TEST_F(Arrivals, WhatAPowerCutLeavesIsReadAsFarAsItIsWhole) {
  life({"a", "b"});
  {
    std::ofstream torn(path() + ".0", std::ios::app | std::ios::binary);
    torn << std::string(24, '\0') << "half a rec";
  }
  life({"c"});
  life({"a", "b", "c"});
  EXPECT_EQ(receiver.came, (Ids{"a", "b", "c"}));
}

TEST_F(Arrivals, WithoutAPlaceToWriteEverythingIsStillSent) {
  ArrivalBook book("/nowhere/at/all", clock);
  book.note("a", 200);
  EXPECT_FALSE(book.take("a"));
}

}  // namespace
}  // namespace tocsin::delivery
