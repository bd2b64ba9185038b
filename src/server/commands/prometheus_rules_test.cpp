#include "server/commands/prometheus_rules.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "fuzz/mutate.h"

namespace tocsin::server {
namespace {

constexpr const char* rules = R"(
groups:
- name: node
  interval: 15s
  rules:
  - record: job:up:sum
    expr: sum by (job) (up)
  - alert: HighErrorRate
    expr: sum(rate(http_requests_total{code=~"5.."}[5m])) by (job) / sum(rate(http_requests_total[5m])) by (job) > 0.05
    for: 10m
    keep_firing_for: 5m
    labels: {severity: page, team: "{{ $labels.team }}"}
    annotations:
      summary: High error rate on {{ $labels.job }}
      runbook_url: https://runbooks.example/errors
  - alert: HighErrorRate
    expr: vector(1)
- name: other
  rules:
  - alert: Broken
    expr: sum(
  - alert: Scalar
    expr: 1
)";

TEST(PrometheusRules, BecomeAlarms) {
  const auto read = read_prometheus_rules(rules, {.alarm_actions = {"arn:aws:sns:eu-west-1:123456789012:ops"}, .ok_actions = {}});
  ASSERT_TRUE(read) << read.error().message;
  ASSERT_EQ(read->alarms.size(), 2u);
  EXPECT_EQ(
      to_json(read->alarms[0]),
      R"json({"AlarmName":"HighErrorRate","AlarmDescription":"High error rate on {{ $labels.job }}\nhttps://runbooks.example/errors",)json"
      R"json("EvaluationCriteria":{"PromQLCriteria":{"Query":"sum(rate(http_requests_total{code=~\"5..\"}[5m])) by (job) / sum(rate(http_requests_total[5m])) by (job) > 0.05",)json"
      R"json("PendingPeriod":600,"RecoveryPeriod":300}},"EvaluationInterval":20,"AlarmActions":["arn:aws:sns:eu-west-1:123456789012:ops"],)json"
      R"json("Tags":[{"Key":"severity","Value":"page"}]})json");
  EXPECT_EQ(text_or(read->alarms[1], "AlarmName"), "node/3/HighErrorRate");
  ASSERT_EQ(read->left_out.size(), 3u);
  EXPECT_EQ(read->left_out[0], "group node, rule 1: a recording rule (job:up:sum) is no alarm");
  EXPECT_EQ(read->left_out[1], "group other, rule 1 (Broken): 1:5: parse error: unexpected end of input");
  EXPECT_EQ(read->left_out[2], "group other, rule 2 (Scalar): the expression gives no vector");
}

TEST(PrometheusRules, IntervalsBecomeThoseOfAlarms) {
  EXPECT_EQ(alarm_interval_s(5), 10);
  EXPECT_EQ(alarm_interval_s(15), 20);
  EXPECT_EQ(alarm_interval_s(30), 30);
  EXPECT_EQ(alarm_interval_s(45), 60);
  EXPECT_EQ(alarm_interval_s(61), 120);
  EXPECT_EQ(alarm_interval_s(86'400), 3600);
}

TEST(PrometheusRulesFuzz, AnyTextIsRulesOrAnError) {
  fuzz::mutate({rules}, {"- ", ": ", "\n", "alert:", "expr:", "for: 5m", "{", "[", "&a", "*a", "!!"}, 1500,
               [](std::string_view text) { (void)read_prometheus_rules(text, {}); });
}

}  // namespace
}  // namespace tocsin::server
