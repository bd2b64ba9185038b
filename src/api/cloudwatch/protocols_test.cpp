// The same operations as clients send them: query, JSON 1.0, CBOR, through the dispatcher and the service's model.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/cloudwatch/service.h"
#include "api/dispatch/dispatcher.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/chunk_metric_store.h"
#include "telemetry/metrics/memory_ingest_log.h"
#include "telemetry/metrics/self_metrics_recorder.h"
#include "wire/aws/cbor_items.h"
#include "wire/aws/request_of_test.h"

namespace tocsin::api {
namespace {
using namespace wire::test;
using testing::HasSubstr;

const Instant noon = instant_from_ms(1'795'348'800'000);  // 2026-11-22T12:00:00Z

class OpenGate final : public Gate {
 public:
  std::expected<Caller, ServiceError> authenticate(const wire::HttpRequest&, std::string_view) override {
    return Caller{{.account = "000000000000"}, {"000000000000", "eu-west-1"}};
  }
  std::expected<void, ServiceError> authorize(const Call&) override { return {}; }
};

class NoRecorder final : public Recorder {
 public:
  void record(const Call&, const Reply&) override {}
};

class CloudWatchProtocols : public ::testing::Test {
 protected:
  CloudWatchProtocols() {
    EXPECT_TRUE(metrics.open());
    EXPECT_TRUE(timers.migrate());
    EXPECT_TRUE(alarms.migrate());
  }

  wire::HttpResponse send(wire::HttpRequest request) {
    std::optional<wire::HttpResponse> answered;
    dispatcher.handle(signed_for(std::move(request), "monitoring"), [&](wire::HttpResponse response) { answered = std::move(response); });
    executor.run_ready();
    return answered.value_or(wire::HttpResponse{.status = 0});
  }
  wire::HttpResponse json(const std::string& operation, std::string body) {
    return send(json_call("GraniteServiceVersion20100801." + operation, std::move(body)));
  }
  wire::HttpResponse query(const std::string& form) { return send(query_call(form + "&Version=2010-08-01")); }
  wire::HttpResponse cbor(const std::string& operation, std::string body) {
    return send(cbor_call("GraniteServiceVersion20100801", operation, std::move(body)));
  }

  ManualClock clock{noon};
  SimulatedExecutor executor{clock};
  SeededRandom random{1};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  std::unique_ptr<storage::Database> telemetry_database = storage::open_memory_database();
  telemetry::MemoryIngestLog log;
  telemetry::ChunkMetricStore metrics{executor, *telemetry_database, log};
  telemetry::SelfMetricsRecorder self_metrics{executor, metrics};
  detect::MetricAlarmData data{metrics};
  storage::StateExecutor state{executor, *database};
  delivery::Timers timers{state};
  detect::Alarms alarms{state, random, timers, [](EventEnvelope) { return std::string(); }, data};
  OpenGate gate;
  NoRecorder recorder;
  Dispatcher dispatcher{
      {.models = embedded_models(), .state = state, .gate = gate, .recorder = recorder, .random = random, .metrics = self_metrics},
      {make_cloudwatch_service(metrics, alarms,
                               {[](const Call&, std::string_view key) { return std::string(key); },
                                [](const Call&, std::string_view token) { return std::optional<std::string>(token); }})}};
};

TEST_F(CloudWatchProtocols, APointOfEachIsOneMetric) {
  EXPECT_EQ(
      json(
          "PutMetricData",
          R"({"Namespace":"Shop","MetricData":[{"MetricName":"Errors","Value":1,"Timestamp":1795348790,"Dimensions":[{"Name":"Service","Value":"pay"}]}]})")
          .status,
      200);
  EXPECT_EQ(query("Action=PutMetricData&Namespace=Shop&MetricData.member.1.MetricName=Errors&MetricData.member.1.Value=2&MetricData.member."
                  "1.Timestamp=2026-11-22T11:59:50Z"
                  "&MetricData.member.1.Dimensions.member.1.Name=Service&MetricData.member.1.Dimensions.member.1.Value=pay")
                .status,
            200);
  std::string body;
  wire::CborWriter out(body);
  out.map(2), out.text("Namespace"), out.text("Shop"), out.text("MetricData"), out.array(1), out.map(4);
  out.text("MetricName"), out.text("Errors"), out.text("Value"), out.real(4), out.text("Timestamp"), out.tag(1), out.real(1795348790.5);
  out.text("Dimensions"), out.array(1), out.map(2), out.text("Name"), out.text("Service"), out.text("Value"), out.text("pay");
  EXPECT_EQ(cbor("PutMetricData", body).status, 200);

  const std::string read =
      R"({"MetricDataQueries":[{"Id":"m1","MetricStat":{"Metric":{"Namespace":"Shop","MetricName":"Errors","Dimensions":[{"Name":"Service","Value":"pay"}]},)"
      R"("Period":60,"Stat":"Sum"}}],"StartTime":1795348200,"EndTime":1795348800})";
  EXPECT_EQ(
      json("GetMetricData", read).body,
      R"({"MetricDataResults":[{"Id":"m1","Label":"Errors","Timestamps":[1795348740],"Values":[7.0],"StatusCode":"Complete"}],"Messages":[]})");
  EXPECT_THAT(query("Action=GetMetricStatistics&Namespace=Shop&MetricName=Errors&Dimensions.member.1.Name=Service&Dimensions.member.1."
                    "Value=pay&Period=60&Statistics.member.1=Sum"
                    "&StartTime=2026-11-22T11:00:00Z&EndTime=2026-11-22T12:00:00Z")
                  .body,
              HasSubstr("<member><Timestamp>2026-11-22T11:59:00Z</Timestamp><Sum>7.0</Sum><Unit>None</Unit></member>"));
}

TEST_F(CloudWatchProtocols, AnAlarmIsMadeAndReadByEach) {
  EXPECT_EQ(query("Action=PutMetricAlarm&AlarmName=slow&Namespace=Shop&MetricName=Latency&ExtendedStatistic=p99&Period=60&"
                  "EvaluationPeriods=3&Threshold=0.5"
                  "&ComparisonOperator=GreaterThanThreshold&AlarmActions.member.1=arn:aws:sns:eu-west-1:000000000000:ops")
                .status,
            200);
  EXPECT_THAT(query("Action=DescribeAlarms").body, HasSubstr("<ExtendedStatistic>p99</ExtendedStatistic>"));
  EXPECT_THAT(json("DescribeAlarms", "{}").body,
              HasSubstr(R"("StateReason":"Unchecked: Initial alarm creation","StateUpdatedTimestamp":1795348800)"));
  const wire::HttpResponse response = cbor("DescribeAlarms", "");
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("Unchecked: Initial alarm creation"));
  EXPECT_THAT(json("DescribeAlarmHistory", "{}").body, HasSubstr(R"("HistorySummary":"Alarm \"slow\" created")"));
}

TEST_F(CloudWatchProtocols, ErrorsHaveTheServicesCodes) {
  const wire::HttpResponse by_query = query(
      "Action=PutMetricData&Namespace=Shop&MetricData.member.1.MetricName=Errors&MetricData.member.1.Value=1&MetricData.member.1.Timestamp="
      "2020-01-01T00:00:00Z");
  EXPECT_EQ(by_query.status, 400);
  EXPECT_THAT(by_query.body, HasSubstr("<Code>InvalidParameterValue</Code>"));
  const wire::HttpResponse by_json = json("DeleteAlarms", R"({"AlarmNames":["none"]})");
  EXPECT_EQ(by_json.status, 404);
  EXPECT_THAT(by_json.body, HasSubstr("ResourceNotFound"));
  EXPECT_EQ(json("PutDashboard", R"({"DashboardName":"d","DashboardBody":"{}"})").status, 501);
}

}  // namespace
}  // namespace tocsin::api
