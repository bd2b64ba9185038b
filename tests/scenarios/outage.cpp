#include "scenarios/outage.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>

namespace tocsin::scenarios {
namespace {

using namespace std::chrono_literals;
using simulation::World;

Array status_updates(World& world) {
  const auto answer = world.get("/status/api/v2/incidents.json");
  const auto json = parse_json(answer.body.empty() ? "{}" : answer.body);
  if (answer.status != 200 || !json) return {};
  const Array& incidents = array_at(*json, "incidents");
  return incidents.empty() ? Array{} : array_at(incidents[0], "incident_updates");
}

bool customers_know_the_end(World& world) {
  const Array updates = status_updates(world);
  return std::any_of(updates.begin(), updates.end(), [](const Document& each) { return text_or(each, "status") == "resolved"; });
}

// what a person does with the link of a page: presses the button, again if the server does not answer
bool press(World& world, const std::string& link) {
  const auto answer = world.post_form(link);
  return answer.status == 200 || answer.status == 410;
}

std::string execution_of(World& world) {
  const Document answer = world.call("ssm", "DescribeAutomationExecutions");
  const Array& executions = array_at(answer, "AutomationExecutionMetadataList");
  EXPECT_EQ(executions.size(), 1u) << "one incident starts one runbook";
  return executions.empty() ? "" : text_or(executions[0], "AutomationExecutionId");
}

std::vector<Document> pages_of(World& world, const Object& by_incident) {
  std::vector<Document> pages;
  const Document engagements = world.call("ssm-contacts", "ListEngagements", by_incident);
  for (const Document& engagement : array_at(engagements, "Engagements")) {
    const Document listed = world.call("ssm-contacts", "ListPagesByEngagement", {{"EngagementId", text_or(engagement, "EngagementArn")}});
    for (const Document& page : array_at(listed, "Pages")) pages.push_back(page);
  }
  return pages;
}

std::set<std::string> receipts_of(World& world, const Document& page) {
  std::set<std::string> types;
  const Document answer = world.call("ssm-contacts", "ListPageReceipts", {{"PageId", text_or(page, "PageArn")}});
  for (const Document& receipt : array_at(answer, "Receipts")) types.insert(text_or(receipt, "ReceiptType"));
  return types;
}

}  // namespace

Outage live_through_outage(World& world, Shop& shop, const std::function<void()>& after_fault) {
  Outage outage;
  shop.open();
  world.fast_forward(10min);
  EXPECT_EQ(shop.alarm_state(), "OK");
  shop.break_it();
  outage.broke_at = world.now();
  outage.disk_operations = world.disk.operations();
  after_fault();
  EXPECT_TRUE(world.wait_until([&] { return !world.mail.find(ben, "", outage.broke_at).empty(); }, 15min, 5s))
      << "nobody answers, so the second person is paged";
  const auto pages = world.mail.find(ben, "", outage.broke_at);
  if (pages.empty()) return outage;
  const std::string link = pages.front().link("/a/");
  world.get(link);  // a mail scanner follows the link, which acknowledges nothing
  EXPECT_TRUE(world.wait_until([&] { return press(world, link); }, 1min)) << "the link acknowledges";
  EXPECT_TRUE(world.wait_until([&] { return customers_know_the_end(world); }, 30min, 10s)) << "the outage ends";
  world.fast_forward(2min);
  shop.close();
  world.fast_forward(30s);
  outage.over_at = world.now();
  outage.disk_operations = world.disk.operations() - outage.disk_operations;
  outage.incident_arn = shop.incident_arn();
  outage.execution_id = execution_of(world);
  return outage;
}

void expect_detected_and_told(World& world, Shop& shop, const Outage& outage) {
  EXPECT_EQ(shop.alarm_state(), "OK");
  for (const char* state : {"ALARM:", "OK:"}) {
    std::set<std::string> parcels;
    for (const auto& letter : world.mail.find(team, state, outage.broke_at)) parcels.insert(letter.parcel_id);
    EXPECT_EQ(parcels.size(), 1u) << state << " is told by one mail";
  }
  std::set<std::string> messages;
  for (const auto& hook : world.webhooks.received(hook_url, "Notification")) {
    const auto message = parse_json(text_or(hook.json, "Message"));
    if (!message || hook.at < outage.broke_at || text_or(*message, "NewStateValue") != "ALARM") continue;
    messages.insert(text_or(hook.json, "MessageId"));
    const auto certificate = world.get(text_or(hook.json, "SigningCertURL"));
    EXPECT_TRUE(simulation::notification_signature_holds(hook.json, certificate.body));
  }
  EXPECT_EQ(messages.size(), 1u) << "one signed notification by webhook";
}

void expect_people_paged(World& world, const Outage& outage) {
  const auto to_ada = world.mail.find(ada, "", outage.broke_at), to_ben = world.mail.find(ben, "", outage.broke_at);
  ASSERT_FALSE(to_ada.empty());
  ASSERT_FALSE(to_ben.empty());
  EXPECT_LT(to_ada.front().at, to_ben.front().at);
  int read = 0;
  for (const Document& page : pages_of(world, {{"IncidentId", outage.incident_arn}}))
    read += static_cast<int>(receipts_of(world, page).count("READ"));
  EXPECT_EQ(read, 1) << "one page was acknowledged";
}

void expect_rolled_back_once(World& world, Shop& shop, const Outage& outage) {
  const Document answer = world.call("ssm", "GetAutomationExecution", {{"AutomationExecutionId", outage.execution_id}});
  const Document& execution = *find(answer, "AutomationExecution");
  EXPECT_EQ(text_or(execution, "AutomationExecutionStatus"), "Success") << text_or(execution, "FailureMessage") << to_json(execution);
  std::map<std::string, int> steps;
  for (const Document& step : array_at(execution, "StepExecutions"))
    if (text_or(step, "StepStatus") == "Success") ++steps[text_or(step, "StepName")];
  for (const char* name : {"rollBack", "restart", "waitUntilOk", "resolve"}) EXPECT_EQ(steps[name], 1) << name;
  const Document history = world.call("ssm", "GetParameterHistory", {{"Name", pool_parameter}});
  std::string values;
  for (const Document& version : array_at(history, "Parameters")) values += text_or(version, "Value") + ' ';
  EXPECT_EQ(values, "8 1 8 ") << "set, changed, rolled back once";
  const auto& runs = shop.host->runs();
  const auto evidence = std::find_if(runs.begin(), runs.end(), [](const auto& run) { return run.document_name == "Tocsin-KeepEvidence"; });
  const auto restart = std::find_if(runs.begin(), runs.end(), [](const auto& run) { return run.document_name == "AWS-RunShellScript"; });
  ASSERT_TRUE(evidence != runs.end() && restart != runs.end());
  EXPECT_LT(evidence->started_at, restart->started_at) << "evidence is kept before anything is changed on the host";
  EXPECT_EQ(std::count_if(runs.begin(), runs.end(), [](const auto& run) { return run.document_name == "AWS-RunShellScript"; }), 1)
      << "restarted once";
}

void expect_customers_told(World& world) {
  std::map<std::string, int> states;
  const Array updates = status_updates(world);
  for (const Document& update : updates) ++states[text_or(update, "status")];
  for (const char* state : {"investigating", "identified", "monitoring", "resolved"}) EXPECT_EQ(states[state], 1) << state;
}

void expect_review(World& world, const Outage& outage) {
  const std::string id = outage.incident_arn.substr(outage.incident_arn.rfind('/') + 1);
  const auto answer = world.signed_get("/reviews/" + id + ".json", "ssm-incidents");
  ASSERT_EQ(answer.status, 200);
  const Document review = *parse_json(answer.body);
  std::map<std::string, std::optional<double>> seconds;
  for (const Document& metric : array_at(review, "metrics")) seconds[text_or(metric, "key")] = number_at(metric, "seconds");
  for (const char* key : {"timeToDetect", "timeToEngage", "timeToAcknowledge", "timeToMitigate", "timeToResolve"})
    EXPECT_TRUE(seconds[key].has_value()) << key;
  EXPECT_FALSE(array_at(review, "timeline").empty());
  for (const Document& line : array_at(review, "timeline")) EXPECT_TRUE(find(line, "evidence")) << to_json(line);
  const auto markdown = world.signed_get("/reviews/" + id + ".md", "ssm-incidents");
  EXPECT_EQ(markdown.status, 200);
}

void expect_nothing_acknowledged_lost(Shop& shop) {
  const double counted = shop.visits_counted();
  EXPECT_GE(counted, shop.visits_acknowledged() - shop.visits_at_risk());
  EXPECT_LE(counted, shop.visits_sent());
}

void expect_every_page_settled(World& world) {
  for (const Document& page : pages_of(world, {})) {
    const auto receipts = receipts_of(world, page);
    EXPECT_TRUE(receipts.contains("DELIVERED") || receipts.contains("ERROR") || receipts.contains("STOP")) << to_json(page);
  }
}

}  // namespace tocsin::scenarios
