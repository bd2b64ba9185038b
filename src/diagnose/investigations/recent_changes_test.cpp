#include "diagnose/investigations/recent_changes.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tocsin::diagnose {
namespace {

telemetry::AuditRecord call(std::string source, std::string name, int minute, int version = 0, std::string actor = "arn:aws:iam::0:user/ann") {
  telemetry::AuditRecord record{.event_time = instant_from_ms(minute * 60'000), .event_name = std::move(name), .event_source = source + ".amazonaws.com", .actor_arn = std::move(actor)};
  record.record = Object{{"responseElements", Object{{"version", version}}}};
  return record;
}

TEST(RecentChanges, AnOverwrittenSettingComesBeforeNewerThingsThatWereMade) {
  const auto ranked = rank_changes({call("ssm", "PutParameter", 1, 1), call("ssm", "PutParameter", 2, 2), call("iam", "CreateUser", 3), call("iam", "UpdateRole", 1)});
  ASSERT_EQ(ranked.size(), 4u);
  EXPECT_EQ(weigh(ranked[0]), ChangeWeight::setting);
  EXPECT_EQ(ranked[1].event_name, "UpdateRole");
  EXPECT_EQ(ranked[2].event_name, "CreateUser");
}

TEST(RecentChanges, WhatWatchesRepairsOrFailedIsNoCause) {
  auto failed = call("ssm", "PutParameter", 1, 2);
  failed.error_code = "AccessDenied";
  EXPECT_TRUE(rank_changes({failed, call("monitoring", "PutMetricAlarm", 1), call("ssm-incidents", "StartIncident", 1), call("ssm", "SendCommand", 1),
                            call("ssm", "PutParameter", 1, 3, "arn:aws:sts::0:assumed-role/runbook/Automation-1")})
                  .empty());
}

}  // namespace
}  // namespace tocsin::diagnose
