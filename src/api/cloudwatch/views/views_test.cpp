// A user keeps dashboards and queries, and has a widget drawn.
#include "api/cloudwatch/views/views.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/cloudwatch/service.h"
#include "base/simulated_executor.h"
#include "delivery/timers.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/chunk_metric_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::api {
namespace {
using namespace std::chrono_literals;

const Instant noon = instant_from_ms(1'795'348'800'000);  // 2026-11-22T12:00:00Z

class ViewStory : public testing::Test {
 protected:
  ViewStory() {
    EXPECT_TRUE(metrics.open());
    EXPECT_TRUE(alarms.migrate());
    EXPECT_TRUE(dashboards.migrate());
    cloudwatch::add_views(service, {metrics, alarms, dashboards, random, tokens});
  }
  Reply call(const std::string& operation, Object input) {
    Reply reply;
    for (const Operation& each : service.operations) {
      if (each.name != operation) continue;
      state.submit([&]() -> Result<void> {
        reply = std::get<Handle>(each.handle)({.service = "cloudwatch",
                                               .operation = operation,
                                               .input = std::move(input),
                                               .scope = {"123456789012", "eu-west-1"},
                                               .now = clock.now()});
        return {};
      });
      executor.run_ready();
      return reply;
    }
    return refuse("none", operation);
  }
  Object must(const std::string& operation, Object input) {
    const Reply reply = call(operation, std::move(input));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().code + ": " + reply.error().message);
    return reply ? reply->as_object() : Object{};
  }
  std::string refused(const std::string& operation, Object input) {
    const Reply reply = call(operation, std::move(input));
    return reply ? "nothing" : reply.error().code + ": " + reply.error().message;
  }

  ManualClock clock{noon};
  SimulatedExecutor executor{clock};
  SeededRandom random{1};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  std::unique_ptr<storage::Database> telemetry_database = storage::open_memory_database();
  telemetry::MemoryIngestLog log;
  telemetry::ChunkMetricStore metrics{executor, *telemetry_database, log};
  detect::MetricAlarmData data{metrics};
  storage::StateExecutor state{executor, *database};
  delivery::Timers timers{state};
  detect::Alarms alarms{state, random, timers, [](EventEnvelope) { return std::string(); }, data};
  telemetry::Dashboards dashboards{*database};
  ListTokens tokens{[](const Call&, std::string_view key) { return "sealed " + std::string(key); },
                    [](const Call&, std::string_view token) { return std::optional<std::string>(token.substr(7)); }};
  Service service = make_cloudwatch_service(metrics, alarms, tokens);
};

TEST_F(ViewStory, ADashboardIsKeptListedTaggedAndDeleted) {
  const std::string body = R"({"widgets": [{"type":"text","x":0,"y":7,"width":3,"height":3,"properties":{"markdown":"Hello world"}}]})";
  EXPECT_EQ(to_json(must("PutDashboard",
                         {{"DashboardName", "shop"}, {"DashboardBody", body}, {"Tags", Array{Object{{"Key", "team"}, {"Value", "pay"}}}}})),
            R"({"DashboardValidationMessages":[]})");
  const std::string arn = "arn:aws:cloudwatch::123456789012:dashboard/shop";
  EXPECT_EQ(must("GetDashboard", {{"DashboardName", "shop"}})["DashboardBody"], Document(body));
  EXPECT_EQ(to_json(must("ListDashboards", {{"DashboardNamePrefix", "sh"}})),
            R"({"DashboardEntries":[{"DashboardName":"shop","DashboardArn":")" + arn + R"(","LastModified":1795348800000000000,"Size":)" +
                std::to_string(body.size()) + "}]}");
  must("TagResource", {{"ResourceARN", arn}, {"Tags", Array{Object{{"Key", "stage"}, {"Value", "prod"}}}}});
  must("UntagResource", {{"ResourceARN", arn}, {"TagKeys", Array{"team"}}});
  EXPECT_EQ(to_json(must("ListTagsForResource", {{"ResourceARN", arn}})), R"({"Tags":[{"Key":"stage","Value":"prod"}]})");
  EXPECT_EQ(refused("DeleteDashboards", {{"DashboardNames", Array{"shop", "none"}}}),
            "DashboardNotFoundError: The specified dashboard does not exist. [none]");
  must("DeleteDashboards", {{"DashboardNames", Array{"shop"}}});
  EXPECT_EQ(refused("GetDashboard", {{"DashboardName", "shop"}}), "DashboardNotFoundError: Dashboard shop does not exist");
}

TEST_F(ViewStory, ABadBodyIsRefusedWithAllItsFaults) {
  EXPECT_EQ(refused("PutDashboard", {{"DashboardName", "d"}, {"DashboardBody", "text"}}),
            "DashboardInvalidInputError: The field DashboardBody must be a valid JSON object");
  const Reply reply = call("PutDashboard", {{"DashboardName", "d"}, {"DashboardBody", R"({"widgets":[{"type":"text","properties":{}}]})"}});
  ASSERT_FALSE(reply);
  EXPECT_EQ(
      to_json(reply.error().members),
      R"({"dashboardValidationMessages":[{"DataPath":"/widgets/0/properties","Message":"Should have required property 'markdown'"}]})");
  EXPECT_EQ(refused("PutDashboard", {{"DashboardName", "a b"}, {"DashboardBody", "{}"}}).substr(0, 30), "InvalidParameterValueException");
}

TEST_F(ViewStory, AQueryDefinitionIsKept) {
  const Object put = must("PutMetricDataQueryDefinition", {{"Path", "team/latency"}, {"Expression", "m1 * 2"}, {"Type", "METRIC_MATH"}});
  const std::string id(put.at("Id").as_string());
  EXPECT_EQ(must("GetMetricDataQueryDefinition", {{"Id", id}}), put);
  EXPECT_EQ(refused("PutMetricDataQueryDefinition", {{"Path", "team/latency"}, {"Expression", "x"}, {"Type", "SQL"}}).substr(0, 17),
            "ConflictException");
  EXPECT_EQ(must("PutMetricDataQueryDefinition", {{"Id", id}, {"Path", "team/p99"}, {"Expression", "x"}, {"Type", "SQL"}})["CreatedAt"],
            put.at("CreatedAt"));
  EXPECT_EQ(must("ListMetricDataQueryDefinitions", {})["Items"].as_array().size(), 1u);
  must("DeleteMetricDataQueryDefinition", {{"Id", id}});
  EXPECT_EQ(refused("GetMetricDataQueryDefinition", {{"Id", id}}).substr(0, 25), "ResourceNotFoundException");
}

TEST_F(ViewStory, AWidgetIsDrawn) {
  Array points;
  for (int i = 0; i < 60; ++i)
    points.emplace_back(Object{{"MetricName", "Load"}, {"Value", i * 1.0}, {"Timestamp", to_ns(noon - 1h + i * 1min)}});
  must("PutMetricData", {{"Namespace", "Shop"}, {"MetricData", std::move(points)}});
  const Object image = must("GetMetricWidgetImage", {{"MetricWidget", R"x({"metrics":[["Shop","Load"],[{"expression":"FILL(m1,0)","id":"e1"}],
      ["Shop","Load",{"id":"m1","stat":"Maximum"}]],"title":"Load","start":"-PT1H","period":60})x"}});
  EXPECT_EQ(std::string_view(image.at("MetricWidgetImage").as_string()).substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(refused("GetMetricWidgetImage", {{"MetricWidget", "{}"}}),
            "ValidationError: Invalid metric widget: metrics must have from 1 to 100 elements");
}

}  // namespace
}  // namespace tocsin::api
