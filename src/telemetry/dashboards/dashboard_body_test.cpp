#include "telemetry/dashboards/dashboard_body.h"

#include <gmock/gmock.h>

#include "fuzz/mutate.h"

namespace tocsin::telemetry {
namespace {
using testing::ElementsAre;
using testing::IsEmpty;

std::string metric_widget(const std::string& metrics) {
  return R"({"widgets":[{"type":"metric","x":0,"y":0,"width":12,"height":6,"properties":{"region":"us-east-1","metrics":)" + metrics +
         "}}]}";
}
std::vector<DashboardMessage> errors(const std::string& body) { return check_dashboard(body).value_or(DashboardCheck{}).errors; }

TEST(DashboardBody, TheGuidesExamplesAreRight) {
  EXPECT_THAT(errors(R"({"widgets":[{"type":"text","x":0,"y":7,"width":3,"height":3,"properties":{"markdown":"Hello world"}}]})"),
              IsEmpty());
  EXPECT_THAT(
      errors(metric_widget(R"([["AWS/EC2","DiskReadBytes","InstanceId","i-xyz"],[".",".",".","i-abc"],["...","i-123",{"id":"m3"}]])")),
      IsEmpty());
  EXPECT_THAT(errors(metric_widget(R"x([[{"expression":"SUM(METRICS())","id":"e1"}],["AWS/EC2","CPUUtilization",{"visible":true}]])x")), IsEmpty());
  EXPECT_THAT(errors(R"({"widgets":[{"type":"metric","properties":{"annotations":{"alarms":["arn"]}}}]})"), IsEmpty());
}

TEST(DashboardBody, FaultsAreNamedByTheirPlace) {
  EXPECT_THAT(errors(metric_widget(R"(["AWS/EC2"])")),
              ElementsAre(DashboardMessage{"/widgets/0/properties/metrics/0", "Should be array"},
                          DashboardMessage{
                              "/widgets/0/properties/metrics/0",
                              "Field \"metrics\" has to be an array of array of strings, with an optional metricRenderer object as last "
                              "element"}));
  EXPECT_THAT(
      errors(metric_widget(R"([["AWS/EC2","CPU",5]])")),
      ElementsAre(DashboardMessage{"/widgets/0/properties/metrics/0", "Invalid metric field type, only \"String\" type is allowed"}));
  EXPECT_THAT(errors(R"({"widgets":[{"type":"text","width":25,"properties":{}}]})"),
              ElementsAre(DashboardMessage{"/widgets/0/width", "Should be <= 24"},
                          DashboardMessage{"/widgets/0/properties", "Should have required property 'markdown'"}));
  EXPECT_THAT(errors(R"({"widgets":[{"type":"wheel","properties":{}},7]})"),
              ElementsAre(DashboardMessage{"/widgets/0/type", "Should be equal to one of the allowed values"},
                          DashboardMessage{"/widgets/1", "Should be object"}));
  EXPECT_EQ(error_words(errors("{}")),
            "The dashboard body is invalid, there are 1 validation errors:\n[\n  {\n    \"dataPath\": \"\",\n    \"message\": \"Should "
            "have required "
            "property 'widgets'\"\n  }\n]");
  for (const char* none : {"", "[]", "{", "text"}) EXPECT_FALSE(check_dashboard(none)) << none;
}

TEST(DashboardBodyFuzz, AnyTextIsABodyOrFaults) {
  fuzz::mutate({metric_widget(R"([["AWS/EC2","CPU","InstanceId","i-1",{"id":"m1","period":60}]])"),
                R"({"widgets":[{"type":"log","properties":{"query":"q"}}]})"},
               {"[", "]", "{", "}", "null", "-1", "1e99", "\"type\""}, 2000, [](std::string_view body) {
                 const auto checked = check_dashboard(body);
                 EXPECT_TRUE(!checked || !error_words(checked->errors).empty());
               });
}

}  // namespace
}  // namespace tocsin::telemetry
