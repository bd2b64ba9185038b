// What operators declare and probes find, as callers of Health and rules on the bus see it.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/health/service.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::api {
namespace {

using namespace std::chrono_literals;

class HealthStory : public testing::Test {
 protected:
  HealthStory() {
    EXPECT_TRUE(journal.migrate() && timers.migrate() && health.migrate());
    journal.subscribe("test", [this](const EventEnvelope& event) { return heard.push_back(event), Result<void>(); });
    health.start();
    timers.start();
    journal.start();
  }
  Reply call(const std::string& name, Object input) {
    const auto& operation = *std::ranges::find_if(service.operations, [&](const Operation& candidate) { return candidate.name == name; });
    std::optional<Reply> reply;
    state.submit([&]() -> Result<void> {
      reply = std::get<Handle>(operation.handle)(
          {.service = "health", .operation = name, .input = std::move(input), .scope = scope, .now = state.now()});
      return {};
    });
    executor.run_ready();
    return *reply;
  }
  Result<void> declare(const std::string& name, const std::optional<std::string>& text) {
    Result<void> done;
    state.submit([&]() -> Result<void> { return done = health.on_declaration(scope, name, text), Result<void>(); });
    executor.run_ready();
    return done;
  }
  void report(const char* status) {
    state.submit([&]() -> Result<void> {
      health.on_reported_alert({.scope = scope,
                                .event_time = state.now(),
                                .source = "tocsin.probes",
                                .type = "Reported Alert State Change",
                                .detail = Object{{"status", status},
                                                 {"alertKey", "shop"},
                                                 {"alertName", "shop"},
                                                 {"summary", "http://shop/ answers 500"},
                                                 {"labels", Object{{"service", "shop"}, {"target", "http://shop/"}}}}});
      return {};
    });
    executor.run_ready();
  }
  Document only_event() { return array_at(*call("DescribeEvents", {}), "events").at(0); }

  const Scope scope{"111122223333", "eu-central-1"};
  ManualClock clock{instant_from_ms(1700000000000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{7};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  events::Journal journal{state, random};
  delivery::Timers timers{state};
  detect::Health health{state, random, journal, timers};
  Service service = make_health_service(health, {[](const Call&, std::string_view key) { return std::string(key); },
                                                 [](const Call&, std::string_view token) { return std::optional(std::string(token)); }});
  std::vector<EventEnvelope> heard;
};

TEST_F(HealthStory, AMaintenanceWindowIsUpcomingThenOpenThenClosed) {
  ASSERT_TRUE(
      declare("db", R"({"service":"database","category":"scheduledChange","description":"Upgrade","startTime":"2023-11-14T23:00:00Z",
                                "endTime":"2023-11-15T00:00:00Z","entities":["db-1","db-2"]})"));
  EXPECT_EQ(text_or(only_event(), "statusCode"), "upcoming");
  EXPECT_EQ(text_or(only_event(), "eventTypeCode"), "AWS_DATABASE_MAINTENANCE_SCHEDULED");
  executor.run_for(1h);
  EXPECT_EQ(text_or(only_event(), "statusCode"), "open");
  executor.run_for(1h);
  EXPECT_EQ(text_or(only_event(), "statusCode"), "closed");
  ASSERT_EQ(heard.size(), 3u);
  EXPECT_EQ(heard[0].source, "aws.health");
  EXPECT_EQ(heard[0].type, "AWS Health Event");
  EXPECT_EQ(text_or(heard[0].detail, "startTime"), "Tue, 14 Nov 2023 23:00:00 GMT");
  EXPECT_EQ(text_or(heard[2].detail, "statusCode"), "closed");
  const std::string arn = text_or(only_event(), "arn");
  EXPECT_TRUE(arn.starts_with(
      "arn:aws:health:eu-central-1::event/DATABASE/AWS_DATABASE_MAINTENANCE_SCHEDULED/AWS_DATABASE_MAINTENANCE_SCHEDULED_"));
  const auto entities =
      call("DescribeAffectedEntities", {{"filter", Object{{"eventArns", Array{arn}}, {"statusCodes", Array{"RESOLVED"}}}}});
  EXPECT_EQ(array_at(*entities, "entities").size(), 2u);
}

TEST_F(HealthStory, WhatAProbeFindsIsAnIssueUntilItIsOver) {
  report("firing");
  const std::string arn = text_or(only_event(), "arn");
  EXPECT_EQ(text_or(only_event(), "service"), "SHOP");
  const auto details = call("DescribeEventDetails", {{"eventArns", Array{arn, "arn:aws:health:eu-central-1::event/X/Y/Y_1"}}});
  EXPECT_EQ(text_or(*find(array_at(*details, "successfulSet").at(0), "eventDescription"), "latestDescription"), "http://shop/ answers 500");
  EXPECT_EQ(array_at(*details, "failedSet").size(), 1u);
  report("resolved");
  EXPECT_EQ(text_or(only_event(), "statusCode"), "closed");
  EXPECT_EQ(to_json(*call("DescribeEntityAggregates", {{"eventArns", Array{arn}}})),
            R"({"entityAggregates":[{"eventArn":")" + arn + R"(","count":1,"statuses":{"RESOLVED":1}}]})");
}

TEST_F(HealthStory, FiltersAndPages) {
  for (const char* name : {"a", "b", "c"})
    ASSERT_TRUE(declare(name, R"({"service":")" + std::string(name) + R"(1","description":"d","category":"accountNotification"})"));
  report("firing");
  const auto count = [&](Object filter) { return array_at(*call("DescribeEvents", {{"filter", std::move(filter)}}), "events").size(); };
  EXPECT_EQ(count({{"services", Array{"A1", "B1"}}}), 2u);
  EXPECT_EQ(count({{"services", Array{"A1"}}, {"eventTypeCategories", Array{"issue"}}}), 0u);
  EXPECT_EQ(count({{"eventStatusCodes", Array{"open"}}}), 4u);
  EXPECT_EQ(count({{"startTimes", Array{Object{{"from", to_ns(clock.now()) + 1}}}}}), 0u);
  EXPECT_EQ(count({{"entityValues", Array{"http://shop/"}}}), 1u);
  const auto first = call("DescribeEvents", {{"maxResults", 3}});
  EXPECT_EQ(array_at(*first, "events").size(), 3u);
  const auto rest = call("DescribeEvents", {{"maxResults", 3}, {"nextToken", text_or(*first, "nextToken")}});
  EXPECT_EQ(array_at(*rest, "events").size(), 1u);
  EXPECT_FALSE(find(*rest, "nextToken"));
  EXPECT_EQ(to_json(*call("DescribeEventAggregates", {{"aggregateField", "eventTypeCategory"}})),
            R"({"eventAggregates":[{"aggregateValue":"accountNotification","count":3},{"aggregateValue":"issue","count":1},)"
            R"({"aggregateValue":"scheduledChange","count":0}]})");
  EXPECT_EQ(array_at(*call("DescribeEventTypes", {}), "eventTypes").size(), 4u);
  EXPECT_EQ(call("DescribeEvents", {{"locale", "ja"}}).error().code, "UnsupportedLocale");
  EXPECT_EQ(text_or(*call("DescribeHealthServiceStatusForOrganization", {}), "healthServiceAccessStatusForOrganization"), "DISABLED");
}

TEST_F(HealthStory, ADeclarationThatIsGoneEndsItsEvent) {
  ASSERT_TRUE(declare("pay", R"({"service":"payments","description":"slow","entities":[{"value":"pay-1","status":"IMPAIRED"}]})"));
  ASSERT_TRUE(declare("pay", std::nullopt));
  EXPECT_EQ(text_or(only_event(), "statusCode"), "closed");
  for (const char* bad : {"x", "{}", R"({"service":"s1","description":"d","category":"x"})",
                          R"({"service":"s1","description":"d","startTime":"x"})", R"({"service":"s1","description":"d","entities":[""]})"})
    EXPECT_FALSE(declare("bad", bad)) << bad;
}

}  // namespace
}  // namespace tocsin::api
