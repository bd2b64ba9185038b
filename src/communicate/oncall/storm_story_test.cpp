// Stories of storms: a person is told the first at once and the rest together, and can read all of it.
#include <gmock/gmock.h>

#include "communicate/oncall/rehearsal_test.h"

namespace tocsin::oncall {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct StormStory : testing::Test {
  void SetUp() override {
    life.start();
    alice = life.person("alice", {30});
    plan = life.plan({alice});
  }
  std::vector<Page> pages() {
    return life.run([&] { return life.oncall.engagements().pages_by_contact(life.scope, alice, "", 100'000); });
  }
  void tag(const std::string& value) {
    life.run([&] {
      life.oncall.contacts().set_tags(life.scope, alice, {{std::string(quiet_hours_tag), value}});
      return true;
    });
  }
  Ground ground;
  Life life{ground};
  std::string alice, plan;
};

TEST_F(StormStory, HundredsOfAlarmsInAMinuteAreAHandfulOfMailsAndAllCanBeRead) {
  const Instant begun = ground.clock.now();
  for (int i = 0; i < 300; ++i) {
    life.ring(plan, "alarm-" + std::to_string(i));
    life.executor.run_for(200ms);
  }
  ASSERT_FALSE(ground.mailbox.mails.empty());
  EXPECT_LE(ground.mailbox.mails[0].at - begun, 1s) << "the first page is not late";
  life.executor.run_for(20min);
  const auto mails = ground.mailbox.to("alice@example.org");
  ASSERT_THAT(mails, SizeIs(4));
  EXPECT_THAT(mails[3].subject, HasSubstr("[SEV2] 297 more pages: "));
  EXPECT_THAT(mails[3].text, HasSubstr("and 277 more"));
  EXPECT_THAT(pages(), SizeIs(300));
  for (const Page& page : pages()) EXPECT_THAT(page.content, HasSubstr("Checkout errors"));

  const std::string link = link_in(mails[3].text);
  EXPECT_THAT(life.http("GET", link).body, HasSubstr("297 pages that came at once"));
  EXPECT_EQ(life.count(incidents::page_acknowledged), 0u);
  EXPECT_THAT(life.http("POST", link).body, HasSubstr("Acknowledged"));
  EXPECT_EQ(life.count(incidents::page_acknowledged), 297u);
}

TEST_F(StormStory, AWorseOneBreaksThrough) {
  for (int i = 0; i < 10; ++i) life.ring(plan, "alarm-" + std::to_string(i));
  const std::string worse = life.run([&] {
    Object definition{{"incidentTemplate", Object{{"title", "Database down"}, {"impact", 1}}}, {"engagements", Array{alice.c_str()}}};
    return life.incidents.plans().create(life.scope, "database", std::move(definition), {})->arn;
  });
  life.executor.run_for(1s);
  EXPECT_THAT(ground.mailbox.mails, SizeIs(3));
  life.ring(worse, "database");
  life.executor.run_for(1s);
  ASSERT_THAT(ground.mailbox.mails, SizeIs(4));
  EXPECT_THAT(ground.mailbox.mails[3].subject, HasSubstr("[SEV1] Database down"));
}

TEST_F(StormStory, WhatFlapsIsSaidToFlap) {
  for (int i = 0; i < 6; ++i) {
    const auto started = life.ring(plan);
    life.executor.run_for(3min);
    life.run([&] { return life.incidents.update(life.scope, started.arn, {.status = incidents::IncidentStatus::resolved, .by = "x"}); });
    life.executor.run_for(3min);
  }
  const auto mails = ground.mailbox.to("alice@example.org");
  ASSERT_GE(mails.size(), 4u);
  EXPECT_THAT(mails[3].text, HasSubstr("Flapping:    4 times in an hour. What follows comes in digests until it has been quiet."));
  EXPECT_EQ(life.count(incidents::page_folded), 2u);
}

TEST_F(StormStory, LowUrgencyWaitsForTheMorningAndDoesNotEscalate) {
  const std::string bob = life.person("bob", {30});
  const std::string primary = life.escalation("primary", {alice, bob}, 5);
  const std::string low = life.run([&] {
    Object definition{{"incidentTemplate", Object{{"title", "Disk at 80 %"}, {"impact", 4}}}, {"engagements", Array{primary.c_str()}}};
    return life.incidents.plans().create(life.scope, "disk", std::move(definition), {})->arn;
  });
  tag("00:00-08:00");  // it is 06:00
  life.ring(low, "disk");
  life.executor.run_for(110min);
  EXPECT_THAT(ground.mailbox.mails, IsEmpty());
  life.ring(plan, "checkout");
  life.executor.run_for(1s);
  ASSERT_THAT(ground.mailbox.mails, SizeIs(1)) << "what is urgent knows no night";
  life.executor.run_for(11min);
  ASSERT_THAT(ground.mailbox.mails, SizeIs(2));
  EXPECT_THAT(ground.mailbox.mails[1].subject, HasSubstr("[SEV4] Disk at 80 %"));
  EXPECT_THAT(ground.mailbox.to("bob@example.org"), IsEmpty());
  life.executor.run_for(5min);
  EXPECT_THAT(ground.mailbox.to("bob@example.org"), SizeIs(1)) << "the time to answer begins when it is told";
}

TEST_F(StormStory, WhatWasAnsweredMeanwhileIsNotTold) {
  std::vector<incidents::Incidents::Started> started;
  for (int i = 0; i < 6; ++i) started.push_back(life.ring(plan, "alarm-" + std::to_string(i)));
  for (const auto& each : started)
    life.run([&] { return life.incidents.update(life.scope, each.arn, {.status = incidents::IncidentStatus::resolved, .by = "x"}); });
  life.executor.run_for(30min);
  EXPECT_LE(ground.mailbox.mails.size(), 3u);
}

}  // namespace
}  // namespace tocsin::oncall
