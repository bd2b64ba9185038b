// Weeks: a quiet one, in which nothing happens and nothing grows; and one on call, with many alarms.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <chrono>

#include "scenarios/outage.h"
#include "simulation/seed.h"

namespace tocsin::scenarios {
namespace {

using namespace std::chrono_literals;
using simulation::World;

const int alarms = simulation::long_run() ? 50 : 4;

std::string name_of(int alarm) { return "load-" + std::to_string(alarm); }

void put_load_alarm(World& world, int alarm, const Array& actions) {
  world.call("cloudwatch", "PutMetricAlarm",
             {{"AlarmName", name_of(alarm)},
              {"Namespace", "Week"},
              {"MetricName", "Load"},
              {"Dimensions", Array{Object{{"Name", "Host"}, {"Value", name_of(alarm)}}}},
              {"Statistic", "Maximum"},
              {"Period", 300},
              {"EvaluationPeriods", 1},
              {"Threshold", 90},
              {"ComparisonOperator", "GreaterThanThreshold"},
              {"TreatMissingData", "ignore"},
              {"AlarmActions", actions}});
}

/// One datapoint of each host; those of `loaded` are over the threshold.
void report_load(World& world, const std::set<int>& loaded) {
  Array data;
  for (int i = 0; i < alarms; ++i)
    data.push_back(Object{{"MetricName", "Load"},
                          {"Dimensions", Array{Object{{"Name", "Host"}, {"Value", name_of(i)}}}},
                          {"Value", loaded.contains(i) ? 99 : 40}});
  world.call("cloudwatch", "PutMetricData", {{"Namespace", "Week"}, {"MetricData", std::move(data)}});
}

TEST(Week, AQuietOneRingsNothingAndNothingGrows) {
  World world(21);
  Shop shop(world);
  shop.topic = shop.add_topic("quiet");
  for (int i = 0; i < alarms; ++i) put_load_alarm(world, i, Array{Document(shop.topic)});
  const std::size_t letters = world.mail.all().size();
  std::map<std::string, std::int64_t> after_two_days;
  for (int hour = 0; hour < 7 * 24; ++hour) {
    for (int i = 0; i < 6; ++i) {
      report_load(world, {});
      world.fast_forward(10min);
    }
    if (hour == 48) after_two_days = world.state_rows();
  }
  EXPECT_EQ(world.mail.all().size(), letters);
  EXPECT_TRUE(array_at(world.call("cloudwatch", "DescribeAlarms", {{"StateValue", "ALARM"}}), "MetricAlarms").empty());
  EXPECT_TRUE(array_at(world.call("ssm-incidents", "ListIncidentRecords"), "incidentRecordSummaries").empty());
  for (const auto& [table, rows] : world.state_rows())
    EXPECT_LE(rows, after_two_days[table] + 20) << table << " grows though nothing happens";
}

std::vector<Document> incidents_of(World& world) {
  std::vector<Document> incidents;
  Object input{{"maxResults", 50}};
  while (true) {
    const Document page = world.call("ssm-incidents", "ListIncidentRecords", input);
    for (const Document& each : array_at(page, "incidentRecordSummaries")) incidents.push_back(each);
    const auto token = text_at(page, "nextToken");
    if (!token) return incidents;
    input["nextToken"] = *token;
  }
}

void resolve_incidents(World& world, const std::string& host) {
  for (const Document& incident : incidents_of(world))
    if (text_or(incident, "status") == "OPEN" && text_or(incident, "title").starts_with(host + ' '))
      world.call("ssm-incidents", "UpdateIncidentRecord", {{"arn", text_or(incident, "arn")}, {"status", "RESOLVED"}});
}

TEST(Week, OnCallIsPagedForEveryAlarmAndAnswersAll) {
  for (const std::uint64_t seed : simulation::seeds(31, 1, 10)) {
    SCOPED_TRACE("TOCSIN_SEED=" + std::to_string(seed));
    World world(seed);
    Shop shop(world);
    const std::string person = shop.add_person("ada", ada);
    world.call("ssm-incidents", "CreateReplicationSet", {{"regions", Object{{world.client().region, Object{}}}}});
    std::map<int, std::string> plans;
    for (int i = 0; i < alarms; ++i) {
      const Document plan = world.call("ssm-incidents", "CreateResponsePlan",
                                       {{"name", name_of(i)},
                                        {"incidentTemplate", Object{{"title", name_of(i) + " is loaded"}, {"impact", 3}}},
                                        {"engagements", Array{Document(person)}}});
      put_load_alarm(world, i, Array{*find(plan, "arn")});
    }
    // who is on call presses each link three minutes later
    int acknowledged = 0;
    world.mail.on_letter = [&](const simulation::Letter& letter) {
      const std::string link = letter.link("/a/");
      if (link.empty()) return;
      world.executor.post_after(3min, [&world, &acknowledged, link] {
        world.send(simulation::form_request(link),
                   [&acknowledged](wire::HttpResponse response) { acknowledged += response.status == 200; });
      });
    };
    std::map<int, int> loaded;  // host: reports that it stays loaded
    int outages = 0;
    for (int report = 0; report < 7 * 24 * 6; ++report) {
      std::set<int> now;
      for (auto& [host, left] : loaded)
        if (left-- > 0) now.insert(host);
      std::erase_if(loaded, [](const auto& each) { return each.second < -3; });
      if (world.random.below(20) == 0)
        if (const int host = static_cast<int>(world.random.below(static_cast<std::uint64_t>(alarms))); loaded.emplace(host, 4).second)
          ++outages;
      report_load(world, now);
      world.fast_forward(10min);
      // the loads that are over by now: their alarms are OK again, and their incidents are closed
      for (const auto& [host, left] : loaded)
        if (left == -2) resolve_incidents(world, name_of(host));
    }
    world.fast_forward(1h);
    EXPECT_GT(outages, 20);
    EXPECT_EQ(incidents_of(world).size(), static_cast<std::size_t>(outages));
    EXPECT_GE(acknowledged, outages);
    expect_every_page_settled(world);
  }
}

}  // namespace
}  // namespace tocsin::scenarios
