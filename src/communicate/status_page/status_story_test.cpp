// Stories in virtual time: an incident's states become what customers read.
#include <gmock/gmock.h>

#include <fstream>

#include "communicate/oncall/rehearsal_test.h"
#include "communicate/status_page/status_page.h"
#include "fuzz/mutate.h"

namespace tocsin::status_page {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

struct StatusStory : testing::Test {
  void SetUp() override {
    ASSERT_TRUE(updates.migrate());
    life.journal.subscribe("updates", [this](const EventEnvelope& event) { return updates.on_event(event); });
    life.start();
    page.start();
    life.executor.run_ready();
    plan = life.plan({}, {{"tocsin:status-page", "true"}, {"tocsin:component", "Checkout, Payments"}});
  }
  wire::HttpResponse get(const std::string& path, const std::string& method = "GET") {
    wire::HttpResponse out;
    page.handle({.method = method, .target = path, .path = path}, [&](wire::HttpResponse response) { out = std::move(response); });
    life.executor.run_ready();
    return out;
  }
  Document json(const std::string& path) {
    const auto response = get("/status/api/v2/" + path);
    EXPECT_EQ(response.status, 200) << path;
    return *parse_json(response.body);
  }
  std::vector<std::string> states() {
    std::vector<std::string> out;
    const Document all = json("incidents.json");
    for (const Document& incident : array_at(all, "incidents"))
      for (const Document& post : array_at(incident, "incident_updates")) out.push_back(text_or(post, "status"));
    std::ranges::reverse(out);
    return out;
  }

  oncall::Ground ground;
  oncall::Life life{ground};
  updates::Updates updates{life.state, life.random, life.journal, life.timers, life.incidents};
  std::map<std::string, std::string> copy;
  StatusPage page{life.state,
                  updates,
                  {life.scope, "Shop status", [] { return std::string("https://t.example"); }},
                  [this](const std::string& path, const std::string& content) -> Result<void> {
                    copy[path] = content;
                    return {};
                  }};
  std::string plan;
};

TEST_F(StatusStory, AnOutageFromTheFirstWordToTheLast) {
  EXPECT_THAT(get("/status/").body, HasSubstr("All Systems Operational"));
  const auto started = life.ring(plan);
  life.executor.run_for(1s);
  EXPECT_THAT(get("/status/").body, HasSubstr("Partial System Outage"));
  EXPECT_THAT(get("/status/").body, HasSubstr("Errors or slow answers in Checkout for some customers since"));
  EXPECT_THAT(get("/status/").body, Not(HasSubstr("alarm"))) << "no inner names";
  life.executor.run_for(2min);
  life.run([&] { return life.incidents.signal(life.scope, started.arn, incidents::CustomerSignal::cause_found, "the pool", ""); });
  life.executor.run_for(1min);
  life.alarm_event("OK");
  life.executor.run_for(1min);
  EXPECT_THAT(get("/status/").body, HasSubstr("All Systems Operational")) << "a fix is watched";
  life.run([&] { return life.incidents.update(life.scope, started.arn, {.status = incidents::IncidentStatus::resolved, .by = "a"}); });
  life.executor.run_for(1s);
  EXPECT_THAT(states(), ElementsAre("investigating", "identified", "monitoring", "resolved"));
  EXPECT_THAT(get("/status/").body, HasSubstr("Resolved "));
  EXPECT_EQ(copy.at("index.html").substr(0, 15), "<!doctype html>");
  EXPECT_EQ(text_or(object_at(json("status.json"), "status"), "indicator"), "none");
  EXPECT_THAT(array_at(json("incidents/unresolved.json"), "incidents"), SizeIs(0));
}

TEST_F(StatusStory, APromiseThatIsNotKeptIsAnEvent) {
  const auto started = life.ring(plan);
  life.executor.run_for(4min);
  EXPECT_EQ(life.count(incidents::update_overdue), 0u);
  life.executor.run_for(2min);
  EXPECT_EQ(life.count(incidents::update_overdue), 1u);
  EXPECT_THAT(life.timeline(started.arn), testing::Contains(HasSubstr("is due and was not posted")));
  ASSERT_TRUE(life.run([&] { return updates.post(life.scope, started.arn, "Card payments fail; cash works.", std::nullopt); }));
  life.executor.run_for(19min);
  EXPECT_EQ(life.count(incidents::update_overdue), 1u);
  EXPECT_THAT(get("/status/").body, HasSubstr("Card payments fail; cash works."));
}

TEST_F(StatusStory, WhatIsNotMarkedPublicStaysInside) {
  const std::string inner = life.run([&] {
    return life.incidents.plans()
        .create(life.scope, "inner", Object{{"incidentTemplate", Object{{"title", "secret host"}, {"impact", 1}}}}, {})
        ->arn;
  });
  life.ring(inner, "other");
  life.executor.run_for(1s);
  EXPECT_THAT(array_at(json("incidents.json"), "incidents"), SizeIs(0));
}

TEST_F(StatusStory, StatuspageClientsFindWhatTheyExpect) {
  life.ring(plan);
  life.executor.run_for(1s);
  const Document summary = json("summary.json");
  EXPECT_EQ(text_or(object_at(summary, "status"), "indicator"), "major");
  ASSERT_THAT(array_at(summary, "components"), SizeIs(2));
  EXPECT_EQ(text_or(array_at(summary, "components")[0], "status"), "partial_outage");
  const Document& incident = array_at(summary, "incidents").at(0);
  EXPECT_EQ(text_or(incident, "impact"), "major");
  EXPECT_THAT(array_at(incident, "components"), SizeIs(2));
  life.run([&] {
    return updates.plan_maintenance(
        life.scope, {.name = "Database", .body = "Short pauses", .from = life.executor.now() + 1h, .to = life.executor.now() + 2h});
  });
  life.executor.run_for(10s);
  EXPECT_THAT(array_at(json("scheduled-maintenances/upcoming.json"), "scheduled_maintenances"), SizeIs(1));
  EXPECT_THAT(array_at(json("scheduled-maintenances/active.json"), "scheduled_maintenances"), SizeIs(0));
  life.executor.run_for(1h);
  EXPECT_THAT(array_at(json("scheduled-maintenances/active.json"), "scheduled_maintenances"), SizeIs(1));
  for (const char* feed : {"history.rss", "history.atom"})
    EXPECT_THAT(get(std::string("/status/") + feed).body, HasSubstr("Errors or slow answers in Checkout"));
}

TEST_F(StatusStory, ThePageIsSmallAndRunsNoScriptAfterAHardMonth) {
  for (int i = 0; i < 60; ++i) {
    const auto started = life.ring(plan, "alarm-" + std::to_string(i));
    life.executor.run_for(1min);
    life.alarm_event("OK", "alarm-" + std::to_string(i));
    life.executor.run_for(1min);
    life.run([&] { return life.incidents.update(life.scope, started.arn, {.status = incidents::IncidentStatus::resolved, .by = "a"}); });
    life.executor.run_for(12h);
  }
  life.ring(plan, "now");
  life.executor.run_for(3s);
  const std::string body = get("/status/").body;
  EXPECT_LT(body.size(), 50u * 1024);
  EXPECT_THAT(body, Not(HasSubstr("<script")));
  if (const char* out = std::getenv("TOCSIN_STATUS_PAGE_OUT")) std::ofstream(out) << body;
}

TEST_F(StatusStory, HtmlInATagIsText) {
  const std::string rude = life.run([&] {
    return life.incidents.plans()
        .create(life.scope, "rude", Object{{"incidentTemplate", Object{{"title", "x"}, {"impact", 1}}}},
                {{"tocsin:status-page", "true"}, {"tocsin:component", "<script>alert(1)</script>"}, {"tocsin:symptom", "]]><b>&"}})
        ->arn;
  });
  life.ring(rude, "rude");
  life.executor.run_for(3s);
  for (const auto& [path, content] : copy) {
    if (path.ends_with(".json")) continue;
    EXPECT_THAT(content, Not(HasSubstr("<script>alert"))) << path;
  }
}

// Fuzz: any path and method. Invariants: an answer, and 200 for known paths alone.
TEST_F(StatusStory, AnyPathIsAnswered) {
  EXPECT_EQ(get("/status").status, 301);
  EXPECT_EQ(get("/status/", "POST").status, 405);
  EXPECT_EQ(get("/status/", "HEAD").status, 200);
  fuzz::mutate({"/status/", "/status/incidents/abc.html", "/status/api/v2/summary.json", "/status/../../etc/passwd"}, 1000,
               [&](std::string_view path) {
                 const auto response = get(std::string(path));
                 EXPECT_TRUE(response.status == 200 || response.status == 301 || response.status == 404) << path;
               });
}

}  // namespace
}  // namespace tocsin::status_page
