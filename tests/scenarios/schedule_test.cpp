// Rules with schedules while the clocks of Europe change (28 March 2027, 01:00 UTC), and while the server is down.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/text_time.h"
#include "simulation/world.h"

namespace tocsin::scenarios {
namespace {

using namespace std::chrono_literals;
using simulation::World;

std::string add_queue(World& world, const std::string& name) {
  constexpr const char* for_rules =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sqs:SendMessage","Resource":"*"}})";
  world.call("sqs", "CreateQueue", {{"QueueName", name}, {"Attributes", Object{{"Policy", for_rules}}}});
  return "arn:aws:sqs:" + world.client().region + ':' + world.client().account + ':' + name;
}

void put_schedule(World& world, const std::string& name, const std::string& expression) {
  world.call("events", "PutRule", {{"Name", name}, {"ScheduleExpression", expression}});
  world.call("events", "PutTargets", {{"Rule", name}, {"Targets", Array{Object{{"Id", "queue"}, {"Arn", add_queue(world, name)}}}}});
}

std::vector<std::string> times_in(World& world, const std::string& queue) {
  std::vector<std::string> times;
  const std::string url = text_or(world.call("sqs", "GetQueueUrl", {{"QueueName", queue}}), "QueueUrl");
  while (true) {
    const Document answer = world.call("sqs", "ReceiveMessage", {{"QueueUrl", url}, {"MaxNumberOfMessages", 10}});
    const Array& messages = array_at(answer, "Messages");
    if (messages.empty()) break;
    for (const Document& message : messages) {
      times.push_back(text_or(*parse_json(text_or(message, "Body")), "time"));
      world.call("sqs", "DeleteMessage", {{"QueueUrl", url}, {"ReceiptHandle", text_or(message, "ReceiptHandle")}});
    }
  }
  std::sort(times.begin(), times.end());
  return times;
}

const simulation::WorldOptions before_the_change{.starts_at = *parse_rfc3339("2027-03-26T22:00:00Z")};

TEST(ScheduledRules, FireAtTheSameUtcTimeOverAChangeOfClocksNeitherTwiceNorNever) {
  World world(41, before_the_change);
  put_schedule(world, "daily", "cron(30 1 * * ? *)");
  put_schedule(world, "half-hourly", "rate(30 minutes)");
  world.fast_forward(2 * 24h + 4h - 5min);
  EXPECT_EQ(times_in(world, "daily"), (std::vector<std::string>{"2027-03-27T01:30:00Z", "2027-03-28T01:30:00Z", "2027-03-29T01:30:00Z"}));
  const auto often = times_in(world, "half-hourly");
  EXPECT_EQ(often.size(), 2u * 48u + 7u);
  EXPECT_EQ(std::set<std::string>(often.begin(), often.end()).size(), often.size());
}

TEST(ScheduledRules, FireOnceForWhatWasMissedWhileTheServerWasDown) {
  World world(42, before_the_change);
  put_schedule(world, "daily", "cron(30 1 * * ? *)");
  world.fast_forward(3h);  // 01:00
  world.stay_down(50h);    // over the 27th and the 28th, until the 29th at 03:00
  world.fast_forward(24h);
  EXPECT_EQ(times_in(world, "daily").size(), 2u) << "once for the two that were missed, once on the 30th";
}

}  // namespace
}  // namespace tocsin::scenarios
