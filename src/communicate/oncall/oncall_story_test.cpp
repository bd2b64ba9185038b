// Stories in virtual time: an alarm rings, people are paged, somebody answers or nobody does.
#include <gmock/gmock.h>

#include "communicate/oncall/rehearsal_test.h"
#include "fuzz/mutate.h"

namespace tocsin::oncall {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

struct OnCallStory : testing::Test {
  void SetUp() override {
    life.start();
    alice = life.person("alice");
    bob = life.person("bob");
    carol = life.person("carol");
    primary = life.escalation("primary", {alice, bob, carol}, 5);
    plan = life.plan({primary});
  }
  Ground ground;
  Life life{ground};
  std::string alice, bob, carol, primary, plan;
};

TEST_F(OnCallStory, NobodyAnswersSoTheSecondIsPagedAndAcknowledgesByTheLink) {
  const auto started = life.ring(plan);
  life.executor.run_for(1s);
  ASSERT_THAT(ground.mailbox.to("alice@example.org"), SizeIs(1));
  EXPECT_THAT(ground.mailbox.to("bob@example.org"), IsEmpty());
  EXPECT_THAT(ground.mailbox.mails[0].subject, HasSubstr("[SEV2] Checkout errors: 18 (threshold 5) since"));
  EXPECT_THAT(ground.mailbox.mails[0].text, HasSubstr("You are first in primary."));

  life.executor.run_for(5min);
  const auto bobs = ground.mailbox.to("bob@example.org");
  ASSERT_THAT(bobs, SizeIs(1));
  EXPECT_THAT(bobs[0].text, HasSubstr("You are second in primary. alice did not acknowledge in 5 min (mail delivered"));
  EXPECT_THAT(bobs[0].text, HasSubstr("Next:        carol, "));

  const std::string link = link_in(bobs[0].text);
  EXPECT_THAT(life.http("GET", link).body, HasSubstr("Acknowledge</button>"));
  EXPECT_EQ(life.count(incidents::page_acknowledged), 0u) << "looking changes nothing";
  const auto answer = life.http("POST", link);
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("Acknowledged</strong> by bob"));
  EXPECT_EQ(life.http("POST", link).status, 410) << "a link works once";

  life.executor.run_for(2h);
  EXPECT_THAT(ground.mailbox.to("carol@example.org"), IsEmpty()) << "the escalation has stopped";
  EXPECT_THAT(ground.mailbox.mails, SizeIs(2));
  EXPECT_THAT(life.timeline(started.arn), Contains("bob acknowledged by the link in the mail"));
}

TEST_F(OnCallStory, NobodyAnswersAtAllAndItSaysSo) {
  const auto started = life.ring(plan);
  life.executor.run_for(1h);
  EXPECT_THAT(ground.mailbox.mails, SizeIs(3));
  EXPECT_EQ(life.count(incidents::engagement_exhausted), 1u);
  EXPECT_THAT(life.timeline(started.arn), Contains("Nobody acknowledged: the plan of primary has ended"));
}

TEST_F(OnCallStory, ADuplicateAlarmJoinsAndPagesNobodyAgain) {
  const auto first = life.ring(plan);
  life.executor.run_for(1min);
  const auto second = life.ring(plan);
  life.executor.run_for(1min);
  EXPECT_TRUE(second.joined);
  EXPECT_EQ(second.arn, first.arn);
  EXPECT_EQ(life.incident(first.arn).joined_count, 1);
  EXPECT_THAT(ground.mailbox.mails, SizeIs(1));
}

TEST_F(OnCallStory, AStormFoldsIntoOneMessageInFiveMinutesWithItsCount) {
  life.ring(plan);
  life.executor.run_for(1s);
  life.http("POST", link_in(ground.mailbox.mails[0].text));
  for (int i = 0; i < 20; ++i) life.ring(plan);
  life.executor.run_for(10min);
  const auto mails = ground.mailbox.to("alice@example.org");
  ASSERT_THAT(mails, SizeIs(2));
  EXPECT_THAT(mails[1].subject, HasSubstr("20 more trigger(s) have joined so far"));
}

TEST_F(OnCallStory, AHigherSeverityIsPagedAgainALowerIsNot) {
  const auto started = life.ring(plan);
  life.executor.run_for(1s);
  life.http("POST", link_in(ground.mailbox.mails[0].text));
  life.run([&] { return life.incidents.update(life.scope, started.arn, {.impact = 1, .by = "bob"}); });
  life.executor.run_for(1min);
  ASSERT_THAT(ground.mailbox.to("alice@example.org"), SizeIs(2));
  EXPECT_THAT(ground.mailbox.mails[1].subject, HasSubstr("[SEV1]"));
  life.run([&] { return life.incidents.update(life.scope, started.arn, {.impact = 4, .by = "bob"}); });
  life.executor.run_for(1h);
  EXPECT_THAT(ground.mailbox.mails, SizeIs(2));
}

TEST_F(OnCallStory, OnePageForAPersonWhomTwoPlansReach) {
  const std::string both = life.run([&] {
    Object definition{{"incidentTemplate", Object{{"title", "x"}, {"impact", 1}}}, {"engagements", Array{primary.c_str(), alice.c_str()}}};
    return life.incidents.plans().create(life.scope, "both", std::move(definition), {})->arn;
  });
  life.ring(both);
  life.executor.run_for(1min);
  ASSERT_THAT(ground.mailbox.to("alice@example.org"), SizeIs(1));
  life.http("POST", link_in(ground.mailbox.mails[0].text));
  life.executor.run_for(1h);
  EXPECT_THAT(ground.mailbox.mails, SizeIs(1)) << "her one answer counts for both";
}

TEST_F(OnCallStory, TakingTheAcknowledgementBackResumesTheEscalation) {
  life.ring(plan);
  life.executor.run_for(1min);
  const std::string answered = life.http("POST", link_in(ground.mailbox.mails[0].text)).body;
  const auto at = answered.find("action=\"/a/");
  ASSERT_NE(at, std::string::npos);
  const std::string undo = answered.substr(at + 8, answered.find('"', at + 8) - at - 8);
  life.executor.run_for(10min);
  EXPECT_THAT(ground.mailbox.mails, SizeIs(1));
  EXPECT_THAT(life.http("POST", undo).body, HasSubstr("Taken back"));
  life.executor.run_for(1s);
  EXPECT_THAT(ground.mailbox.to("alice@example.org"), SizeIs(2));
  life.executor.run_for(5min);
  EXPECT_THAT(ground.mailbox.to("bob@example.org"), SizeIs(1));
  EXPECT_EQ(life.count(incidents::page_unacknowledged), 1u);
}

TEST_F(OnCallStory, AMailboxThatRefusesIsNotWaitedFor) {
  ground.mailbox.refused.insert("alice@example.org");
  life.ring(plan);
  life.executor.run_for(10s);
  EXPECT_THAT(ground.mailbox.to("bob@example.org"), SizeIs(1));
  EXPECT_EQ(life.count(incidents::page_failed), 1u);
}

TEST_F(OnCallStory, ResolvingTheIncidentStopsEverything) {
  const auto started = life.ring(plan);
  life.executor.run_for(1min);
  life.run([&] { return life.incidents.update(life.scope, started.arn, {.status = incidents::IncidentStatus::resolved, .by = "alice"}); });
  life.executor.run_for(1h);
  EXPECT_THAT(ground.mailbox.mails, SizeIs(1));
  EXPECT_EQ(life.incident(started.arn).state, incidents::CustomerState::resolved);
}

TEST_F(OnCallStory, TheAlarmsOwnTransitionsReachTheTimelineAndMoveTheState) {
  const auto started = life.ring(plan);
  life.executor.run_for(1min);
  life.alarm_event("OK");
  life.executor.run_for(1s);
  EXPECT_EQ(life.incident(started.arn).state, incidents::CustomerState::monitoring);
  life.alarm_event("ALARM");
  life.executor.run_for(1s);
  EXPECT_EQ(life.incident(started.arn).state, incidents::CustomerState::investigating);
  int transitions = 0;
  for (const std::string& line : life.timeline(started.arn)) transitions += line.starts_with("Alarm checkout went");
  EXPECT_EQ(transitions, 3);
}

TEST_F(OnCallStory, WhileTwoAlarmsRingOneThatIsOkMeansNothing) {
  const std::string deduped = life.run([&] {
    Object definition{{"incidentTemplate", Object{{"title", "x"}, {"impact", 1}, {"dedupeString", "shop"}}}};
    return life.incidents.plans().create(life.scope, "deduped", std::move(definition), {})->arn;
  });
  const auto started = life.ring(deduped, "errors");
  EXPECT_TRUE(life.ring(deduped, "latency").joined);
  life.alarm_event("OK", "errors");
  life.executor.run_for(1s);
  EXPECT_EQ(life.incident(started.arn).state, incidents::CustomerState::investigating);
  life.alarm_event("OK", "latency");
  life.executor.run_for(1s);
  EXPECT_EQ(life.incident(started.arn).state, incidents::CustomerState::monitoring);
}

TEST_F(OnCallStory, ACodeAcknowledgesTenWrongOnesAreTheEnd) {
  life.ring(plan);
  life.executor.run_for(1s);
  const std::string& text = ground.mailbox.mails[0].text;
  const std::string code = text.substr(text.find("Or with code ") + 13, 6);
  const auto page = [&] { return life.run([&] { return life.oncall.engagements().pages_by_contact(life.scope, alice, "", 10)[0]; }); };
  const Page mine = page();
  EXPECT_TRUE(life.run([&] { return life.oncall.code_is_right(mine, code); }));
  for (int i = 0; i < code_tries_max; ++i) {
    const Page now = page();
    life.run([&] { return life.oncall.code_is_right(now, "000000"); });
  }
  const Page blocked = page();
  EXPECT_FALSE(life.run([&] { return life.oncall.code_is_right(blocked, code); }));
}

TEST(OnCallCrash, APageWhoseReceiptWasLostInACrashIsSentAgainAndAcknowledgedOnce) {
  Ground ground;
  std::string plan;
  {
    Life before(ground);
    before.start();
    const std::string alice = before.person("alice");
    plan = before.plan({alice});
    ground.mailbox.silent = true;
    before.ring(plan);
    before.executor.run_for(1s);
    ASSERT_THAT(ground.mailbox.held, SizeIs(1)) << "the mail is in the air when the server dies";
  }
  ground.mailbox.silent = false;
  ground.mailbox.held.clear();
  Life after(ground);
  after.start();
  after.executor.run_for(1min);
  ASSERT_THAT(ground.mailbox.to("alice@example.org"), SizeIs(1));
  EXPECT_EQ(after.count(incidents::page_delivered), 1u);
  EXPECT_EQ(after.http("POST", link_in(ground.mailbox.mails[0].text)).status, 200) << "the link of before the crash still works";
  after.executor.run_for(1h);
  EXPECT_THAT(ground.mailbox.mails, SizeIs(1));
}

/// Never answers in its first life; in the second it has found a change.
class LateChange final : public incidents::EvidenceSource {
 public:
  explicit LateChange(bool answers) : answers_(answers) {}
  std::string name() const override { return "changes"; }
  void gather(const Request&, Done done) override {
    ++asked;
    if (!answers_) return held.push_back(std::move(done));
    const incidents::Evidence change{.kind = "change", .title = "Change", .summary = "PutParameter pool"};
    done(std::vector<incidents::Evidence>{change});
  }
  int asked = 0;
  std::vector<Done> held;

 private:
  bool answers_;
};

TEST(OnCallCrash, EvidenceThatDidNotComeIsAskedForAgainAndThePageGoesOut) {
  Ground ground;
  {
    LateChange source(false);
    Life before(ground);
    before.incidents.add_evidence_source(source);
    before.start();
    before.ring(before.plan({before.person("alice")}));
    EXPECT_EQ(source.asked, 1);
    EXPECT_THAT(ground.mailbox.mails, IsEmpty()) << "the page waits a little for the last change";
  }
  LateChange source(true);
  Life after(ground);
  after.incidents.add_evidence_source(source);
  after.start();
  after.executor.run_for(1s);
  EXPECT_EQ(source.asked, 1);
  ASSERT_THAT(ground.mailbox.to("alice@example.org"), SizeIs(1));
  EXPECT_THAT(ground.mailbox.mails[0].text, HasSubstr("PutParameter pool"));
  after.executor.run_for(1min);
  EXPECT_THAT(ground.mailbox.to("alice@example.org"), SizeIs(1));
}

TEST(OnCallEvidence, ASourceThatNeverAnswersHoldsThePageForSecondsAlone) {
  Ground ground;
  LateChange source(false);
  Life life(ground);
  life.incidents.add_evidence_source(source);
  life.start();
  const auto started = life.ring(life.plan({life.person("alice")}));
  life.executor.run_for(incidents::evidence_wait_max);
  EXPECT_THAT(ground.mailbox.to("alice@example.org"), SizeIs(1));
  source.held[0](fail(ErrorKind::unavailable, "the audit store is away"));
  life.executor.run_for(1s);
  EXPECT_THAT(life.timeline(started.arn), Contains("Could not gather changes: the audit store is away"));
}

TEST_F(OnCallStory, AnIncidentThatAnAlarmOpenedIsToldAsTheServiceTellsIt) {
  life.ring(plan);
  life.executor.run_for(1s);
  EXPECT_EQ(life.count("AWS Service Event via CloudTrail"), 1u);
}

TEST_F(OnCallStory, AWeekOfOnCallTakesASecond) {
  int acknowledged = 0;
  for (int incident = 0; incident < 7 * 6; ++incident) {
    const auto started = life.ring(plan, "alarm-" + std::to_string(incident));
    life.executor.run_for(incident % 3 == 0 ? 7min : 1min);
    const auto& mail = ground.mailbox.mails.back();
    EXPECT_EQ(mail.to, incident % 3 == 0 ? "bob@example.org" : "alice@example.org");
    acknowledged += life.http("POST", link_in(mail.text)).status == 200;
    life.executor.run_for(30min);
    life.run([&] { return life.incidents.update(life.scope, started.arn, {.status = incidents::IncidentStatus::resolved, .by = "bob"}); });
    life.executor.run_for(3h + 20min);
  }
  EXPECT_EQ(acknowledged, 42);
  EXPECT_THAT(ground.mailbox.mails, SizeIs(42 + 14));
}

TEST_F(OnCallStory, AChannelIsActivatedByTheCodeInTheMail) {
  const Channel channel = life.run([&] {
    Channel fresh{.scope = life.scope, .contact_arn = alice, .name = "second", .type = "EMAIL", .address = "alice2@example.org"};
    return *life.oncall.create_channel(fresh, false);
  });
  life.executor.run_for(1s);
  const auto mails = ground.mailbox.to("alice2@example.org");
  ASSERT_THAT(mails, SizeIs(1));
  const std::string code = mails[0].text.substr(mails[0].text.find("code is ") + 8, 6);
  EXPECT_FALSE(life.run([&] { return life.oncall.activate(channel, code == "000000" ? "111111" : "000000"); }));
  EXPECT_TRUE(life.run([&] { return life.oncall.activate(channel, code); }));
  EXPECT_TRUE(life.run([&] { return life.oncall.contacts().find_channel(life.scope, channel.arn)->activated; }));
}

TEST_F(OnCallStory, SmsHasNoGateway) {
  const auto refused = life.run([&] {
    return life.oncall.create_channel({.scope = life.scope, .contact_arn = alice, .name = "sms", .type = "SMS", .address = "+491701234567"},
                                      true);
  });
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("No SMS gateway is configured"));
}

// Fuzz: any method, path and body at the public handler. Invariants: it answers exactly once, never 200 without a known token, and
// acknowledges nothing.
TEST_F(OnCallStory, AnythingAtThePublicHandlerIsAnsweredAndAcknowledgesNothing) {
  life.ring(plan);
  life.executor.run_for(1s);
  const std::string link = link_in(ground.mailbox.mails[0].text);
  fuzz::mutate({link, "/a/", "/a/../../etc/passwd", "/a/%00", std::string(5000, 'a')}, 2000, [&](std::string_view path) {
    if (path == link) return;
    for (const char* method : {"GET", "POST", "PUT"}) EXPECT_GE(life.http(method, std::string(path)).status, 400);
  });
  EXPECT_EQ(life.count(incidents::page_acknowledged), 0u);
}

}  // namespace
}  // namespace tocsin::oncall
