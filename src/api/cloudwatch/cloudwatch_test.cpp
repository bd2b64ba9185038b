#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cmath>
#include <limits>

#include "api/cloudwatch/service.h"
#include "api/cloudwatch/whole_answer_test.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/chunk_metric_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::api {
namespace {
using namespace std::chrono_literals;

const Instant noon = instant_from_ms(1'795'348'800'000);  // 2026-11-22T12:00:00Z

class CloudWatchStory : public ::testing::Test {
 protected:
  CloudWatchStory() {
    EXPECT_TRUE(metrics.open());
    EXPECT_TRUE(timers.migrate());
    EXPECT_TRUE(alarms.migrate());
    alarms.start();
  }

  Reply call(const std::string& operation, const Object& input) {
    Reply reply = refuse("NotImplementedException", operation);
    for (const Operation& candidate : service.operations) {
      if (candidate.name != operation) continue;
      state.submit([&]() -> Result<void> {
        reply = std::get<Handle>(candidate.handle)({.service = "cloudwatch",
                                                    .operation = operation,
                                                    .input = input,
                                                    .principal = {},
                                                    .scope = {"000000000000", "eu-west-1"},
                                                    .now = clock.now()});
        if (!reply) return fail(ErrorKind::invalid, reply.error().message);
        return {};
      });
      executor.run_ready();
    }
    return whole_answer(std::move(reply), operation);
  }
  Object must(const std::string& operation, const Object& input) {
    const Reply reply = call(operation, input);
    EXPECT_TRUE(reply) << (reply ? "" : reply.error().code + ": " + reply.error().message);
    return reply ? reply->as_object() : Object{};
  }
  std::string refused(const std::string& operation, const Object& input) {
    const Reply reply = call(operation, input);
    return reply ? to_json(*reply) : reply.error().code + ": " + reply.error().message;
  }
  void put(Object datum) {
    datum["MetricName"] = "Latency";
    must("PutMetricData", {{"Namespace", "Shop"}, {"MetricData", Array{std::move(datum)}}});
  }
  Object stat_query(const char* id, const char* stat, int period_s = 60) {
    return {
        {"Id", id},
        {"MetricStat", Object{{"Metric", Object{{"Namespace", "Shop"}, {"MetricName", "Latency"}}}, {"Period", period_s}, {"Stat", stat}}}};
  }
  Object data_request(Array queries) {
    return {{"MetricDataQueries", std::move(queries)}, {"StartTime", to_ns(noon - 1h)}, {"EndTime", to_ns(noon)}};
  }
  Object alarm(const std::string& name) {
    return {{"AlarmName", name}, {"MetricName", "Latency"}, {"Namespace", "Shop"}, {"Statistic", "Average"},
            {"Period", 60},      {"EvaluationPeriods", 2},  {"Threshold", 5.0},    {"ComparisonOperator", "GreaterThanThreshold"}};
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
  Service service = make_cloudwatch_service(metrics, alarms,
                                            {[](const Call&, std::string_view key) { return "sealed " + std::string(key); },
                                             [](const Call&, std::string_view token) -> std::optional<std::string> {
                                               if (!token.starts_with("sealed ")) return std::nullopt;
                                               return std::string(token.substr(7));
                                             }});
};

TEST_F(CloudWatchStory, WhatIsPutIsReadBack) {
  put({{"Value", 4.0}, {"Unit", "Milliseconds"}, {"Timestamp", to_ns(noon - 90s)}});
  put({{"Values", Array{1.0, 2.0}}, {"Counts", Array{3.0, 1.0}}, {"Unit", "Milliseconds"}, {"Timestamp", to_ns(noon - 70s)}});
  put({{"StatisticValues", Object{{"SampleCount", 2.0}, {"Sum", 8.0}, {"Minimum", 3.0}, {"Maximum", 5.0}}},
       {"Timestamp", to_ns(noon - 30s)}});
  const Object statistics = must("GetMetricStatistics", {{"Namespace", "Shop"},
                                                         {"MetricName", "Latency"},
                                                         {"StartTime", to_ns(noon - 1h)},
                                                         {"EndTime", to_ns(noon)},
                                                         {"Period", 60},
                                                         {"Statistics", Array{"Sum", "SampleCount"}},
                                                         {"ExtendedStatistics", Array{"p50"}}});
  EXPECT_EQ(
      to_json(statistics),
      R"({"Label":"Latency","Datapoints":[{"Timestamp":1795348680000000000,"Sum":9E0,"SampleCount":5E0,"Unit":"Milliseconds","ExtendedStatistics":{"p50":1E0}},)"
      R"({"Timestamp":1795348740000000000,"Sum":8E0,"SampleCount":2E0,"Unit":"None"}]})");
  Object request = data_request({stat_query("m1", "Sum"), Object{{"Id", "e1"}, {"Expression", "m1 * 2"}, {"Label", "twice"}}});
  EXPECT_EQ(
      to_json(must("GetMetricData", request)),
      R"({"MetricDataResults":[{"Id":"m1","Label":"Latency","Timestamps":[1795348740000000000,1795348680000000000],"Values":[8E0,9E0],"StatusCode":"Complete"},)"
      R"({"Id":"e1","Label":"twice","Timestamps":[1795348740000000000,1795348680000000000],"Values":[1.6E1,1.8E1],"StatusCode":"Complete"}],"Messages":[]})");
  request["MaxDatapoints"] = 3;
  request["ScanBy"] = "TimestampAscending";
  Object page = must("GetMetricData", request);
  EXPECT_EQ(page["MetricDataResults"].as_array().at(1).at("StatusCode"), "PartialData");
  request["NextToken"] = page["NextToken"];
  EXPECT_EQ(
      to_json(must("GetMetricData", request)),
      R"({"MetricDataResults":[{"Id":"e1","Label":"twice","Timestamps":[1795348740000000000],"Values":[1.6E1],"StatusCode":"Complete"}],"Messages":[]})");
  EXPECT_EQ(to_json(must("ListMetrics", {{"Namespace", "Shop"}})),
            R"({"Metrics":[{"Namespace":"Shop","MetricName":"Latency","Dimensions":[]}]})");
}

TEST_F(CloudWatchStory, SearchesInsightsAndDynamicLabelsAreAnswered) {
  for (const char* host : {"a", "b"})
    must("PutMetricData", {{"Namespace", "Shop"},
                           {"MetricData", Array{Object{{"MetricName", "Load"},
                                                       {"Dimensions", Array{Object{{"Name", "Host"}, {"Value", host}}}},
                                                       {"Value", host[0] == 'a' ? 4.0 : 8.0},
                                                       {"Timestamp", to_ns(noon - 90s)}}}}});
  const auto shown = [this](Object query, Object more = {}) {
    query["Id"] = "e1";
    query["Period"] = 60;
    Object request = data_request({std::move(query)});
    for (const auto& [key, value] : more) request[key] = value;
    std::string lines;
    const Object answer = must("GetMetricData", request);
    for (const Document& result : array_at(answer, "MetricDataResults"))
      lines += text_or(result, "Label") + to_json(*find(result, "Values")) + ' ';
    return lines;
  };
  EXPECT_EQ(shown({{"Expression", "SEARCH('{Shop,Host} Load', 'Sum')"}}), "a[4E0] b[8E0] ");
  EXPECT_EQ(shown({{"Expression", "SORT(SEARCH('{Shop,Host} Load', 'Sum'), MAX, DESC)"}, {"Label", "${PROP('Dim.Host')}: ${MAX}"}}),
            "b: 8[8E0] a: 4[4E0] ");
  EXPECT_EQ(shown({{"Expression", "SELECT AVG(\"Load\") FROM Shop"}}), "e1[6E0] ");
  EXPECT_EQ(shown({{"Expression", "SELECT AVG(\"Load\") FROM SCHEMA(Shop, Host) GROUP BY Host ORDER BY AVG() DESC LIMIT 1"}}), "b[8E0] ");
  const Object zone{{"LabelOptions", Object{{"Timezone", "+0200"}}}};
  EXPECT_EQ(shown({{"Expression", "SELECT MAX(\"Load\") FROM Shop"}, {"Label", "at ${MAX_TIME}"}}, zone), "at 11-22 13:58[8E0] ");

  const auto error = [this](Array queries) { return refused("GetMetricData", data_request(std::move(queries))); };
  const Object select{{"Id", "q1"}, {"Expression", "SELECT AVG(a) FROM b"}}, again{{"Id", "q2"}, {"Expression", "SELECT AVG(a) FROM b"}};
  EXPECT_EQ(error({select, again}), "ValidationError: Only one Metrics Insights query is allowed in a request.");
  EXPECT_EQ(error({Object{{"Id", "e1"}, {"Expression", "SEARCH('(', 'Sum')"}}}),
            "ValidationError: Error in expression 'e1': Invalid SEARCH expression: invalid syntax at position 1");
  EXPECT_EQ(error({Object{{"Id", "e1"}, {"Expression", "SELECT WHAT(a) FROM b"}}}),
            "ValidationError: Error in expression 'e1': Invalid Metrics Insights query: expected one of AVG, COUNT, MAX, MIN, SUM, got "
            "'WHAT' at position 7");
}

TEST_F(CloudWatchStory, WrongPointsAreRefusedInTheServicesWords) {
  const auto refused_datum = [this](Object datum) {
    datum["MetricName"] = "Latency";
    return refused("PutMetricData", {{"Namespace", "Shop"}, {"MetricData", Array{std::move(datum)}}});
  };
  EXPECT_EQ(refused_datum({{"Value", 1.0}, {"Timestamp", to_ns(noon - 15 * 24h)}}),
            "InvalidParameterValueException: The parameter MetricData.member.1.Timestamp must specify a time within the past two weeks.");
  EXPECT_EQ(refused_datum({{"Value", 1.0}, {"Timestamp", to_ns(noon + 3h)}}),
            "InvalidParameterValueException: The parameter MetricData.member.1.Timestamp must specify a time no more than two hours in the "
            "future.");
  EXPECT_EQ(refused_datum({{"Value", 1.0}, {"StatisticValues", Object{}}}),
            "InvalidParameterCombinationException: The parameters MetricData.member.1.Value and MetricData.member.1.StatisticValues are "
            "mutually exclusive and you have "
            "specified both.");
  EXPECT_EQ(refused_datum({{"Value", 1e200}}),
            "InvalidParameterValueException: The value 1E200 for parameter MetricData.member.1.Value is invalid.");
  EXPECT_EQ(refused_datum({{"Value", 1.0}, {"StorageResolution", 5}}),
            "InvalidParameterValueException: The value 5 for parameter MetricData.member.1.StorageResolution is invalid.");
  EXPECT_EQ(refused_datum({}).substr(0, 33), "MissingRequiredParameterException");
  log.refuses = true;
  EXPECT_EQ(refused_datum({{"Value", 1.0}}), "InternalServiceFault: The disk is full.");
}

TEST_F(CloudWatchStory, WrongReadsAreRefusedInTheServicesWords) {
  Object request{{"Namespace", "Shop"}, {"MetricName", "Latency"},   {"StartTime", to_ns(noon - 48h)}, {"EndTime", to_ns(noon)},
                 {"Period", 60},        {"Statistics", Array{"Sum"}}};
  EXPECT_EQ(refused("GetMetricStatistics", request),
            "InvalidParameterCombinationException: You have requested up to 2,880 datapoints, which exceeds the limit of 1,440. You may "
            "reduce the datapoints requested by "
            "increasing Period, or decreasing the time range.");
  EXPECT_EQ(refused("GetMetricData", data_request({Object{{"Id", "e1"}, {"Expression", "m1 + 1"}}})),
            "ValidationError: Error in expression 'e1': Undefined variable 'm1'");
  EXPECT_EQ(refused("GetMetricData", data_request({stat_query("m1", "p101")})),
            "ValidationError: The value for parameter MetricDataQueries.member.1.MetricStat.Stat is not a valid statistic.");
}

TEST_F(CloudWatchStory, AnAlarmReadsBackEqualWithItsDefaults) {
  Object definition = alarm("slow");
  definition["Tags"] = Array{Object{{"Key", "team"}, {"Value", "red"}}};
  must("PutMetricAlarm", definition);
  const Object answer = must("DescribeAlarms", {});
  EXPECT_EQ(
      to_json(answer),
      R"({"CompositeAlarms":[],"MetricAlarms":[{"AlarmName":"slow","MetricName":"Latency","Namespace":"Shop","Statistic":"Average","Period":60,)"
      R"("EvaluationPeriods":2,"Threshold":5E0,"ComparisonOperator":"GreaterThanThreshold","OKActions":[],"AlarmActions":[],"InsufficientDataActions":[],)"
      R"("Dimensions":[],"TreatMissingData":"missing","AlarmArn":"arn:aws:cloudwatch:eu-west-1:000000000000:alarm:slow",)"
      R"("AlarmConfigurationUpdatedTimestamp":1795348800000000000,"ActionsEnabled":true,"StateValue":"INSUFFICIENT_DATA",)"
      R"("StateReason":"Unchecked: Initial alarm creation","StateUpdatedTimestamp":1795348800000000000,"StateTransitionedTimestamp":1795348800000000000}]})");
  const char* arn = "arn:aws:cloudwatch:eu-west-1:000000000000:alarm:slow";
  EXPECT_EQ(to_json(must("ListTagsForResource", {{"ResourceARN", arn}})), R"({"Tags":[{"Key":"team","Value":"red"}]})");
  must("TagResource", {{"ResourceARN", arn}, {"Tags", Array{Object{{"Key", "tier"}, {"Value", "1"}}}}});
  must("UntagResource", {{"ResourceARN", arn}, {"TagKeys", Array{"team"}}});
  EXPECT_EQ(to_json(must("ListTagsForResource", {{"ResourceARN", arn}})), R"({"Tags":[{"Key":"tier","Value":"1"}]})");
  must("DeleteAlarms", {{"AlarmNames", Array{"slow"}}});
  EXPECT_EQ(refused("DeleteAlarms", {{"AlarmNames", Array{"slow"}}}), "ResourceNotFound: Alarms [slow] do not exist");
  EXPECT_EQ(refused("ListTagsForResource", {{"ResourceARN", arn}}).substr(0, 25), "ResourceNotFoundException");
}

TEST_F(CloudWatchStory, AlarmsAreDescribedInPagesAndByFilter) {
  for (int i = 0; i < 5; ++i) {
    Object definition = alarm("a" + std::to_string(i));
    if (i == 3) definition["AlarmActions"] = Array{"arn:aws:sns:eu-west-1:000000000000:ops"};
    must("PutMetricAlarm", definition);
  }
  must("PutCompositeAlarm", {{"AlarmName", "b"}, {"AlarmRule", "ALARM(a1) OR ALARM(a2)"}});
  const auto names = [](const Object& answer) {
    std::string all;
    for (const char* list : {"MetricAlarms", "CompositeAlarms"})
      for (const Document& each : answer.at(list).as_array()) all += text_or(each, "AlarmName") + ' ';
    return all;
  };
  Object page = must("DescribeAlarms", {{"MaxRecords", 2}});
  EXPECT_EQ(names(page), "a0 a1 ");
  page = must("DescribeAlarms", {{"MaxRecords", 2}, {"NextToken", page.at("NextToken")}});
  EXPECT_EQ(names(page), "a2 a3 ");
  page = must("DescribeAlarms", {{"MaxRecords", 2}, {"NextToken", page.at("NextToken")}});
  EXPECT_EQ(names(page), "a4 ");
  EXPECT_FALSE(page.contains("NextToken"));
  EXPECT_EQ(names(must("DescribeAlarms", {{"AlarmTypes", Array{"MetricAlarm", "CompositeAlarm"}}})), "a0 a1 a2 a3 a4 b ");
  EXPECT_EQ(names(must("DescribeAlarms", {{"ActionPrefix", "arn:aws:sns"}})), "a3 ");
  EXPECT_EQ(names(must("DescribeAlarms", {{"AlarmNames", Array{"a4", "zz"}}})), "a4 ");
  EXPECT_EQ(names(must("DescribeAlarms", {{"StateValue", "OK"}})), "");
  EXPECT_EQ(names(must("DescribeAlarms", {{"ChildrenOfAlarmName", "b"}})), "a1 a2 ");
  EXPECT_EQ(names(must("DescribeAlarms", {{"ParentsOfAlarmName", "a1"}})), "b ");
  EXPECT_EQ(must("DescribeAlarmsForMetric", {{"Namespace", "Shop"}, {"MetricName", "Latency"}}).at("MetricAlarms").as_array().size(), 5u);
  EXPECT_EQ(must("DescribeAlarmsForMetric", {{"Namespace", "Shop"}, {"MetricName", "Latency"}, {"Period", 300}})
                .at("MetricAlarms")
                .as_array()
                .size(),
            0u);
  EXPECT_EQ(refused("DescribeAlarms", {{"NextToken", "forged"}}), "InvalidNextToken: The next token specified is invalid.");
}

TEST_F(CloudWatchStory, HistoryTellsWhatHappened) {
  must("PutMetricAlarm", alarm("slow"));
  put({{"Value", 9.0}, {"Timestamp", to_ns(noon - 120s)}});
  put({{"Value", 9.0}, {"Timestamp", to_ns(noon - 60s)}});
  executor.run_for(62s);
  must("DisableAlarmActions", {{"AlarmNames", Array{"slow"}}});
  must("SetAlarmState", {{"AlarmName", "slow"}, {"StateValue", "OK"}, {"StateReason", "testing"}});
  Object page = must("DescribeAlarmHistory", {{"AlarmName", "slow"}, {"MaxRecords", 3}});
  std::string summaries;
  for (const Document& item : page.at("AlarmHistoryItems").as_array()) summaries += text_or(item, "HistorySummary") + '\n';
  EXPECT_EQ(summaries, "Alarm updated from ALARM to OK\nAlarm \"slow\" updated\nAlarm updated from INSUFFICIENT_DATA to ALARM\n");
  page = must("DescribeAlarmHistory", {{"AlarmName", "slow"}, {"MaxRecords", 3}, {"NextToken", page.at("NextToken")}});
  EXPECT_EQ(text_or(page.at("AlarmHistoryItems").as_array().at(0), "HistorySummary"), "Alarm \"slow\" created");
  const Object states = must("DescribeAlarmHistory", {{"HistoryItemType", "StateUpdate"}, {"ScanBy", "TimestampAscending"}});
  const Document first = parse_json(text_or(states.at("AlarmHistoryItems").as_array().at(0), "HistoryData")).value();
  EXPECT_EQ(text_or(*find(first, "newState"), "stateReason"),
            "Threshold Crossed: 2 datapoints [9.0 (22/11/26 11:59:00), 9.0 (22/11/26 11:58:00)] were greater than the threshold (5.0).");
  EXPECT_EQ(find(find(find(first, "newState"), "stateReasonData"), "version")->as_string(), "1.0");
}

TEST_F(CloudWatchStory, WrongAlarmsAreRefusedInTheServicesWords) {
  const auto refused_with = [this](const char* member, Document value) {
    Object definition = alarm("slow");
    definition[member] = std::move(value);
    return refused("PutMetricAlarm", definition);
  };
  EXPECT_EQ(refused_with("Period", 45), "ValidationError: Period must be 10, 20, 30 or a multiple of 60");
  EXPECT_EQ(refused_with("EvaluationPeriods", 1500),
            "ValidationError: Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).");
  EXPECT_EQ(refused_with("DatapointsToAlarm", 3), "ValidationError: DatapointsToAlarm must be less than or equal to EvaluationPeriods");
  EXPECT_EQ(refused_with("AlarmActions", Array{"topic"}), "ValidationError: Invalid arn syntax: topic");
  EXPECT_EQ(refused_with("TreatMissingData", "maybe"),
            "ValidationError: The value maybe is not supported for TreatMissingData parameter. Supported values are [breaching, "
            "notBreaching, ignore, missing].");
  EXPECT_EQ(refused_with("ThresholdMetricId", "ad1"),
            "ValidationError: ThresholdMetricId should not be set if list of Metrics is not set.");
  EXPECT_EQ(refused_with("AlarmActions", Array{"arn:aws:sns:us-east-1:000000000000:ops"}),
            "ValidationError: Invalid region us-east-1 specified. Only eu-west-1 is supported.");
  EXPECT_EQ(refused_with("AlarmActions", Array{"arn:aws:automate:eu-west-1:ec2:explode"}),
            "ValidationError: Invalid arn syntax: arn:aws:automate:eu-west-1:ec2:explode");
  EXPECT_EQ(refused_with("EvaluationWindow", Object{{"WallClockWindow", Object{{"Timezone", "Mars/Olympus"}}}}),
            "ValidationError: The time zone Mars/Olympus is not known.");
  EXPECT_EQ(refused("PutMetricAlarm", {{"AlarmName", "bare"}}), "ValidationError: MetricName must not be null");
  EXPECT_EQ(refused_with("Metrics", Array{stat_query("m1", "Sum")}),
            "ValidationError: MetricName should not be set if list of Metrics is set.");
  const Object math{{"AlarmName", "math"},
                    {"EvaluationPeriods", 1},
                    {"Threshold", 1.0},
                    {"ComparisonOperator", "GreaterThanThreshold"},
                    {"Metrics", Array{stat_query("m1", "Sum"), Object{{"Id", "e1"}, {"Expression", "m1 * 2"}}}}};
  EXPECT_EQ(refused("PutMetricAlarm", math), "ValidationError: Exactly one element of the metrics list should return data.");
  EXPECT_EQ(refused("SetAlarmState", {{"AlarmName", "none"}, {"StateValue", "OK"}, {"StateReason", "r"}}),
            "ResourceNotFound: Alarm with name none does not exist.");
  EXPECT_EQ(refused("PutCompositeAlarm", {{"AlarmName", "c"}, {"AlarmRule", "ALARM("}}),
            "ValidationError: Error in AlarmRule [Unsupported token '<EOF>' at char 6]");
}

TEST_F(CloudWatchStory, ASuppressedCompositeSaysSo) {
  must("PutMetricAlarm", alarm("slow"));
  must("PutMetricAlarm", alarm("maintenance"));
  Object composite{{"AlarmName", "c"}, {"AlarmRule", "ALARM(slow)"}, {"ActionsSuppressor", "maintenance"}};
  EXPECT_EQ(refused("PutCompositeAlarm", composite),
            "ValidationError: ActionsSuppressorWaitPeriod must be specified when ActionsSuppressor is specified");
  composite["ActionsSuppressorWaitPeriod"] = 60;
  composite["ActionsSuppressorExtensionPeriod"] = 120;
  must("PutCompositeAlarm", composite);
  const Object answer = must("DescribeAlarms", {{"AlarmTypes", Array{"CompositeAlarm"}}});
  const Document& described = answer.at("CompositeAlarms").as_array().at(0);
  EXPECT_EQ(text_or(described, "StateReason"), text_or(described, "AlarmArn") + " was created and its alarm rule evaluates to OK");
  EXPECT_EQ(text_or(described, "ActionsSuppressedBy"), "WaitPeriod");
  EXPECT_EQ(text_or(described, "ActionsSuppressedReason"), "Actions suppressed by WaitPeriod");
  EXPECT_EQ(integer_or(described, "ActionsSuppressorExtensionPeriod", 0), 120);
  EXPECT_EQ(refused("DeleteAlarms", {{"AlarmNames", Array{"maintenance"}}}),
            "ValidationError: Cannot delete maintenance as there are composite alarm(s) depending on it.");
  composite["AlarmActions"] = Array{"arn:aws:automate:eu-west-1:ec2:stop"};
  EXPECT_EQ(refused("PutCompositeAlarm", composite),
            "ValidationError: Composite alarms do not support the action arn:aws:automate:eu-west-1:ec2:stop");
}

TEST_F(CloudWatchStory, MuteRulesAreKeptAndTold) {
  must("PutMetricAlarm", alarm("slow"));
  const auto rule = [](const char* name, const char* expression) {
    return Object{{"Name", name},
                  {"Rule", Object{{"Schedule", Object{{"Expression", expression}, {"Duration", "PT4H"}}}}},
                  {"MuteTargets", Object{{"AlarmNames", Array{"slow"}}}}};
  };
  must("PutAlarmMuteRule", rule("a", "cron(0 12 * * *)"));
  must("PutAlarmMuteRule", rule("b", "at(2026-11-25T14:00)"));
  must("PutAlarmMuteRule", rule("c", "at(2026-11-20T14:00)"));
  const Object got = must("GetAlarmMuteRule", {{"AlarmMuteRuleName", "a"}});
  EXPECT_EQ(text_or(got, "AlarmMuteRuleArn"), "arn:aws:cloudwatch:eu-west-1:000000000000:alarm-mute-rule:a");
  EXPECT_EQ(text_or(got, "Status"), "ACTIVE");
  EXPECT_EQ(text_or(got, "MuteType"), "RECURRING");
  const auto listed = [this](Object filter) {
    std::string all;
    const Object answer = must("ListAlarmMuteRules", std::move(filter));
    for (const Document& each : answer.at("AlarmMuteRuleSummaries").as_array())
      all += text_or(each, "AlarmMuteRuleArn").substr(58) + ' ' + text_or(each, "Status") + ' ' + text_or(each, "MuteType") + ' ';
    return all + (answer.contains("NextToken") ? "more" : "");
  };
  EXPECT_EQ(listed({}), "a ACTIVE RECURRING b SCHEDULED ONE_TIME c EXPIRED ONE_TIME ");
  EXPECT_EQ(listed({{"MaxRecords", 2}}), "a ACTIVE RECURRING b SCHEDULED ONE_TIME more");
  EXPECT_EQ(listed({{"Statuses", Array{"EXPIRED"}}, {"AlarmName", "slow"}}), "c EXPIRED ONE_TIME ");
  EXPECT_EQ(listed({{"AlarmName", "fast"}}), "");
  must("DeleteAlarmMuteRule", {{"AlarmMuteRuleName", "a"}});
  must("DeleteAlarmMuteRule", {{"AlarmMuteRuleName", "a"}});
  EXPECT_EQ(refused("GetAlarmMuteRule", {{"AlarmMuteRuleName", "a"}}), "ResourceNotFoundException: Alarm mute rule a does not exist");
  EXPECT_EQ(refused("PutAlarmMuteRule", rule("d", "rate(1 minute)")).substr(0, 15), "ValidationError");
}

TEST_F(CloudWatchStory, PromQlAlarmsAreCheckedAndDescribed) {
  const auto promql = [](const char* query) {
    return Object{{"AlarmName", "hot"},
                  {"EvaluationCriteria", Object{{"PromQLCriteria", Object{{"Query", query}, {"PendingPeriod", 120}}}}},
                  {"EvaluationInterval", 60}};
  };
  must("PutMetricAlarm", promql("temperature > 30"));
  const Object answer = must("DescribeAlarms", {});
  const Document& described = answer.at("MetricAlarms").as_array().at(0);
  EXPECT_EQ(text_or(described, "StateValue"), "OK");
  EXPECT_EQ(integer_or(*find(find(described, "EvaluationCriteria"), "PromQLCriteria"), "PendingPeriod", 0), 120);
  EXPECT_EQ(refused("PutMetricAlarm", promql("sum(")), "ValidationError: Invalid PromQL query: 1:5: parse error: unexpected end of input");
  EXPECT_EQ(refused("PutMetricAlarm", promql("1")), "ValidationError: The PromQL query must return a result of vector type");
  Object mixed = promql("temperature > 30");
  mixed["Threshold"] = 1.0;
  EXPECT_EQ(refused("PutMetricAlarm", mixed), "ValidationError: Threshold should not be set if EvaluationCriteria is set.");
  EXPECT_EQ(to_json(must("DescribeAlarmContributors", {{"AlarmName", "hot"}})), R"({"AlarmContributors":[]})");
  EXPECT_EQ(refused("DescribeAlarmContributors", {{"AlarmName", "cold"}}).substr(0, 25), "ResourceNotFoundException");
}

TEST_F(CloudWatchStory, AnAlarmKeepsWhichTagsItTells) {
  Object tells = alarm("tells");
  tells["ActionConfiguration"] = Object{{"AlarmTagsPropagation", Object{{"Enabled", true}, {"IncludedTagKeys", Array{"team"}}}}};
  must("PutMetricAlarm", tells);
  EXPECT_EQ(must("DescribeAlarms", {{"AlarmNames", Array{"tells"}}})["MetricAlarms"].as_array()[0].at("ActionConfiguration"),
            tells["ActionConfiguration"]);
  tells["ActionConfiguration"].at("AlarmTagsPropagation").as_object()["ExcludedTagKeys"] = Array{"cost"};
  EXPECT_EQ(refused("PutMetricAlarm", tells), "ValidationError: You cannot specify both IncludedTagKeys and ExcludedTagKeys.");
}

TEST_F(CloudWatchStory, AThresholdIsANumber) {
  Object endless = alarm("endless");
  for (const double value : {std::numeric_limits<double>::infinity(), std::nan("")}) {
    endless["Threshold"] = value;
    EXPECT_EQ(refused("PutMetricAlarm", endless), "ValidationError: The value of parameter Threshold must be a finite number.");
  }
}

TEST_F(CloudWatchStory, AQueryMayNameTheAccountThatAsks) {
  put({{"Value", 7.0}, {"Timestamp", to_ns(noon - 1min)}});
  Object query = stat_query("m1", "Sum");
  query["AccountId"] = "000000000000";
  EXPECT_EQ(must("GetMetricData", data_request({query}))["MetricDataResults"].as_array()[0].at("Values").as_array().size(), 1u);
  query["AccountId"] = "999999999999";
  EXPECT_EQ(refused("GetMetricData", data_request({query})).substr(0, 23), "NotImplementedException");
}

}  // namespace
}  // namespace tocsin::api
