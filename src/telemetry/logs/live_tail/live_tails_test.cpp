#include "telemetry/logs/live_tail/live_tails.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "wire/event_stream/event_stream.h"
#include "wire/http/body_stream.h"

namespace tocsin::telemetry {
namespace {

using namespace std::chrono_literals;

struct World {
  ManualClock clock{instant_from_ms(1'000'000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{3};
  LiveTails tails{executor, random};
  LogGroup group{.id = 1, .scope = {"111122223333", "eu-west-1"}, .name = "/shop"};
  LogStream a{.id = 2, .group = 1, .name = "a"}, b{.id = 3, .group = 1, .name = "b"};

  LiveTailRequest request(std::string pattern = "") {
    LiveTailRequest wanted{.scope = group.scope, .group_identifiers = {"arn"}, .groups = {1}, .filter_pattern = pattern};
    if (!pattern.empty()) wanted.filter = *FilterPattern::parse(pattern);
    return wanted;
  }
  void log(const LogStream& stream, std::string_view message) { tails.offer(group, stream, to_ms(clock.now()), 999, MessageView(message)); }
};

std::vector<std::pair<std::string, Document>> received(wire::BodyStream& stream) {
  stream.attach({});
  std::vector<std::pair<std::string, Document>> messages;
  const std::string bytes = stream.take().value_or("");
  for (std::size_t at = 0; at < bytes.size();) {
    const auto message = wire::decode(std::string_view(bytes).substr(at));
    EXPECT_TRUE(message && *message);
    const auto& headers = (*message)->first;
    messages.emplace_back(headers.header(":event-type").empty() ? headers.header(":exception-type") : headers.header(":event-type"),
                          *parse_json(headers.payload));
    at += (*message)->second;
  }
  return messages;
}

TEST(LiveTails, ShowEventsWithinHalfASecond) {
  World world;
  const auto stream = *world.tails.open(world.request("ERROR"), "req");
  const auto start = received(*stream);
  ASSERT_EQ(start.size(), 2u);
  EXPECT_EQ(start[0].first, "initial-response");
  EXPECT_EQ(start[1].first, "sessionStart");
  EXPECT_EQ(text_or(start[1].second, "logEventFilterPattern"), "ERROR");
  world.log(world.a, "ERROR one");
  world.log(world.a, "INFO two");
  world.executor.run_for(400ms);
  const auto shown = received(*stream);
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_EQ(to_json(shown[0].second),
            R"({"sessionMetadata":{"sampled":false},"sessionResults":[{"logStreamName":"a","logGroupIdentifier":"111122223333:/shop",)"
            R"("message":"ERROR one","timestamp":999,"ingestionTime":1000000}]})");
}

TEST(LiveTails, AnUpdateComesEachSecondEvenWhenNothingDoes) {
  World world;
  const auto stream = *world.tails.open(world.request(), "req");
  received(*stream);
  world.executor.run_for(10s);
  const auto updates = received(*stream);
  EXPECT_GE(updates.size(), 9u);
  EXPECT_LE(updates.size(), 11u);
}

TEST(LiveTails, AFloodIsSampledFairlyAndSaidSo) {
  World world;
  const auto stream = *world.tails.open(world.request(), "req");
  received(*stream);
  for (int i = 0; i < 5000; ++i) world.log(world.a, std::to_string(i));
  world.executor.run_for(1s);
  std::size_t shown = 0;
  double sum = 0;
  bool sampled = false;
  for (const auto& [type, update] : received(*stream)) {
    sampled = sampled || truth_or(*find(update, "sessionMetadata"), "sampled", false);
    for (const Document& each : array_at(update, "sessionResults")) sum += std::stod(text_or(each, "message")), ++shown;
  }
  EXPECT_EQ(shown, 500u);
  EXPECT_TRUE(sampled);
  EXPECT_NEAR(sum / 500, 2500, 250);
}

TEST(LiveTails, OnlyTheStreamsThatWereNamed) {
  World world;
  LiveTailRequest named = world.request();
  named.stream_names = {"b"};
  const auto stream = *world.tails.open(named, "req");
  received(*stream);
  world.log(world.a, "not this");
  world.log(world.b, "this");
  world.executor.run_for(300ms);
  const auto shown = received(*stream);
  ASSERT_EQ(array_at(shown.at(0).second, "sessionResults").size(), 1u);
}

TEST(LiveTails, ASlowReceiverLosesTheOldestUpdates) {
  World world;
  const auto stream = *world.tails.open(world.request(), "req");
  stream->attach({});
  for (int i = 0; i < 100; ++i) {
    for (int n = 0; n < 100; ++n) world.log(world.a, std::string(1000, 'x'));
    world.executor.run_for(1s);
  }
  EXPECT_LT(stream->waiting_bytes(), 1u << 20);
}

TEST(LiveTails, EndWhenNobodyComesForThem) {
  World world;
  const auto stream = *world.tails.open(world.request(), "req");
  world.executor.run_for(31s);
  EXPECT_FALSE(world.tails.any());
}

TEST(LiveTails, EndWhenTheReceiverLeavesAndAfterThreeHours) {
  World world;
  const auto gone = *world.tails.open(world.request(), "req");
  gone->close();
  world.executor.run_for(2s);
  EXPECT_FALSE(world.tails.any());
  const auto stream = *world.tails.open(world.request(), "req");
  stream->attach({});
  world.executor.run_for(3h + 1s);
  EXPECT_FALSE(world.tails.any());
  const auto all = received(*stream);
  EXPECT_EQ(all.back().first, "SessionTimeoutException");
  for (int i = 0; i < 15; ++i) ASSERT_TRUE(world.tails.open(world.request(), "req"));
  EXPECT_FALSE(world.tails.open(world.request(), "req"));
}

}  // namespace
}  // namespace tocsin::telemetry
