#include "incidents/audited_changes/audited_changes.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "base/text_time.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::incidents {
namespace {

const Scope shop{"111122223333", "eu-west-1"};

TEST(AuditedChanges, WhatWasChangedBeforeTheIncidentIsEvidence) {
  ManualClock clock{*parse_amz_date("20261124T070000Z")};
  SimulatedExecutor executor{clock};
  const auto database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  telemetry::AuditTrail trail{state};
  ASSERT_TRUE(trail.migrate());
  const auto called = [&](const char* id, const char* name, const char* source, const char* arn, int minutes_before,
                          const char* error = "") {
    state.submit([&, id, name, source, arn, minutes_before, error]() -> Result<void> {
      trail.append({.scope = shop,
                    .event_id = id,
                    .event_time = clock.now() - std::chrono::minutes(minutes_before),
                    .event_name = name,
                    .event_source = source,
                    .username = "ann",
                    .error_code = error,
                    .resources = {{"", arn}},
                    .record = Object{{"eventName", name}}});
      return {};
    });
  };
  called("1", "PutParameter", "ssm.amazonaws.com", "arn:aws:ssm:eu-west-1:111122223333:parameter/db-url", 8);
  called("2", "PutMetricAlarm", "monitoring.amazonaws.com", "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:other", 2);
  called("3", "DeleteTopic", "sns.amazonaws.com", "arn:aws:sns:eu-west-1:111122223333:pages", 3, "AccessDenied");
  called("4", "UpdateIncidentRecord", "ssm-incidents.amazonaws.com", "arn:aws:ssm-incidents::111122223333:incident-record/p/1", 1);
  called("5", "PutParameter", "ssm.amazonaws.com", "arn:aws:ssm:eu-west-1:111122223333:parameter/old", 90);
  executor.run_ready();

  AuditedChanges source(state, trail);
  std::vector<Evidence> found;
  source.gather({.scope = shop,
                 .incident_arn = "i",
                 .opened = clock.now(),
                 .from = clock.now() - std::chrono::hours(1),
                 .to = clock.now(),
                 .trigger_arn = "",
                 .resources = {"arn:aws:ssm:eu-west-1:111122223333:parameter/db-url"},
                 .trigger = nullptr},
                [&](Result<std::vector<Evidence>> answer) { found = *answer; });
  executor.run_ready();

  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].title, "PutParameter of db-url by ann");
  EXPECT_EQ(found[0].summary, "ann called PutParameter on db-url at 2026-11-24T06:52:00Z, 8 min before the incident opened.");
  EXPECT_EQ(found[0].resource, "arn:aws:ssm:eu-west-1:111122223333:parameter/db-url");
  EXPECT_EQ(found[1].title, "PutMetricAlarm of other by ann");
}

}  // namespace
}  // namespace tocsin::incidents
