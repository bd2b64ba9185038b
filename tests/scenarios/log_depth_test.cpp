// Logs in depth on a whole server: masks and who may see behind them, lines that are new, queries by schedule, alarms on them, and the
// other query languages.
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "simulation/world.h"

namespace tocsin::scenarios {
namespace {

using namespace std::chrono_literals;
using simulation::World;

void add_group(World& world) {
  world.call("logs", "CreateLogGroup", {{"logGroupName", "/shop"}});
  world.call("logs", "CreateLogStream", {{"logGroupName", "/shop"}, {"logStreamName", "web1"}});
}

void log_lines(World& world, const std::vector<std::string>& messages) {
  Array events;
  for (const std::string& message : messages) events.emplace_back(Object{{"timestamp", to_ms(world.now())}, {"message", message}});
  world.call("logs", "PutLogEvents", {{"logGroupName", "/shop"}, {"logStreamName", "web1"}, {"logEvents", std::move(events)}});
}

std::string arn(World& world, const std::string& resource) {
  return "arn:aws:logs:" + world.client().region + ":" + world.client().account + ":" + resource;
}

/// A role that services may take, and that may do that.
std::string add_role(World& world, const std::string& name, const std::string& actions) {
  world.call(
      "iam", "CreateRole",
      {{"RoleName", name},
       {"AssumeRolePolicyDocument",
        R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"logs.amazonaws.com"},"Action":"sts:AssumeRole"}]})"}});
  world.call(
      "iam", "PutRolePolicy",
      {{"RoleName", name},
       {"PolicyName", "p"},
       {"PolicyDocument", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[)" + actions + R"(],"Resource":"*"}]})"}});
  return "arn:aws:iam::" + world.client().account + ":role/" + name;
}

/// The messages that a query shows, or its error's code.
std::vector<std::string> ask(World& world, const std::string& query, const std::string& language = "CWLI") {
  Object input{{"queryLanguage", language},
               {"queryString", query},
               {"startTime", to_seconds(world.now()) - 3600},
               {"endTime", to_seconds(world.now()) + 60}};
  if (language != "SQL") input["logGroupNames"] = Array{"/shop"};
  const auto started = world.try_call(world.client(), "logs", "StartQuery", input);
  if (!started) return {started.error().code};
  world.fast_forward(1s);
  const Document answer = world.call("logs", "GetQueryResults", {{"queryId", text_or(*started, "queryId")}});
  EXPECT_EQ(text_or(answer, "status"), "Complete");
  EXPECT_EQ(text_or(answer, "queryLanguage"), language);
  std::vector<std::string> values;
  for (const Document& row : array_at(answer, "results"))
    for (const Document& field : row.get_array())
      if (text_or(field, "field") != "@ptr" && text_or(field, "field") != "@timestamp") values.push_back(text_or(field, "value"));
  return values;
}
using Texts = std::vector<std::string>;

TEST(LogDepth, QueriesSeeWhatMasksLeave) {
  World world(61);
  add_group(world);
  const std::string identifier = R"("arn:aws:dataprotection::aws:data-identifier/EmailAddress")";
  world.call("logs", "PutDataProtectionPolicy",
             {{"logGroupIdentifier", "/shop"},
              {"policyDocument", R"({"Name":"p","Version":"2021-06-01","Statement":[{"DataIdentifier":[)" + identifier +
                                     R"(],"Operation":{"Audit":{"FindingsDestination":{}}}},{"DataIdentifier":[)" + identifier +
                                     R"(],"Operation":{"Deidentify":{"MaskConfig":{}}}}]})"}});
  world.fast_forward(1s);
  log_lines(world, {"mail of ann@b.cc", R"({"user":"bob@b.cc","ms":7})"});
  EXPECT_EQ(ask(world, "fields @message | filter @message like 'mail of'"), (Texts{"mail of ********"}));
  EXPECT_EQ(ask(world, "fields user | filter ms = 7"), (Texts{"********"}));
  EXPECT_EQ(ask(world, "filter @message like 'ann@b.cc' | fields @message"), Texts{});
  EXPECT_EQ(ask(world, "filter @message like '****' | stats count(*)"), (Texts{"2"}));
  EXPECT_EQ(ask(world, "fields @message | filter ms = 7 | unmask @message"), (Texts{R"({"user":"bob@b.cc","ms":7})"}));
  EXPECT_EQ(ask(world, "fields @message, unmask(@message) | sort @timestamp desc | filter @message like 'mail of'"),
            (Texts{"mail of ********", "mail of ann@b.cc"}));
  EXPECT_EQ(ask(world, "fields user, unmask(user) as plain | filter ms = 7 | sort plain"), (Texts{"********", "bob@b.cc"}));
  EXPECT_EQ(ask(world, "filter unmask(@message) like 'ann@b.cc' | fields @message"), (Texts{"mail of ********"}));
  EXPECT_EQ(ask(world, "fields `unmask(@message)` | filter ms = 7"), Texts{});
}

TEST(LogDepth, SqlAndPplAnswerLikeInsights) {
  World world(62);
  add_group(world);
  log_lines(world, {R"({"level":"ERROR","ms":10})", R"({"level":"INFO","ms":20})", R"({"level":"ERROR","ms":30})"});
  const Texts wanted = {"ERROR", "2", "INFO", "1"};
  EXPECT_EQ(ask(world, "stats count(*) as n by level | sort level"), wanted);
  EXPECT_EQ(ask(world, "SELECT level, COUNT(*) AS n FROM `/shop` GROUP BY level ORDER BY level", "SQL"), wanted);
  EXPECT_EQ(ask(world, "stats count() as n by level | fields level, n | sort level", "PPL"), wanted);
  EXPECT_EQ(ask(world, "SELECT FROM", "SQL"), (Texts{"MalformedQueryException"}));
}

TEST(LogDepth, ANewLineIsAnAnomalyAndSurvivesARestart) {
  World world(63);
  add_group(world);
  const std::string group = arn(world, "log-group:/shop");
  const std::string detector =
      text_or(world.call("logs", "CreateLogAnomalyDetector",
                         {{"logGroupArnList", Array{group}}, {"detectorName", "shop"}, {"evaluationFrequency", "FIVE_MIN"}}),
              "anomalyDetectorArn");
  for (int minute = 0; minute < 30; ++minute) {
    log_lines(world, {"GET /cart took " + std::to_string(minute) + " ms"});
    world.fast_forward(1min);
  }
  world.restart();
  const auto anomalies = [&] { return array_at(world.call("logs", "ListAnomalies", {{"anomalyDetectorArn", detector}}), "anomalies"); };
  EXPECT_TRUE(anomalies().empty());
  EXPECT_EQ(text_or(world.call("logs", "GetLogAnomalyDetector", {{"anomalyDetectorArn", detector}}), "anomalyDetectorStatus"), "ANALYZING");
  for (int minute = 0; minute < 6; ++minute) {
    log_lines(world, {"GET /cart took 7 ms", "ERROR card refused for order " + std::to_string(minute)});
    world.fast_forward(1min);
  }
  ASSERT_TRUE(world.wait_until([&] { return !anomalies().empty(); }, 10min));
  const Document anomaly = anomalies()[0];
  EXPECT_NE(text_or(anomaly, "patternString").find("card refused"), std::string::npos);
  EXPECT_EQ(text_or(anomaly, "priority"), "HIGH");
  EXPECT_EQ(text_or(anomaly, "state"), "Active");
  world.call("logs", "UpdateAnomaly",
             {{"anomalyDetectorArn", detector}, {"anomalyId", text_or(anomaly, "anomalyId")}, {"suppressionType", "INFINITE"}});
  EXPECT_EQ(array_at(world.call("logs", "ListAnomalies", {{"suppressionState", "UNSUPPRESSED"}}), "anomalies").size(), 0u);
  EXPECT_EQ(array_at(world.call("logs", "ListAnomalies", {{"suppressionState", "SUPPRESSED"}}), "anomalies").size(), 1u);
  world.call("logs", "DeleteLogAnomalyDetector", {{"anomalyDetectorArn", detector}});
  EXPECT_EQ(array_at(world.call("logs", "ListLogAnomalyDetectors"), "anomalyDetectors").size(), 0u);
}

TEST(LogDepth, AQueryRunsByItsScheduleAndKeepsItsHistory) {
  World world(64);
  add_group(world);
  const std::string role = add_role(world, "reader", R"("logs:StartQuery")"), stranger = add_role(world, "stranger", R"("sns:Publish")");
  const auto create = [&](const std::string& name, const std::string& as) {
    return text_or(world.call("logs", "CreateScheduledQuery",
                              {{"name", name},
                               {"queryLanguage", "CWLI"},
                               {"queryString", "filter level = 'ERROR' | stats count(*) as n by user"},
                               {"logGroupIdentifiers", Array{"/shop"}},
                               {"scheduleExpression", "cron(0/5 * * * ? *)"},
                               {"startTimeOffset", 600},
                               {"executionRoleArn", as},
                               {"destinationConfiguration",
                                Object{{"lookupTableConfiguration", Object{{"tableName", "errors_" + name}, {"roleArn", as}}}}}}),
                   "scheduledQueryArn");
  };
  const std::string query = create("mine", role), refused = create("other", stranger);
  log_lines(world, {R"({"level":"ERROR","user":"ann"})", R"({"level":"ERROR","user":"ann"})"});
  const auto last_run = [&](const std::string& identifier) {
    const Document history =
        world.call("logs", "GetScheduledQueryHistory",
                   {{"identifier", identifier}, {"startTime", to_seconds(world.now()) - 3600}, {"endTime", to_seconds(world.now()) + 60}});
    const Array& runs = array_at(history, "triggerHistory");
    return runs.empty() ? Document(Object{}) : runs[0];
  };
  ASSERT_TRUE(world.wait_until([&] { return text_or(last_run(query), "executionStatus") == "Complete"; }, 10min));
  EXPECT_EQ(text_or(array_at(last_run(query), "destinations")[0], "status"), "COMPLETE");
  EXPECT_EQ(text_or(world.call("logs", "GetLookupTable", {{"lookupTableArn", arn(world, "lookup-table:errors_mine")}}), "tableBody"),
            "user,n\nann,2\n");
  ASSERT_TRUE(world.wait_until([&] { return text_or(last_run("other"), "executionStatus") == "Failed"; }, 10min));
  EXPECT_NE(text_or(last_run("other"), "errorMessage").find("logs:StartQuery"), std::string::npos);
  EXPECT_EQ(text_or(world.call("logs", "GetScheduledQuery", {{"identifier", "mine"}}), "lastExecutionStatus"), "Complete");
  world.call("logs", "DeleteScheduledQuery", {{"identifier", query}});
  EXPECT_EQ(array_at(world.call("logs", "ListScheduledQueries"), "scheduledQueries").size(), 1u);
}

TEST(LogDepth, ALogAlarmRingsAndGoesSilent) {
  World world(65);
  add_group(world);
  const std::string role = add_role(world, "reader", R"("logs:StartQuery")");
  world.call("cloudwatch", "PutLogAlarm",
             {{"AlarmName", "errors"},
              {"ScheduledQueryConfiguration",
               Object{{"QueryString", "filter level = 'ERROR'"},
                      {"LogGroupIdentifiers", Array{"/shop"}},
                      {"ScheduledQueryRoleARN", role},
                      {"ScheduleConfiguration", Object{{"ScheduleExpression", "rate(1 minute)"}, {"StartTimeOffset", 60}}},
                      {"AggregationExpression", "count(*) by host | sort desc"}}},
              {"QueryResultsToEvaluate", 3},
              {"QueryResultsToAlarm", 2},
              {"Threshold", 2.0},
              {"ComparisonOperator", "GreaterThanOrEqualToThreshold"},
              {"TreatMissingData", "notBreaching"}});
  const auto alarm = [&] {
    const Document answer =
        world.call("cloudwatch", "DescribeAlarms", {{"AlarmNames", Array{"errors"}}, {"AlarmTypes", Array{"LogAlarm"}}});
    const Array& alarms = array_at(answer, "LogAlarms");
    return alarms.empty() ? Document(Object{}) : alarms[0];
  };
  EXPECT_TRUE(world.wait_until([&] { return text_or(alarm(), "StateValue") == "OK"; }, 6min));
  for (int minute = 0; minute < 4; ++minute) {
    log_lines(world, {R"({"level":"ERROR","host":"a"})", R"({"level":"ERROR","host":"a"})", R"({"level":"ERROR","host":"b"})"});
    world.fast_forward(1min);
  }
  EXPECT_TRUE(world.wait_until([&] { return text_or(alarm(), "StateValue") == "ALARM"; }, 3min));
  EXPECT_NE(text_or(alarm(), "StateReason").find("host=a"), std::string::npos) << text_or(alarm(), "StateReason");
  EXPECT_TRUE(world.wait_until([&] { return text_or(alarm(), "StateValue") == "OK"; }, 6min));
  const Document history = world.call("cloudwatch", "DescribeAlarmHistory",
                                      {{"AlarmName", "errors"}, {"AlarmTypes", Array{"LogAlarm"}}, {"HistoryItemType", "StateUpdate"}});
  EXPECT_GE(array_at(history, "AlarmHistoryItems").size(), 3u);
  world.call("cloudwatch", "DeleteAlarms", {{"AlarmNames", Array{"errors"}}});
  EXPECT_TRUE(world.wait_until([&] { return array_at(world.call("logs", "ListScheduledQueries"), "scheduledQueries").empty(); }, 5min));
}

}  // namespace
}  // namespace tocsin::scenarios
