// From an alarm to a draft that people can finish, in virtual time.
#include <gmock/gmock.h>

#include "communicate/oncall/rehearsal_test.h"
#include "communicate/updates/updates.h"
#include "learn/reviews/reviews.h"

namespace tocsin::reviews {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// Finds one change, a second after it is asked.
class OneChange final : public incidents::EvidenceSource {
 public:
  explicit OneChange(Executor& executor) : executor_(executor) {}
  std::string name() const override { return "changes"; }
  void gather(const Request& request, Done done) override {
    executor_.post_after(1s, [request, done = std::move(done)]() mutable {
      incidents::Evidence change{.kind = "change", .title = "Change", .summary = "PutParameter /shop/payment/pool by user/ops"};
      change.query = Object{{"service", "cloudtrail"}, {"operation", "LookupEvents"}};
      change.happened = request.opened - 2min;
      done(std::vector<incidents::Evidence>{change});
    });
  }

 private:
  Executor& executor_;
};

struct ReviewStory : testing::Test {
  void SetUp() override {
    ASSERT_TRUE(updates.migrate());
    life.incidents.add_evidence_source(source);
    life.journal.subscribe("updates", [this](const EventEnvelope& event) { return updates.on_event(event); });
    life.journal.subscribe("reviews", [this](const EventEnvelope& event) { return reviews.on_event(event); });
    life.start();
  }
  wire::HttpResponse get(const std::string& path) {
    wire::HttpResponse out;
    reviews.handle({.method = "GET", .target = path, .path = path}, [&](wire::HttpResponse response) { out = std::move(response); });
    life.executor.run_ready();
    return out;
  }

  oncall::Ground ground;
  oncall::Life life{ground};
  OneChange source{life.executor};
  updates::Updates updates{life.state, life.random, life.journal, life.timers, life.incidents};
  bool allowed = true;
  Reviews reviews{life.state, life.incidents, [] { return std::string("https://t.example"); },
                  [this](const wire::HttpRequest&, const Scope&) { return allowed; }};
};

TEST_F(ReviewStory, AResolvedIncidentHasEveryMetricWithItsTwoLinesOfEvidence) {
  const std::string plan = life.plan({life.person("alice")}, {{"tocsin:status-page", "true"}, {"tocsin:component", "Checkout"}});
  const auto started = life.ring(plan);
  life.executor.run_for(90s);
  ASSERT_EQ(ground.mailbox.mails.size(), 1u);
  EXPECT_THAT(ground.mailbox.mails[0].text, HasSubstr("PutParameter /shop/payment/pool by user/ops"))
      << "the page waited a second for the last change";
  life.http("POST", oncall::link_in(ground.mailbox.mails[0].text));
  life.executor.run_for(60s);
  life.alarm_event("OK");
  life.executor.run_for(60s);
  life.run([&] { return life.incidents.update(life.scope, started.arn, {.status = incidents::IncidentStatus::resolved, .by = "alice"}); });
  life.executor.run_for(1s);

  const Review review = life.run([&] { return reviews.draft(*life.incidents.store().find(life.scope, started.arn)); });
  ASSERT_EQ(review.metrics.size(), 5u);
  for (const ReviewMetric& metric : review.metrics) {
    EXPECT_TRUE(metric.length) << metric.name << ": " << metric.missing;
    for (const Pointer* end : {&metric.from_evidence, &metric.to_evidence})
      EXPECT_FALSE(end->event_id.empty() && end->command.empty()) << metric.name << " from " << metric.from << " to " << metric.to;
  }
  EXPECT_EQ(review.metrics[0].length, 40s);
  EXPECT_EQ(review.metrics[1].length, 1s);
  for (const Line& line : review.timeline)
    EXPECT_FALSE(line.evidence.event_id.empty() && line.evidence.command.empty() && line.evidence.words.empty()) << line.text;

  const auto markdown = get("/reviews/" + life.incident(started.arn).id + ".md");
  EXPECT_EQ(markdown.status, 200);
  for (const char* part : {"# Review: Checkout errors", "| Time to detect | 40 s |", "aws cloudtrail lookup-events",
                           "alice acknowledged by the link", "Customers were told (monitoring)", "## Action items"})
    EXPECT_THAT(markdown.body, HasSubstr(part));
  const auto json = parse_json(get("/reviews/" + life.incident(started.arn).id + ".json").body);
  ASSERT_TRUE(json);
  EXPECT_EQ(array_at(*json, "metrics").size(), 5u);

  bool analysis = false;
  for (const auto& item : life.run([&] { return life.incidents.store().related(life.scope, started.arn); }))
    analysis = analysis || (item.type == "ANALYSIS" && text_or(item.value, "url").ends_with(".md"));
  EXPECT_TRUE(analysis);
}

TEST_F(ReviewStory, WhatWentWrongIsAskedForWithItsEvidence) {
  const std::string alice = life.person("alice");
  ground.mailbox.refused.insert("alice@example.org");
  const auto started = life.ring(life.plan({alice}));
  life.executor.run_for(10min);
  const Review review = life.run([&] { return reviews.draft(*life.incidents.store().find(life.scope, started.arn)); });
  std::string wrong;
  for (const Statement& statement : review.went_wrong) wrong += statement.text + '\n';
  EXPECT_THAT(wrong, HasSubstr("A page did not arrive"));
  EXPECT_THAT(wrong, HasSubstr("Nobody acknowledged"));
  EXPECT_FALSE(review.metrics[2].length);
  EXPECT_FALSE(review.metrics[2].missing.empty());
}

TEST_F(ReviewStory, WhoMayNotReadSeesNothing) {
  const auto started = life.ring(life.plan({}));
  life.executor.run_for(1s);
  const std::string path = "/reviews/" + life.incident(started.arn).id + ".md";
  EXPECT_EQ(get(path).status, 200) << "an open incident has a draft too";
  allowed = false;
  EXPECT_EQ(get(path).status, 404);
  for (const char* bad : {"/reviews/", "/reviews/x", "/reviews/x.md", "/reviews/../x.md", "/"}) EXPECT_EQ(get(bad).status, 404) << bad;
}

}  // namespace
}  // namespace tocsin::reviews
