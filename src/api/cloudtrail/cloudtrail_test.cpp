#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/cloudtrail/service.h"
#include "base/ids.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::api {
namespace {

const Scope shop{"111122223333", "eu-west-1"};

struct World {
  ManualClock clock{instant_from_ms(1'760'000'000'000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{13};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  telemetry::AuditTrail trail{state};
  Service service =
      make_cloudtrail_service(trail, {[](const Call&, std::string_view key) { return "sealed:" + std::string(key); },
                                      [](const Call&, std::string_view token) {
                                        return token.starts_with("sealed:") ? std::optional<std::string>(token.substr(7)) : std::nullopt;
                                      }});

  World() { EXPECT_TRUE(trail.migrate()); }
  Reply ask(const Document& input, const Scope& scope = shop) {
    Reply reply;
    state.submit([&]() -> Result<void> {
      reply = std::get<Handle>(service.operations[0].handle)(
          {.service = "cloudtrail", .operation = "LookupEvents", .input = input, .scope = scope, .now = clock.now()});
      return {};
    });
    executor.run_ready();
    return reply;
  }
  void called(const std::string& name, bool read_only) {
    state.submit([&]() -> Result<void> {
      trail.append({.scope = shop,
                    .event_id = make_uuid_v4(random),
                    .event_time = clock.now(),
                    .event_name = name,
                    .event_source = "sns.amazonaws.com",
                    .read_only = read_only,
                    .username = "ann",
                    .resources = {{"AWS::SNS::Topic", "arn:aws:sns:eu-west-1:111122223333:pages"}},
                    .record = Object{{"eventName", name}}});
      return {};
    });
    executor.run_ready();
    clock.advance(std::chrono::seconds(1));
  }
};

TEST(LookupEvents, ShowsCallsNewestFirstAndPages) {
  World world;
  for (const char* name : {"CreateTopic", "ListTopics", "DeleteTopic"}) world.called(name, std::string(name) == "ListTopics");
  const Reply first = world.ask(Object{{"MaxResults", 2}});
  ASSERT_TRUE(first);
  EXPECT_EQ(array_at(*first, "Events").size(), 2u);
  EXPECT_EQ(text_or(array_at(*first, "Events")[0], "EventName"), "DeleteTopic");
  EXPECT_EQ(text_or(array_at(*first, "Events")[0], "CloudTrailEvent"), R"({"eventName":"DeleteTopic"})");
  const Reply second = world.ask(Object{{"MaxResults", 2}, {"NextToken", text_or(*first, "NextToken")}});
  EXPECT_EQ(array_at(*second, "Events").size(), 1u);
  EXPECT_FALSE(find(*second, "NextToken"));
  EXPECT_TRUE(array_at(*world.ask(Object{}, {"444455556666", "eu-west-1"}), "Events").empty());
}

TEST(LookupEvents, FindsByAttributeAndTime) {
  World world;
  const Instant start = world.clock.now();
  for (const char* name : {"CreateTopic", "ListTopics", "DeleteTopic"}) world.called(name, std::string(name) == "ListTopics");
  const auto by = [](const char* key, const char* value) {
    return Object{{"LookupAttributes", Array{Object{{"AttributeKey", key}, {"AttributeValue", value}}}}};
  };
  EXPECT_EQ(array_at(*world.ask(by("ReadOnly", "false")), "Events").size(), 2u);
  EXPECT_EQ(array_at(*world.ask(by("ResourceName", "pages")), "Events").size(), 2u);
  EXPECT_EQ(array_at(*world.ask(Object{{"EndTime", to_ns(start)}}), "Events").size(), 1u);
}

TEST(LookupEvents, RefusesInItsOwnErrors) {
  World world;
  const Object attribute{{"AttributeKey", "EventName"}, {"AttributeValue", "x"}};
  EXPECT_EQ(world.ask(Object{{"LookupAttributes", Array{attribute, attribute}}}).error().code, "InvalidLookupAttributesException");
  EXPECT_EQ(world.ask(Object{{"StartTime", 2}, {"EndTime", 1}}).error().code, "InvalidTimeRangeException");
  EXPECT_EQ(world.ask(Object{{"NextToken", "forged"}}).error().code, "InvalidNextTokenException");
}

}  // namespace
}  // namespace tocsin::api
