#include "scenarios/shop.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

namespace tocsin::scenarios {
namespace {

using namespace std::chrono_literals;
using simulation::Letter;

constexpr Duration visits_every = 5s;
constexpr int visits_at_once = 4;
constexpr Duration restart_takes = 150s;
constexpr const char* role_trust =
    R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}]})";
constexpr const char* role_policy = R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Resource":"*","Action":[
  "ssm:GetParameterHistory","ssm:PutParameter","ssm:SendCommand","ssm:ListCommands","ssm:ListCommandInvocations","ssm:GetCommandInvocation",
  "ssm-incidents:GetIncidentRecord","ssm-incidents:ListRelatedItems","ssm-incidents:CreateTimelineEvent","ssm-incidents:UpdateIncidentRecord","cloudwatch:DescribeAlarms"]}]})";

std::string demo_runbook() {
  std::ifstream file(std::string(TOCSIN_SOURCE_DIR) + "/examples/demo/runbook.yaml");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct SpanText {
  const char* id;
  const char* parent;
  const char* name;
  int kind;  // 2 server, 3 client
};

std::string resource_spans(std::string_view service, std::string_view host, const std::vector<std::string>& spans) {
  std::string joined;
  for (const std::string& span : spans) joined += (joined.empty() ? "" : ",") + span;
  return fmt::format(
      R"({{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"{}"}}}},{{"key":"deployment.environment.name","value":{{"stringValue":"shop"}}}},)"
      R"({{"key":"host.name","value":{{"stringValue":"{}"}}}}]}},"scopeSpans":[{{"spans":[{}]}}]}})",
      service, host, joined);
}

std::string span(const std::string& trace, const std::string& id, const std::string& parent, std::string_view name, int kind, Instant end,
                 Duration took, int status, std::string_view callee = "") {
  return fmt::format(
      R"({{"traceId":"{}","spanId":"{}","parentSpanId":"{}","name":"{}","kind":{},"startTimeUnixNano":"{}","endTimeUnixNano":"{}",)"
      R"("attributes":[{{"key":"http.response.status_code","value":{{"intValue":"{}"}}}},{{"key":"server.address","value":{{"stringValue":"{}"}}}}]}})",
      trace, id, parent, name, kind, to_ns(end - took), to_ns(end), status, callee);
}

}  // namespace

std::string Shop::add_topic(const std::string& name) {
  const std::string arn = fmt::format("arn:aws:sns:{}:{}:{}", world_.client().region, world_.client().account, name);
  world_.call("sns", "CreateTopic", {{"Name", name}});
  world_.call("sns", "Subscribe", {{"TopicArn", arn}, {"Protocol", "email"}, {"Endpoint", team}});
  world_.call("sns", "Subscribe", {{"TopicArn", arn}, {"Protocol", "https"}, {"Endpoint", hook_url}});
  world_.fast_forward(2s);
  const auto letters = world_.mail.find(team);
  EXPECT_EQ(letters.size(), 1u) << "one mail asks to confirm";
  if (letters.empty()) return arn;
  EXPECT_EQ(world_.post_form(letters.front().link("confirm")).status, 200);
  for (const auto& hook : world_.webhooks.received(hook_url, "SubscriptionConfirmation"))
    EXPECT_EQ(world_.get(text_or(hook.json, "SubscribeURL")).status, 200);
  return arn;
}

std::string Shop::add_person(const std::string& alias, const std::string& address) {
  const std::string contact =
      text_or(world_.call("ssm-contacts", "CreateContact",
                          {{"Alias", alias}, {"DisplayName", alias}, {"Type", "PERSONAL"}, {"Plan", Object{{"Stages", Array{}}}}}),
              "ContactArn");
  const std::string channel = text_or(
      world_.call("ssm-contacts", "CreateContactChannel",
                  {{"ContactId", contact}, {"Name", "mail"}, {"Type", "EMAIL"}, {"DeliveryAddress", Object{{"SimpleAddress", address}}}}),
      "ContactChannelArn");
  world_.fast_forward(1s);
  const auto letters = world_.mail.find(address);
  EXPECT_EQ(letters.size(), 1u) << "one mail brings the code";
  if (letters.empty()) return contact;
  world_.call("ssm-contacts", "ActivateContactChannel", {{"ContactChannelId", channel}, {"ActivationCode", letters.front().code()}});
  const Object target{{"ChannelTargetInfo", Object{{"ContactChannelId", channel}, {"RetryIntervalInMinutes", 1}}}};
  world_.call("ssm-contacts", "UpdateContact",
              {{"ContactId", contact}, {"Plan", Object{{"Stages", Array{Object{{"DurationInMinutes", 3}, {"Targets", Array{target}}}}}}}});
  return contact;
}

void Shop::put_alarm(const std::string& name, const std::string& service, const std::vector<std::string>& actions) {
  Array arns;
  for (const std::string& each : actions) arns.emplace_back(each);
  world_.call("cloudwatch", "PutMetricAlarm",
              {{"AlarmName", name},
               {"AlarmDescription", "More than 5 % of the visits fail."},
               {"Namespace", "ApplicationSignals"},
               {"MetricName", "Fault"},
               {"Dimensions", Array{Object{{"Name", "Environment"}, {"Value", "shop"}}, Object{{"Name", "Service"}, {"Value", service}}}},
               {"Statistic", "Average"},
               {"Period", 10},
               {"EvaluationPeriods", 3},
               {"DatapointsToAlarm", 2},
               {"Threshold", 0.05},
               {"ComparisonOperator", "GreaterThanThreshold"},
               {"TreatMissingData", "notBreaching"},
               {"AlarmActions", arns},
               {"OKActions", Array{Document(topic)}}});
}

void Shop::set_up() {
  world_.call("ssm", "PutParameter", {{"Name", pool_parameter}, {"Value", pool_size}, {"Type", "String"}});
  host = &world_.add_host("shop-1");
  host->takes = [](const std::string& document) -> Duration { return document == "AWS-RunShellScript" ? restart_takes : Duration(2s); };
  host->shell = [this](const std::string& script) {
    if (script.find("restart-shop") == std::string::npos) return std::string("== processes\npayments\n");
    broken_ = setting_ != pool_size;
    return std::string("payments restarted\n");
  };
  topic = add_topic("shop-alarms");
  Array stages;
  for (const auto& [alias, address] : {std::pair("ada", ada), std::pair("ben", ben)})
    stages.push_back(Object{
        {"DurationInMinutes", 1},
        {"Targets", Array{Object{{"ContactTargetInfo", Object{{"ContactId", add_person(alias, address)}, {"IsEssential", true}}}}}}});
  on_call = text_or(
      world_.call(
          "ssm-contacts", "CreateContact",
          {{"Alias", "shop-on-call"}, {"DisplayName", "Shop on call"}, {"Type", "ESCALATION"}, {"Plan", Object{{"Stages", stages}}}}),
      "ContactArn");
  world_.call("iam", "CreateRole", {{"RoleName", "shop-runbook"}, {"AssumeRolePolicyDocument", role_trust}});
  world_.call("iam", "PutRolePolicy", {{"RoleName", "shop-runbook"}, {"PolicyName", "repair"}, {"PolicyDocument", role_policy}});
  const std::string role = "arn:aws:iam::" + world_.client().account + ":role/shop-runbook";
  world_.call("ssm", "CreateDocument",
              {{"Name", "shop-runbook"}, {"DocumentType", "Automation"}, {"DocumentFormat", "YAML"}, {"Content", demo_runbook()}});
  world_.call("ssm-incidents", "CreateReplicationSet", {{"regions", Object{{world_.client().region, Object{}}}}});
  const Object automation{{"documentName", "shop-runbook"},
                          {"roleArn", role},
                          {"targetAccount", "RESPONSE_PLAN_OWNER_ACCOUNT"},
                          {"dynamicParameters", Object{{"IncidentArn", Object{{"variable", "INCIDENT_RECORD_ARN"}}}}},
                          {"parameters", Object{{"AlarmName", Array{alarm_name}},
                                                {"RestartCommand", Array{"restart-shop"}},
                                                {"AutomationAssumeRole", Array{Document(role)}}}}};
  plan = text_or(world_.call("ssm-incidents", "CreateResponsePlan",
                             {{"name", "shop-front"},
                              {"displayName", "Shop front"},
                              {"incidentTemplate", Object{{"title", "Customers see errors in the shop"},
                                                          {"impact", 2},
                                                          {"summary", "Visits fail."},
                                                          {"dedupeString", "shop-front"}}},
                              {"engagements", Array{Document(on_call)}},
                              {"actions", Array{Object{{"ssmAutomation", automation}}}},
                              {"tags", Object{{"tocsin:status-page", "true"},
                                              {"tocsin:component", "Shop"},
                                              {"tocsin:symptom", "Pages and purchases fail"},
                                              {"tocsin:audience", "some customers"}}}}),
                 "arn");
  put_alarm(alarm_name, "storefront", {topic, plan});
}

void Shop::open() {
  open_ = true;
  opened_at_ = world_.now();
  serve_visits();
}

void Shop::break_it() {
  world_.call("ssm", "PutParameter", {{"Name", pool_parameter}, {"Value", "1"}, {"Type", "String"}, {"Overwrite", true}});
  setting_ = "1";
  broken_ = true;
}

std::string Shop::spans() const {
  std::vector<std::string> front, checkout, payments;
  for (int i = 0; i < visits_at_once; ++i) {
    const std::string trace = fmt::format("{:032x}", visits_sent_ + i + 1);
    const auto id = [&](int n) { return fmt::format("{:016x}", (visits_sent_ + i + 1) * 16 + n); };
    const bool fails = broken_ && i % 2 == 0;
    const int status = fails ? 500 : 200;
    const Duration took = fails ? 900ms : 20ms;
    front.push_back(span(trace, id(1), "", "GET /", 2, world_.now(), took + 8ms, status));
    front.push_back(span(trace, id(2), id(1), "POST", 3, world_.now(), took + 6ms, status, "checkout"));
    checkout.push_back(span(trace, id(3), id(2), "POST /checkout", 2, world_.now(), took + 4ms, status));
    checkout.push_back(span(trace, id(4), id(3), "POST", 3, world_.now(), took + 2ms, status, "payments"));
    payments.push_back(span(trace, id(5), id(4), "POST /pay", 2, world_.now(), took, status));
  }
  return R"({"resourceSpans":[)" + resource_spans("storefront", "shop-0", front) + ',' + resource_spans("checkout", "shop-0", checkout) +
         ',' + resource_spans("payments", "shop-1", payments) + "]}";
}

// the application reads its setting when it looks, but only a restart heals it
void Shop::look_at_settings() {
  const std::string body = to_json(Object{{"Name", pool_parameter}});
  wire::HttpRequest request{.method = "POST", .target = "/", .path = "/", .body = body};
  request.headers.set("Host", world_.host());
  request.headers.set("Content-Type", "application/x-amz-json-1.1");
  request.headers.set("X-Amz-Target", "AmazonSSM.GetParameter");
  wire::sigv4::sign(request, world_.client().credentials, world_.client().region, "ssm", world_.now());
  world_.send(std::move(request), [this](wire::HttpResponse response) {
    const auto answer = parse_json(response.body);
    if (response.status == 200 && answer) setting_ = text_or(*find(*answer, "Parameter"), "Value");
  });
}

void Shop::serve_visits() {
  if (!open_) return;
  wire::HttpRequest request{.method = "POST", .target = "/v1/traces", .path = "/v1/traces", .body = spans()};
  request.headers.set("Host", world_.host());
  request.headers.set("Content-Type", "application/json");
  request.headers.set("Authorization", "Bearer " + world_.client().ingest_key);
  visits_sent_ += visits_at_once;
  world_.send(std::move(request), [this](wire::HttpResponse response) {
    if (response.status != 200) return;
    visits_acknowledged_ += visits_at_once;
    acknowledged_.emplace_back(world_.now(), visits_at_once);
  });
  look_at_settings();
  world_.executor.post_after(visits_every, [this] { serve_visits(); });
}

int Shop::visits_at_risk() const {
  int at_risk = 0;
  for (const auto& [at, visits] : acknowledged_)
    for (const Instant cut : world_.power_cuts())
      // a cut is noticed up to a second after it happened
      if (at <= cut && at > cut - 1200ms) at_risk += visits;
  return at_risk;
}

double Shop::visits_counted() {
  const Document answer = world_.call(
      "cloudwatch", "GetMetricStatistics",
      {{"Namespace", "ApplicationSignals"},
       {"MetricName", "Latency"},
       {"Dimensions", Array{Object{{"Name", "Environment"}, {"Value", "shop"}}, Object{{"Name", "Service"}, {"Value", "storefront"}}}},
       {"StartTime", to_seconds(opened_at_) - 3600},
       {"EndTime", to_seconds(world_.now()) + 3600},
       {"Period", 60},
       {"Statistics", Array{"SampleCount"}}});
  double counted = 0;
  for (const Document& point : array_at(answer, "Datapoints")) counted += number_at(point, "SampleCount").value_or(0);
  return counted;
}

std::string Shop::alarm_state() {
  const Document answer = world_.call("cloudwatch", "DescribeAlarms", {{"AlarmNames", Array{alarm_name}}});
  const Array& alarms = array_at(answer, "MetricAlarms");
  return alarms.empty() ? "" : text_or(alarms[0], "StateValue");
}

std::string Shop::incident_arn() {
  const Document answer = world_.call("ssm-incidents", "ListIncidentRecords");
  const Array& records = array_at(answer, "incidentRecordSummaries");
  EXPECT_LE(records.size(), 1u) << "one outage opens one incident";
  return records.empty() ? "" : text_or(records[0], "arn");
}

std::vector<Document> Shop::timeline(const std::string& arn) {
  std::vector<Document> events;
  Object input{{"incidentRecordArn", arn}, {"sortBy", "EVENT_TIME"}, {"sortOrder", "ASCENDING"}};
  while (true) {
    const Document page = world_.call("ssm-incidents", "ListTimelineEvents", input);
    for (const Document& event : array_at(page, "eventSummaries")) events.push_back(event);
    const auto token = text_at(page, "nextToken");
    if (!token) return events;
    input["nextToken"] = *token;
  }
}

}  // namespace tocsin::scenarios
