#include "communicate/oncall/contact.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tocsin::oncall {
namespace {

Plan plan(std::string_view text) { return plan_from(*parse_json(text)); }

TEST(ContactPlan, ReadsStagesInMinutes) {
  const Plan read =
      plan(R"({"Stages":[{"DurationInMinutes":5,"Targets":[{"ChannelTargetInfo":{"ContactChannelId":"c","RetryIntervalInMinutes":1}}]},
    {"DurationInMinutes":0,"Targets":[{"ContactTargetInfo":{"ContactId":"k","IsEssential":false}}]}]})");
  ASSERT_EQ(read.stages.size(), 2u);
  EXPECT_EQ(read.stages[0].length, std::chrono::minutes(5));
  EXPECT_EQ(read.stages[0].targets[0].retry_interval, std::chrono::minutes(1));
  EXPECT_FALSE(read.stages[1].targets[0].essential);
}

TEST(ContactPlan, APersonEngagesChannelsAndAnEscalationContacts) {
  const Plan channels = plan(R"({"Stages":[{"DurationInMinutes":1,"Targets":[{"ChannelTargetInfo":{"ContactChannelId":"c"}}]}]})");
  EXPECT_TRUE(check_plan(ContactType::personal, channels));
  EXPECT_FALSE(check_plan(ContactType::escalation, channels));
  EXPECT_FALSE(check_plan(ContactType::personal, plan(R"({"Stages":[{"DurationInMinutes":0,"Targets":[]}]})")));
  EXPECT_FALSE(check_plan(ContactType::personal, plan(R"({"Stages":[{"DurationInMinutes":1,"Targets":[{}]}]})")));
}

TEST(MailAddress, RefusesWhatCouldForgeAHeader) {
  EXPECT_TRUE(is_mail_address("anna.o+p@example.org"));
  for (const char* bad : {"", "anna", "@x", "a@", "a@b@c", "a b@c", "a@b\r\nBcc: x@y", "a@b,c", "<a@b>"})
    EXPECT_FALSE(is_mail_address(bad)) << bad;
}

}  // namespace
}  // namespace tocsin::oncall
