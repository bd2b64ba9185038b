#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/xray/service.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/chunk_metric_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::api {
namespace {
using namespace std::chrono_literals;

const Instant start = instant_from_ms(1'795'500'000'000);
const std::string trace = "1-6b0513e0-a006649127e371903a2de979";

class Xray : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(traces.open() && metrics.open() && sampling.migrate() && settings.migrate()); }

  Reply call(const std::string& operation, Object input) {
    Call made{.service = "xray", .operation = operation, .input = std::move(input), .principal = {}, .scope = scope, .now = clock.now()};
    std::optional<Reply> reply;
    for (const Operation& each : service.operations) {
      if (each.name != operation) continue;
      if (const auto* later = std::get_if<HandleLater>(&each.handle)) {
        (*later)(made, [&](Reply told) { reply = std::move(told); });
      } else {
        state.submit([&]() -> Result<void> { return reply = std::get<Handle>(each.handle)(made), Result<void>(); });
      }
    }
    executor.run_ready();
    return reply ? std::move(*reply) : refuse("NoAnswer", operation);
  }
  Document answer(const std::string& operation, Object input) {
    auto reply = call(operation, std::move(input));
    EXPECT_TRUE(reply) << operation << ": " << (reply ? "" : reply.error().message);
    return reply ? std::move(*reply) : Document(Object{});
  }
  std::string code_of(const std::string& operation, Object input) {
    const auto reply = call(operation, std::move(input));
    return reply ? "" : reply.error().code;
  }
  Object range() const { return {{"StartTime", to_ns(start - 1h)}, {"EndTime", to_ns(start + 1h)}}; }
  void put(std::initializer_list<const char*> documents) {
    Array texts;
    for (const char* each : documents) texts.push_back(Document(each));
    EXPECT_TRUE(array_at(answer("PutTraceSegments", {{"TraceSegmentDocuments", std::move(texts)}}), "UnprocessedTraceSegments").empty());
  }
  void put_shop() {
    put({R"({"id":"00000000000000a1","trace_id":"1-6b0513e0-a006649127e371903a2de979","name":"checkout","start_time":1795494880.5,"end_time":1795494881.5,"user":"ada","annotations":{"order":"o-1","n":3},
             "http":{"request":{"method":"POST","url":"http://shop/orders"},"response":{"status":500}},
             "subsegments":[{"id":"00000000000000a2","name":"payments","namespace":"remote","start_time":1795494880.6,"end_time":1795494881.4,"fault":true}]})",
         R"({"id":"00000000000000b1","trace_id":"1-6b0513e0-a006649127e371903a2de979","name":"payments","parent_id":"00000000000000a2","start_time":1795494880.7,"end_time":1795494881.3,"fault":true})"});
  }

  ManualClock clock{start};
  SimulatedExecutor executor{clock};
  SeededRandom random{1};
  std::unique_ptr<storage::Database> database = storage::open_memory_database(), traces_database = storage::open_memory_database(),
                                     metrics_database = storage::open_memory_database();
  telemetry::MemoryIngestLog traces_log, metrics_log;
  storage::StateExecutor state{executor, *database};
  telemetry::TraceStore traces{executor, *traces_database, traces_log};
  telemetry::ChunkMetricStore metrics{executor, *metrics_database, metrics_log};
  telemetry::SamplingRules sampling{state};
  diagnose::TraceSettings settings{state};
  diagnose::TraceGroups groups{settings, random};
  const Scope scope{"111122223333", "eu-west-1"};
  const ListTokens tokens{.seal = [](const Call&, std::string_view key) { return std::string(key); },
                          .open = [](const Call&, std::string_view token) { return std::optional(std::string(token)); }};
  Service service = make_xray_service({executor, random, traces, sampling, metrics, settings, groups, tokens});
};

TEST_F(Xray, SegmentsThatAreSentAreReadAgainAsATrace) {
  put_shop();
  const Document got = answer("BatchGetTraces", {{"TraceIds", Array{Document(trace), "1-6b0513e0-000000000000000000000000"}}});
  ASSERT_EQ(array_at(got, "Traces").size(), 1u);
  const Document& found = array_at(got, "Traces")[0];
  EXPECT_EQ(text_or(found, "Id"), trace);
  EXPECT_EQ(array_at(found, "Segments").size(), 2u);
  EXPECT_EQ(array_at(got, "UnprocessedTraceIds").size(), 1u);
  EXPECT_EQ(code_of("BatchGetTraces", {{"TraceIds", Array{"nonsense"}}}), "InvalidRequestException");
}

TEST_F(Xray, ABadSegmentIsNamedAndTheOthersAreTaken) {
  const Document got = answer(
      "PutTraceSegments",
      {{"TraceSegmentDocuments",
        Array{"{",
              R"({"id":"6226467e3f845502","trace_id":"1-5960082b-ab52431b496add878434aa25","name":"n","start_time":1,"end_time":2})"}}});
  const Array& bad = array_at(got, "UnprocessedTraceSegments");
  ASSERT_EQ(bad.size(), 2u);
  EXPECT_EQ(text_or(bad[0], "ErrorCode"), "ParseError");
  EXPECT_EQ(text_or(bad[1], "Id"), "6226467e3f845502");
  EXPECT_EQ(text_or(bad[1], "Message"), "Invalid segment. ErrorCode: InvalidTraceId");
}

TEST_F(Xray, SummariesAreFiltered) {
  put_shop();
  const auto found = [&](const char* filter) {
    Object input{{"StartTime", to_ns(start - 5h)}, {"EndTime", to_ns(start)}, {"FilterExpression", filter}};
    return array_at(answer("GetTraceSummaries", std::move(input)), "TraceSummaries");
  };
  ASSERT_EQ(found("fault AND annotation.order = \"o-1\"").size(), 1u);
  EXPECT_TRUE(found("ok").empty());
  const Document summary = found("service(\"payments\") { fault }")[0];
  EXPECT_TRUE(truth_or(summary, "HasFault", false));
  EXPECT_EQ(text_or(*find(summary, "EntryPoint"), "Name"), "checkout");
  EXPECT_EQ(integer_or(*find(summary, "Http"), "HttpStatus", 0), 500);
  EXPECT_EQ(text_or(array_at(summary, "Users")[0], "UserName"), "ada");
  EXPECT_EQ(text_or(*find(array_at(*find(summary, "Annotations"), "order")[0], "AnnotationValue"), "StringValue"), "o-1");
  EXPECT_EQ(array_at(array_at(summary, "FaultRootCauses")[0], "Services").size(), 2u);
  Object bad = range();
  bad["FilterExpression"] = "nonsense >";
  EXPECT_EQ(code_of("GetTraceSummaries", std::move(bad)), "InvalidRequestException");
  EXPECT_EQ(code_of("GetTraceSummaries", {{"StartTime", to_ns(start - 7h)}, {"EndTime", to_ns(start)}}), "InvalidRequestException");
}

TEST_F(Xray, TheGraphShowsWhoCallsWhom) {
  put_shop();
  const Document graph = answer("GetServiceGraph", {{"StartTime", to_ns(start - 5h)}, {"EndTime", to_ns(start)}});
  const Array& services = array_at(graph, "Services");
  ASSERT_EQ(services.size(), 3u);
  EXPECT_EQ(text_or(services[0], "Name"), "checkout");
  EXPECT_TRUE(truth_or(services[0], "Root", false));
  EXPECT_EQ(integer_or(*find(find(services[0], "SummaryStatistics"), "FaultStatistics"), "TotalCount", 0), 1);
  EXPECT_EQ(array_at(services[0], "Edges").size(), 1u);
  EXPECT_EQ(array_at(answer("GetTraceGraph", {{"TraceIds", Array{Document(trace)}}}), "Services").size(), 3u);
  const Document series =
      answer("GetTimeSeriesServiceStatistics",
             {{"StartTime", to_ns(start - 5h)}, {"EndTime", to_ns(start)}, {"EntitySelectorExpression", "service(\"payments\")"}});
  ASSERT_EQ(array_at(series, "TimeSeriesServiceStatistics").size(), 1u);
  EXPECT_EQ(integer_or(*find(array_at(series, "TimeSeriesServiceStatistics")[0], "ServiceSummaryStatistics"), "TotalCount", 0), 1);
}

TEST_F(Xray, AGroupIsMadeReadChangedAndRemoved) {
  const Document made = answer(
      "CreateGroup",
      {{"GroupName", "slow"}, {"FilterExpression", "responsetime > 5"}, {"InsightsConfiguration", Object{{"InsightsEnabled", true}}}});
  const std::string arn = text_or(*find(made, "Group"), "GroupARN");
  EXPECT_TRUE(arn.starts_with("arn:aws:xray:eu-west-1:111122223333:group/slow/")) << arn;
  EXPECT_EQ(text_or(*find(answer("GetGroup", {{"GroupARN", arn}}), "Group"), "FilterExpression"), "responsetime > 5");
  EXPECT_EQ(array_at(answer("GetGroups", {}), "Groups").size(), 2u) << "and the default";
  put_shop();
  EXPECT_TRUE(
      array_at(answer("GetServiceGraph", {{"StartTime", to_ns(start - 5h)}, {"EndTime", to_ns(start)}, {"GroupName", "slow"}}), "Services")
          .empty());
  answer("UpdateGroup", {{"GroupName", "slow"}, {"FilterExpression", "fault"}});
  EXPECT_EQ(
      array_at(answer("GetServiceGraph", {{"StartTime", to_ns(start - 5h)}, {"EndTime", to_ns(start)}, {"GroupName", "slow"}}), "Services")
          .size(),
      3u);
  EXPECT_EQ(code_of("CreateGroup", {{"GroupName", "slow"}}), "InvalidRequestException");
  EXPECT_EQ(code_of("CreateGroup", {{"GroupName", "bad"}, {"FilterExpression", "what"}}), "InvalidRequestException");
  answer("TagResource", {{"ResourceARN", arn}, {"Tags", Array{Object{{"Key", "a"}, {"Value", "b"}}}}});
  EXPECT_EQ(array_at(answer("ListTagsForResource", {{"ResourceARN", arn}}), "Tags").size(), 1u);
  answer("DeleteGroup", {{"GroupName", "slow"}});
  EXPECT_EQ(code_of("GetGroup", {{"GroupName", "slow"}}), "InvalidRequestException");
  EXPECT_EQ(code_of("ListTagsForResource", {{"ResourceARN", arn}}), "ResourceNotFoundException");
}

TEST_F(Xray, SamplingRulesAreKeptAndGiveTargets) {
  Object rule{{"RuleName", "shop"}, {"ResourceARN", "*"}, {"Priority", 10},     {"FixedRate", 0.5},
              {"ReservoirSize", 4}, {"ServiceName", "*"}, {"ServiceType", "*"}, {"Host", "*"},
              {"HTTPMethod", "*"},  {"URLPath", "/x"},    {"Version", 1}};
  answer("CreateSamplingRule", {{"SamplingRule", rule}});
  EXPECT_EQ(code_of("CreateSamplingRule", {{"SamplingRule", rule}}), "InvalidRequestException");
  EXPECT_EQ(array_at(answer("GetSamplingRules", {}), "SamplingRuleRecords").size(), 2u);
  answer("UpdateSamplingRule", {{"SamplingRuleUpdate", Object{{"RuleName", "shop"}, {"ReservoirSize", 6}}}});
  const Document targets =
      answer("GetSamplingTargets", {{"SamplingStatisticsDocuments", Array{Object{{"RuleName", "shop"},
                                                                                 {"ClientID", "0123456789abcdef01234567"},
                                                                                 {"Timestamp", to_ns(start)},
                                                                                 {"RequestCount", 5},
                                                                                 {"SampledCount", 1}},
                                                                          Object{{"RuleName", "none"},
                                                                                 {"ClientID", "0123456789abcdef01234567"},
                                                                                 {"Timestamp", to_ns(start)},
                                                                                 {"RequestCount", 5},
                                                                                 {"SampledCount", 1}}}}});
  ASSERT_EQ(array_at(targets, "SamplingTargetDocuments").size(), 1u);
  EXPECT_EQ(integer_or(array_at(targets, "SamplingTargetDocuments")[0], "ReservoirQuota", 0), 6);
  EXPECT_EQ(array_at(targets, "UnprocessedStatistics").size(), 1u);
  EXPECT_EQ(code_of("DeleteSamplingRule", {{"RuleName", "Default"}}), "InvalidRequestException");
  answer("DeleteSamplingRule", {{"RuleName", "shop"}});
  EXPECT_EQ(code_of("DeleteSamplingRule", {{"RuleName", "shop"}}), "InvalidRequestException");
}

TEST_F(Xray, RetrievalsGiveTheTracesAndTheirGraph) {
  put_shop();
  const std::string token = text_or(
      answer("StartTraceRetrieval", {{"TraceIds", Array{Document(trace)}}, {"StartTime", to_ns(start - 1h)}, {"EndTime", to_ns(start)}}),
      "RetrievalToken");
  EXPECT_EQ(array_at(answer("ListRetrievedTraces", {{"RetrievalToken", token}}), "Traces").size(), 1u);
  EXPECT_EQ(array_at(answer("GetRetrievedTracesGraph", {{"RetrievalToken", token}}), "Services").size(), 3u);
  answer("CancelTraceRetrieval", {{"RetrievalToken", token}});
  EXPECT_EQ(text_or(answer("ListRetrievedTraces", {{"RetrievalToken", token}}), "RetrievalStatus"), "CANCELLED");
  EXPECT_EQ(code_of("ListRetrievedTraces", {{"RetrievalToken", "none"}}), "ResourceNotFoundException");
}

}  // namespace
}  // namespace tocsin::api
