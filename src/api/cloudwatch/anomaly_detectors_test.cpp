// Stories of the operations of anomaly detectors.
#include "api/cloudwatch/anomaly_detectors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "api/cloudwatch/service.h"
#include "api/cloudwatch/whole_answer_test.h"
#include "base/simulated_executor.h"
#include "delivery/timers.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/chunk_metric_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::api {
namespace {

using namespace std::chrono_literals;

class AnomalyDetectorOperations : public ::testing::Test {
 protected:
  const Scope scope{"123456789012", "eu-west-1"};
  ManualClock clock{instant_from_ms(1'795'348'800'000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{1};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  std::unique_ptr<storage::Database> telemetry_database = storage::open_memory_database();
  telemetry::MemoryIngestLog log;
  telemetry::ChunkMetricStore metrics{executor, *telemetry_database, log};
  storage::StateExecutor state{executor, *database};
  detect::MetricAlarmData data{metrics};
  delivery::Timers timers{state};
  detect::Alarms alarms{state, random, timers, [](EventEnvelope) { return std::string(); }, data};
  detect::AnomalyDetectors anomalies{state, random, metrics, [](EventEnvelope) { return std::string(); }};
  Service service = make_cloudwatch_service(metrics, alarms,
                                            {[](const Call&, std::string_view key) { return std::string(key); },
                                             [](const Call&, std::string_view token) { return std::optional(std::string(token)); }},
                                            {.bands = &anomalies}, &anomalies);

  void SetUp() override {
    ASSERT_TRUE(metrics.open());
    ASSERT_TRUE(alarms.migrate());
    ASSERT_TRUE(anomalies.migrate());
  }
  Reply call(const char* operation, Object input) {
    const auto found =
        std::find_if(service.operations.begin(), service.operations.end(), [&](const Operation& each) { return each.name == operation; });
    Reply reply = refuse("NeverRan", "");
    Call call;
    call.service = "cloudwatch";
    call.operation = operation;
    call.scope = scope;
    call.input = std::move(input);
    call.now = clock.now();
    state.submit([&]() -> Result<void> {
      reply = std::get<Handle>(found->handle)(call);
      return {};
    });
    executor.run_ready();
    return whole_answer(std::move(reply), operation);
  }
  std::string refusal(const char* operation, Object input) {
    const Reply reply = call(operation, std::move(input));
    return reply ? "accepted" : reply.error().code;
  }
  static Object metric(const char* stat = "Average") { return {{"Namespace", "Shop"}, {"MetricName", "Latency"}, {"Stat", stat}}; }
};

TEST_F(AnomalyDetectorOperations, WhatIsPutIsDescribedAndDeleted) {
  const Reply put = call("PutAnomalyDetector", {{"SingleMetricAnomalyDetector", metric()}});
  ASSERT_TRUE(put) << put.error().message;
  const std::string id = text_or(*put, "AnomalyDetectorId");
  const Document described = *call("DescribeAnomalyDetectors", {});
  const Array& list = array_at(described, "AnomalyDetectors");
  ASSERT_EQ(list.size(), 1u);
  EXPECT_EQ(text_or(list[0], "AnomalyDetectorId"), id);
  EXPECT_EQ(text_or(list[0], "MetricName"), "Latency");
  EXPECT_EQ(text_or(*find(list[0], "SingleMetricAnomalyDetector"), "Stat"), "Average");
  EXPECT_EQ(text_or(list[0], "StateValue"), "PENDING_TRAINING");
  EXPECT_TRUE(call("DeleteAnomalyDetector", metric()));
  EXPECT_EQ(refusal("DeleteAnomalyDetector", metric()), "ResourceNotFoundException");
  EXPECT_EQ(refusal("DeleteAnomalyDetector", {{"AnomalyDetectorId", id}}), "ResourceNotFoundException");
}

TEST_F(AnomalyDetectorOperations, ListsAreFilteredAndPaged) {
  for (const char* stat : {"Average", "p99", "Sum"}) ASSERT_TRUE(call("PutAnomalyDetector", metric(stat)));
  const Object query{{"Id", "m1"}, {"MetricStat", Object{{"Metric", metric()}, {"Period", 300}, {"Stat", "Sum"}}}};
  ASSERT_TRUE(call("PutAnomalyDetector", {{"MetricMathAnomalyDetector", Object{{"MetricDataQueries", Array{query}}}}}));
  const auto count = [&](Object input) {
    const Document described = *call("DescribeAnomalyDetectors", std::move(input));
    return array_at(described, "AnomalyDetectors").size();
  };
  EXPECT_EQ(count({}), 3u);
  EXPECT_EQ(count({{"AnomalyDetectorTypes", Array{"METRIC_MATH"}}}), 1u);
  EXPECT_EQ(count({{"AnomalyDetectorTypes", Array{"METRIC_MATH", "SINGLE_METRIC"}}}), 4u);
  EXPECT_EQ(count({{"Namespace", "Other"}}), 0u);
  EXPECT_EQ(count({{"Dimensions", Array{Object{{"Name", "Host"}, {"Value", "a"}}}}}), 0u);
  const Document page = *call("DescribeAnomalyDetectors", {{"MaxResults", 2}});
  EXPECT_EQ(array_at(page, "AnomalyDetectors").size(), 2u);
  EXPECT_EQ(count({{"MaxResults", 2}, {"NextToken", text_or(page, "NextToken")}}), 1u);
}

TEST_F(AnomalyDetectorOperations, WhatIsWrongIsSaidInTheServicesCodes) {
  EXPECT_EQ(refusal("PutAnomalyDetector", {}), "MissingRequiredParameterException");
  EXPECT_EQ(refusal("PutAnomalyDetector", {{"Namespace", "Shop"}, {"SingleMetricAnomalyDetector", metric()}}),
            "InvalidParameterCombinationException");
  const auto configured = [&](Object configuration) {
    return refusal("PutAnomalyDetector", {{"SingleMetricAnomalyDetector", metric()}, {"Configuration", std::move(configuration)}});
  };
  EXPECT_EQ(configured({{"MetricTimezone", "Europe/Nowhere"}}), "InvalidParameterValueException");
  EXPECT_EQ(configured({{"ExcludedTimeRanges", Array{Object{{"StartTime", 5}, {"EndTime", 5}}}}}), "InvalidParameterValueException");
  EXPECT_EQ(configured({{"MetricTimezone", "Europe/Berlin"}}), "accepted");
  const Object search{{"Id", "e1"}, {"Expression", "SEARCH('{Shop} Latency', 'Average')"}};
  EXPECT_EQ(refusal("PutAnomalyDetector", {{"MetricMathAnomalyDetector", Object{{"MetricDataQueries", Array{search}}}}}),
            "InvalidParameterValueException");
}

TEST_F(AnomalyDetectorOperations, TheBandIsReadWithTheMetric) {
  for (Instant at = clock.now() - 4h; at < clock.now(); at += 1min)
    ASSERT_TRUE(metrics.put(
        scope, {{.metric = {"Shop", "Latency", {}}, .time = at, .sample = 100.0 + static_cast<double>(to_seconds(at) / 60 % 5)}}));
  const Object stat{
      {"Id", "m1"},
      {"MetricStat", Object{{"Metric", Object{{"Namespace", "Shop"}, {"MetricName", "Latency"}}}, {"Period", 60}, {"Stat", "Average"}}}};
  const Reply read =
      call("GetMetricData", {{"MetricDataQueries", Array{stat, Object{{"Id", "ad1"}, {"Expression", "ANOMALY_DETECTION_BAND(m1, 2)"}}}},
                             {"StartTime", to_ns(clock.now() - 30min)},
                             {"EndTime", to_ns(clock.now())}});
  ASSERT_TRUE(read) << read.error().message;
  const Array& results = array_at(*read, "MetricDataResults");
  ASSERT_EQ(results.size(), 3u);
  for (const Document& edge : {results[1], results[2]}) {
    EXPECT_EQ(text_or(edge, "Id"), "ad1");
    EXPECT_EQ(array_at(edge, "Values").size(), 30u);
  }
  EXPECT_LT(*as_number(array_at(results[1], "Values")[0]), *as_number(array_at(results[2], "Values")[0]));
}

}  // namespace
}  // namespace tocsin::api
