// Two accounts on one server: neither sees, changes or hears of what is the other's.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <set>

#include "scenarios/outage.h"
#include "simulation/api_request.h"
#include "wire/aws/service_models.h"

namespace tocsin::scenarios {
namespace {

using simulation::Client;
using simulation::World;

TEST(Accounts, DoNotSeeOneAnother) {
  World world(51);
  const Client other = world.new_account("444455556666");
  Shop shop(world);
  shop.set_up();
  const Outage outage = live_through_outage(world, shop);
  ASSERT_FALSE(outage.incident_arn.empty());

  const auto is_empty = [&](const char* service, const char* operation, const char* member, const Object& input = {}) {
    const Document mine = world.call(service, operation, input), theirs = world.call(other, service, operation, input);
    EXPECT_FALSE(array_at(mine, member).empty()) << operation;
    EXPECT_TRUE(array_at(theirs, member).empty()) << operation << ": " << to_json(theirs);
  };
  is_empty("cloudwatch", "DescribeAlarms", "MetricAlarms");
  is_empty("cloudwatch", "DescribeAlarmHistory", "AlarmHistoryItems");
  is_empty("cloudwatch", "ListMetrics", "Metrics", {{"Namespace", "ApplicationSignals"}});
  is_empty("ssm-incidents", "ListIncidentRecords", "incidentRecordSummaries");
  is_empty("ssm-incidents", "ListResponsePlans", "responsePlanSummaries");
  is_empty("ssm-contacts", "ListContacts", "Contacts");
  is_empty("ssm-contacts", "ListEngagements", "Engagements");
  is_empty("ssm", "DescribeInstanceInformation", "InstanceInformationList");
  is_empty("ssm", "DescribeAutomationExecutions", "AutomationExecutionMetadataList");
  is_empty("ssm", "ListCommands", "Commands");
  is_empty("ssm", "DescribeParameters", "Parameters");

  const auto is_refused = [&](const char* service, const char* operation, const Object& input) {
    EXPECT_TRUE(world.try_call(world.client(), service, operation, input)) << operation;
    EXPECT_FALSE(world.try_call(other, service, operation, input)) << operation << " by another account";
  };
  is_refused("ssm-incidents", "GetIncidentRecord", {{"arn", outage.incident_arn}});
  is_refused("ssm-incidents", "ListTimelineEvents", {{"incidentRecordArn", outage.incident_arn}});
  is_refused("ssm-incidents", "ListRelatedItems", {{"incidentRecordArn", outage.incident_arn}});
  is_refused("ssm", "GetParameter", {{"Name", pool_parameter}});
  is_refused("ssm", "GetAutomationExecution", {{"AutomationExecutionId", outage.execution_id}});
  is_refused("ssm-contacts", "GetContact", {{"ContactId", shop.on_call}});
  is_refused("sns", "GetTopicAttributes", {{"TopicArn", shop.topic}});
  is_refused("sns", "Publish", {{"TopicArn", shop.topic}, {"Message", "hello"}});
}

/// The operations that access/permissions/testdata lists, as "service:Operation".
std::set<std::string> listed_operations() {
  std::set<std::string> listed;
  std::ifstream file(TOCSIN_SOURCE_DIR "/src/access/permissions/testdata/service_authorization.tsv");
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find('\t'), second = line.find('\t', first + 1);
    listed.insert(line.substr(0, first) + ':' + line.substr(first + 1, second - first - 1));
  }
  return listed;
}

TEST(Permissions, NothingIsServedWhosePermissionIsNotHeldAgainstTheReference) {
  World world(52);
  const std::set<std::string> listed = listed_operations();
  ASSERT_GT(listed.size(), 500u);
  const wire::ServiceModels models;
  for (const wire::ServiceSummary& service : models.summaries()) {
    // the world's client speaks no REST-XML: api/s3 holds its own list
    if (service.name == "s3") continue;
    for (const auto& [name, operation] : simulation::service_model(service.name).operations()) {
      if (listed.contains(service.name + ":" + name)) continue;
      const auto answer = world.try_call(world.client(), service.name, name, {});
      ASSERT_FALSE(answer) << service.name << ":" << name;
      EXPECT_THAT(answer.error().code, testing::AnyOf("NotImplementedException", testing::HasSubstr("UnknownOperation")))
          << service.name << ":" << name << " is served: " << answer.error().message;
    }
  }
}

}  // namespace
}  // namespace tocsin::scenarios
