// What other tools report and what the bus then hears, in virtual time.
#include "detect/reports/reports.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "detect/reports/alert_documents.h"
#include "detect/reports/alert_mail.h"
#include "detect/reports/heartbeats.h"
#include "fuzz/mutate.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::detect {
namespace {

using namespace std::chrono_literals;

class ReportsStory : public testing::Test {
 protected:
  ReportsStory() {
    EXPECT_TRUE(journal.migrate() && timers.migrate() && reports.migrate());
    journal.subscribe("test", [this](const EventEnvelope& event) { return heard.push_back(event), Result<void>(); });
    reports.start();
    heartbeats.start();
    timers.start();
    journal.start();
  }
  template <typename Work>
  void in_unit(Work work) {
    state.submit([&]() -> Result<void> { return work(), Result<void>(); });
    executor.run_ready();
  }
  void post_alerts(const std::string& text) {
    in_unit([&] {
      const auto alerts = read_posted_alerts(*parse_json(text), state.now());
      ASSERT_TRUE(alerts) << alerts.error().message;
      for (const ReportedAlert& alert : *alerts) reports.take(scope, alert);
    });
  }
  std::string told() {
    std::string out;
    for (const EventEnvelope& event : heard)
      out += event.source + " " + text_or(event.detail, "alertName") + " " + text_or(event.detail, "status") + "\n";
    heard.clear();
    return out;
  }

  const Scope scope{"111122223333", "eu-central-1"};
  ManualClock clock{instant_from_ms(1700000000000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{7};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  events::Journal journal{state, random};
  delivery::Timers timers{state};
  Reports reports{state, journal, timers};
  Heartbeats heartbeats{state, timers, reports};
  std::vector<EventEnvelope> heard;
};

constexpr const char* prometheus_alert =
    R"([{"labels":{"alertname":"HighLoad","severity":"page"},"annotations":{"summary":"load"},"startsAt":"2023-11-14T22:13:00.000Z",
        "endsAt":"2023-11-14T22:17:20.000Z","generatorURL":"http://prometheus/graph"}])";

TEST_F(ReportsStory, WhatPrometheusRepeatsIsToldOnceAndIsOverWhenItStops) {
  for (int n = 0; n < 3; ++n) post_alerts(prometheus_alert);
  EXPECT_EQ(heard.size(), 1u);
  const std::string firing = heard.at(0).id;
  EXPECT_EQ(told(), "tocsin.alertmanager HighLoad firing\n");
  executor.run_for(239s);
  EXPECT_EQ(told(), "");
  executor.run_for(2s);
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_EQ(text_or(heard[0].detail, "firingEventId"), firing);
  EXPECT_EQ(heard[0].causation_id, firing);
  EXPECT_EQ(integer_or(heard[0].detail, "occurrences", 0), 3);
  EXPECT_EQ(text_or(heard[0].detail, "endsAt"), "2023-11-14T22:17:20.000Z");
  EXPECT_EQ(told(), "tocsin.alertmanager HighLoad resolved\n");
}

TEST_F(ReportsStory, TheWebhookAndTheApiMeanTheSameAlert) {
  post_alerts(prometheus_alert);
  const std::string key = text_or(heard.at(0).detail, "alertKey");
  told();
  const auto resolved = read_alertmanager_webhook(
      *parse_json(R"({"version":"4","status":"resolved","alerts":[{"status":"resolved","labels":{"alertname":"HighLoad","severity":"page"},
                      "startsAt":"2023-11-14T22:13:00Z","endsAt":"2023-11-14T22:14:00Z","fingerprint":")" +
                  key + R"("}]})"),
      "alertmanager");
  ASSERT_TRUE(resolved);
  in_unit([&] { EXPECT_EQ(reports.take(scope, resolved->at(0)), Reported::resolved); });
  EXPECT_EQ(told(), "tocsin.alertmanager HighLoad resolved\n");
  in_unit([&] { EXPECT_EQ(reports.take(scope, resolved->at(0)), Reported::unknown); });
  EXPECT_EQ(told(), "");
}

TEST_F(ReportsStory, AToolOfAFormOfItsOwnIsReadByAMapping) {
  const Document mapping = *parse_json(
      R"({"alerts":"$.items","key":"$.check.id","name":"$.check.name","status":"$.state","resolvedValues":["UP"],"severity":"high",
          "labels":{"host":"$.hosts[1]"}})");
  const auto alerts = read_mapped(*parse_json(R"({"items":[{"check":{"id":7,"name":"disk"},"state":"DOWN","hosts":["a","b"]},
                                                          {"check":{"id":8,"name":"cpu"},"state":"up"}]})"),
                                  mapping, "webhook.legacy");
  ASSERT_TRUE(alerts) << alerts.error().message;
  EXPECT_EQ(alerts->at(0).key, "7");
  EXPECT_TRUE(alerts->at(0).firing);
  EXPECT_EQ(alerts->at(0).labels.at("host"), "b");
  EXPECT_FALSE(alerts->at(1).firing);
  EXPECT_FALSE(read_mapped(*parse_json("{}"), *parse_json(R"({"key":"$.x"})"), "w"));
  EXPECT_FALSE(check_mapping(*parse_json(R"({"key":"$.x","colour":"$.y"})")));
}

TEST_F(ReportsStory, AJobThatDoesNotPingIsAnAlertUntilItDoes) {
  in_unit([&] { heartbeats.ping(scope, {.name = "backup", .every = 1h, .grace = 5min}); });
  executor.run_for(64min);
  EXPECT_EQ(told(), "");
  executor.run_for(2min);
  EXPECT_EQ(told(), "tocsin.heartbeats backup firing\n");
  executor.run_for(24h);
  EXPECT_EQ(told(), "");
  in_unit([&] { heartbeats.ping(scope, {.name = "backup", .every = 1h, .grace = 5min}); });
  EXPECT_EQ(told(), "tocsin.heartbeats backup resolved\n");
  in_unit([&] { heartbeats.ping(scope, {.name = "backup", .every = 1h, .grace = 5min, .failed = true}); });
  EXPECT_EQ(told(), "tocsin.heartbeats backup firing\n");
  in_unit([&] { heartbeats.forget(scope, "backup"); });
  EXPECT_EQ(told(), "tocsin.heartbeats backup resolved\n");
}

TEST(AlertMail, ItsSubjectSaysWhatItIsAboutAndWhetherItIsOver) {
  const auto firing = read_alert_mail("nagios@x", "** PROBLEM: CRITICAL: disk on db-1", "97 %"),
             over = read_alert_mail("nagios@x", "[RESOLVED] disk on db-1", "");
  ASSERT_TRUE(firing && over);
  EXPECT_EQ(firing->key, "disk on db-1");
  EXPECT_EQ(firing->severity, "critical");
  EXPECT_TRUE(firing->firing);
  EXPECT_EQ(over->key, firing->key);
  EXPECT_FALSE(over->firing);
  EXPECT_EQ(read_alert_mail("a@b", "Backup is ok again", "")->key, "backup is ok again");
  EXPECT_FALSE(read_alert_mail("a@b", "[FIRING:1]", ""));
}

TEST(Fingerprint, IsAlertmanagers) {
  EXPECT_EQ(fingerprint_of({}), "cbf29ce484222325");
  EXPECT_EQ(fingerprint_of({{"alertname", "a"}}).size(), 16u);
  EXPECT_NE(fingerprint_of({{"a", "bc"}}), fingerprint_of({{"ab", "c"}}));
}

TEST(Spans, AreReadAsPeopleWriteThem) {
  EXPECT_EQ(parse_span("90"), Duration(90s));
  EXPECT_EQ(parse_span("5m"), Duration(5min));
  EXPECT_EQ(parse_span("2d"), Duration(48h));
  for (const char* bad : {"", "0s", "-1m", "5x", "40d", "99999999999999999999s"}) EXPECT_FALSE(parse_span(bad)) << bad;
}

TEST(AlertDocuments, DamagedOnesDoNoHarm) {
  const Document mapping = *parse_json(R"({"key":"$.a[0].b","alerts":"$.list","labels":{"x":"$"}})");
  fuzz::mutate({prometheus_alert, R"({"list":[{"a":[{"b":"k"}]}]})", R"({"alerts":[{"status":"firing","labels":{"a":"b"}}]})"}, 20'000,
               [&](std::string_view text) {
                 const auto document = parse_json(text);
                 if (!document) return;
                 static_cast<void>(read_posted_alerts(*document, instant_from_ms(0)));
                 static_cast<void>(read_alertmanager_webhook(*document, "a"));
                 static_cast<void>(read_mapped(*document, mapping, "w"));
                 static_cast<void>(read_mapped(mapping, *document, "w"));
                 static_cast<void>(text_at_path(*document, text));
               });
}

}  // namespace
}  // namespace tocsin::detect
