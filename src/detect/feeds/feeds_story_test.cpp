// A provider's outage as it is seen from here, in virtual time.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "base/text_time.h"
#include "detect/feeds/feeds.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::detect {
namespace {

using namespace std::chrono_literals;

class FeedsStory : public testing::Test {
 protected:
  FeedsStory() {
    EXPECT_TRUE(journal.migrate() && timers.migrate() && reports.migrate() && health.migrate() && feeds.migrate());
    journal.subscribe("test", [this](const EventEnvelope& event) {
      if (event.source == "aws.health") told.push_back(text_or(event.detail, "statusCode"));
      if (event.type == reported_alert_type) alerts.push_back(text_or(event.detail, "status"));
      return Result<void>();
    });
    reports.start();
    health.start();
    feeds.start();
    timers.start();
    journal.start();
    executor.run_ready();
  }
  Result<void> set(const std::optional<std::string>& text) {
    Result<void> done;
    state.submit([&]() -> Result<void> { return done = feeds.on_setting(scope, "cdn", text), Result<void>(); });
    executor.run_for(1ms);
    return done;
  }
  std::vector<HealthEvent> events() {
    std::vector<HealthEvent> out;
    state.submit([&]() -> Result<void> { return out = health.events_of(scope.account), Result<void>(); });
    executor.run_ready();
    return out;
  }
  static std::string incident(const std::string& status, const std::string& body, const std::string& component) {
    return R"({"incidents":[{"id":"i1","name":"Uploads fail","status":")" + status +
           R"(","created_at":"2026-03-28T11:55:00Z","resolved_at":)" + (status == "resolved" ? R"("2026-03-28T12:04:00Z")" : "null") +
           R"(,"incident_updates":[{"body":")" + body +
           R"(","display_at":"2026-03-28T12:00:00Z"}],"components":[{"name":"API","status":")" + component + R"("}]}]})";
  }

  const Scope scope{"111122223333", "eu-central-1"};
  ManualClock clock{*parse_rfc3339("2026-03-28T12:00:00Z")};
  SimulatedExecutor executor{clock};
  SeededRandom random{7};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  events::Journal journal{state, random};
  delivery::Timers timers{state};
  Reports reports{state, journal, timers};
  Health health{state, random, journal, timers};
  std::map<std::string, Result<std::string>> pages;
  int fetched = 0;
  Feeds feeds{state, health, reports, nullptr, [this](const std::string& url, Duration, std::function<void(Result<std::string>)> done) {
                ++fetched;
                const auto page = pages.find(url);
                done(page == pages.end() ? Result<std::string>(fail(ErrorKind::unavailable, "no answer")) : page->second);
              }};
  std::vector<std::string> told, alerts;
  const std::string incidents = "https://s.example/api/v2/incidents.json",
                    maintenances = "https://s.example/api/v2/scheduled-maintenances.json";
  const std::string nothing_planned = R"({"scheduled_maintenances":[]})";
  const std::string setting = R"({"url":"https://s.example","service":"cdn","entities":["shop"]})";
};

TEST_F(FeedsStory, AnIncidentIsSeenChangesAndEnds) {
  pages[incidents] = incident("investigating", "We look.", "major_outage");
  pages[maintenances] = nothing_planned;
  ASSERT_TRUE(set(setting));
  auto seen = events();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].type_code, "AWS_CDN_OPERATIONAL_ISSUE");
  EXPECT_EQ(seen[0].description, "Uploads fail\n\nWe look.");
  EXPECT_EQ(seen[0].starts_at, *parse_rfc3339("2026-03-28T11:55:00Z"));
  ASSERT_EQ(seen[0].entities.size(), 2u);
  EXPECT_EQ(seen[0].entities[0].value + std::string(to_text(seen[0].entities[0].status)), "APIIMPAIRED");
  EXPECT_EQ(seen[0].entities[1].value, "shop");
  const std::string arn = seen[0].arn;

  executor.run_for(5min);
  EXPECT_EQ(told, std::vector<std::string>{"open"}) << "what did not change is not told again";
  EXPECT_EQ(fetched, 12);
  pages[incidents] = incident("monitoring", "A fix is in.", "operational");
  executor.run_for(1min);
  seen = events();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].arn, arn);
  EXPECT_EQ(seen[0].entities[0].status, EntityStatus::unimpaired);
  pages[incidents] = incident("resolved", "It works.", "operational");
  executor.run_for(1min);
  seen = events();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].status(clock.now()), HealthStatus::closed);
  EXPECT_EQ(seen[0].ends_at, parse_rfc3339("2026-03-28T12:04:00Z"));
  EXPECT_EQ(seen[0].entities[0].status, EntityStatus::resolved);
  EXPECT_EQ(told, (std::vector<std::string>{"open", "open", "closed"}));
  executor.run_for(10min);
  EXPECT_EQ(told.size(), 3u);
}

TEST_F(FeedsStory, WhatWasOverBeforeIsHistoryAndAMaintenanceIsAWindow) {
  pages[incidents] = incident("resolved", "Over.", "operational");
  pages[maintenances] =
      R"({"scheduled_maintenances":[{"id":"m1","name":"New disks","status":"scheduled","scheduled_for":"2026-03-28T13:00:00Z",
    "scheduled_until":"2026-03-28T14:00:00Z","components":[{"name":"API","status":"operational"}]}]})";
  ASSERT_TRUE(set(setting));
  const auto seen = events();
  ASSERT_EQ(seen.size(), 1u);
  EXPECT_EQ(seen[0].category, HealthCategory::scheduled_change);
  EXPECT_EQ(seen[0].status(clock.now()), HealthStatus::upcoming);
  EXPECT_EQ(seen[0].entities[0].status, EntityStatus::pending);
  executor.run_for(2h + 1min);
  EXPECT_EQ(told, (std::vector<std::string>{"upcoming", "open", "closed"}));
}

TEST_F(FeedsStory, APageThatCannotBeReadChangesNothingAndIsToldAfterFiveTries) {
  pages[incidents] = incident("investigating", "We look.", "major_outage");
  pages[maintenances] = nothing_planned;
  ASSERT_TRUE(set(setting));
  pages[incidents] = std::string("<html>oops");
  pages.erase(maintenances);
  executor.run_for(2min);
  EXPECT_TRUE(alerts.empty());
  executor.run_for(3min);
  EXPECT_EQ(alerts, std::vector<std::string>{"firing"});
  EXPECT_EQ(events()[0].status(clock.now()), HealthStatus::open);
  pages[incidents] = std::string(R"({"incidents":[]})");
  pages[maintenances] = nothing_planned;
  executor.run_for(1min);
  EXPECT_EQ(alerts, (std::vector<std::string>{"firing", "resolved"}));
  EXPECT_EQ(events()[0].status(clock.now()), HealthStatus::closed) << "what is gone from its page is over";
}

TEST_F(FeedsStory, AFeedThatIsNoLongerWantedEnds) {
  pages[incidents] = incident("investigating", "We look.", "major_outage");
  pages[maintenances] = nothing_planned;
  ASSERT_TRUE(set(setting));
  ASSERT_TRUE(set(std::nullopt));
  EXPECT_EQ(events()[0].status(clock.now()), HealthStatus::closed);
  const int before = fetched;
  executor.run_for(10min);
  EXPECT_EQ(fetched, before);
  EXPECT_FALSE(set("{"));
  EXPECT_FALSE(set(R"({"url":"x"})"));
}

TEST_F(FeedsStory, OldNewsOfRssAreHistory) {
  const auto item = [](const char* id, const char* date) {
    return std::string("<item><title>Trouble</title><guid>") + id + "</guid><pubDate>" + date + "</pubDate></item>";
  };
  pages["https://s.example/feed.rss"] =
      "<rss><channel>" + item("old", "Fri, 20 Mar 2026 12:00:00 GMT") + item("new", "Sat, 28 Mar 2026 11:00:00 GMT") + "</channel></rss>";
  ASSERT_TRUE(set(R"({"url":"https://s.example/feed.rss"})"));
  ASSERT_EQ(events().size(), 1u);
  EXPECT_EQ(events()[0].starts_at, *parse_rfc3339("2026-03-28T11:00:00Z"));
}

}  // namespace
}  // namespace tocsin::detect
