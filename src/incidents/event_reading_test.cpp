#include "incidents/event_reading.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "base/text_time.h"
#include "incidents/alarm_facts.h"
#include "incidents/event_names.h"
#include "incidents/evidence_command.h"

namespace tocsin::incidents {
namespace {

using testing::Contains;
using testing::HasSubstr;

TEST(EventReading, AnAlarmThatIsOkAgainMeansMitigated) {
  EventEnvelope event{.source = "aws.cloudwatch", .type = "CloudWatch Alarm State Change", .resources = {"arn:aws:cloudwatch:r:1:alarm:a"}};
  event.detail = *parse_json(R"({"alarmName":"a","state":{"value":"OK","reason":"fine"},"previousState":{"value":"ALARM"}})");
  const auto reading = read_event(event);
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->signal, CustomerSignal::mitigated);
  EXPECT_EQ(reading->alarm_arn, event.resources[0]);
  EXPECT_EQ(reading->summary, "Alarm a went from ALARM to OK. fine");
  EXPECT_THAT(reading->links, Contains(event.resources[0]));
}

TEST(EventReading, AStepOfARunbookIsTiedByItsExecution) {
  EventEnvelope event{.source = "aws.ssm", .type = "EC2 Automation Step Status-change Notification"};
  event.detail =
      *parse_json(R"({"ExecutionId":"e-1","Definition":"Restore","Status":"Success","StepName":"rollBack","Action":"aws:executeAwsApi"})");
  const auto reading = read_event(event);
  ASSERT_TRUE(reading);
  EXPECT_EQ(reading->type, "SSM Automation Step");
  EXPECT_THAT(reading->links, Contains("e-1"));
  EXPECT_THAT(reading->command, HasSubstr("get-automation-execution --automation-execution-id e-1"));
}

TEST(EventReading, AnIncidentsOwnChangesAreNoNews) {
  EventEnvelope event{.source = std::string(incident_source), .type = std::string(incident_opened)};
  event.detail = Object{{"incidentRecordArn", "x"}};
  EXPECT_FALSE(read_event(event));
  event.type = cause_identified;
  EXPECT_EQ(read_event(event)->signal, CustomerSignal::cause_found);
  event.source = "aws.sns";
  event.type = "x";
  EXPECT_FALSE(read_event(event));
}

TEST(AlarmFacts, TakesTheOldestBreachingDatapointAndTheNormalValue) {
  const auto facts = alarm_facts(std::string_view(
      R"({"detail":{"alarmName":"a","configuration":{"metrics":[{"metricStat":{"metric":{"namespace":"Shop","name":"Errors"}}}]},
    "state":{"value":"ALARM","reason":"r","timestamp":"2026-11-24T03:05:00.000+0000","reasonData":"{\"threshold\":5,\"evaluatedDatapoints\":[{\"timestamp\":\"2026-11-24T03:04:10.000+0000\",\"value\":19},{\"timestamp\":\"2026-11-24T03:04:00.000+0000\",\"value\":18},{\"timestamp\":\"2026-11-24T03:03:50.000+0000\",\"value\":0.2}]}"}}})"));
  ASSERT_TRUE(facts);
  EXPECT_EQ(facts->metric, "Shop/Errors");
  EXPECT_EQ(value_in_words(*facts), "19 (threshold 5, normal 0.2)");
  EXPECT_EQ(to_rfc3339(*facts->first_bad), "2026-11-24T03:04:00Z");
  EXPECT_EQ(to_rfc3339(*facts->changed), "2026-11-24T03:05:00Z");
}

TEST(AlarmFacts, IsQuietAboutWhatIsNoAlarm) {
  for (const char* text : {"", "[]", "3", "{}", R"({"detail":[]})", R"({"detail":{"alarmName":5}})"})
    EXPECT_FALSE(alarm_facts(std::string_view(text))) << text;
  EXPECT_TRUE(alarm_facts(std::string_view(R"({"alarmName":"a","state":{"reasonData":"{{"}})")));
}

TEST(EvidenceCommand, PrintsOperationsAsTheCommandLineNamesThem) {
  EXPECT_EQ(evidence_command(*parse_json(R"({"service":"logs","operation":"FilterLogEvents","parameters":{"logGroupName":"it's"}})")),
            R"(aws logs filter-log-events --cli-input-json '{"logGroupName":"it'\''s"}')");
  EXPECT_EQ(command_line_name("GetSMSAttributes"), "get-smsattributes");
  EXPECT_EQ(evidence_command(Document{}), "");
}

}  // namespace
}  // namespace tocsin::incidents
