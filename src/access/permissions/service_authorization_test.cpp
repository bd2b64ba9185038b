// Every operation that is served, held against the Service Authorization Reference (testdata/README.md): its action, and the kind of
// resource that is asked about.
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
#include <gtest/gtest.h>
#include <re2/re2.h>

#include <boost/json.hpp>
#include <fstream>
#include <map>
#include <sstream>

#include "access/permissions/required_permission.h"

namespace tocsin::access {
namespace {

const Scope scope{"111122223333", "eu-west-1"};

struct Line {
  std::string service, operation, action, forms, input;
};

std::vector<Line> reference() {
  std::vector<Line> lines;
  std::ifstream file(TOCSIN_SOURCE_DIR "/src/access/permissions/testdata/service_authorization.tsv");
  for (std::string text; std::getline(file, text);) {
    std::istringstream fields(text);
    Line line;
    for (std::string* field : {&line.service, &line.operation, &line.action, &line.forms, &line.input}) std::getline(fields, *field, '\t');
    lines.push_back(std::move(line));
  }
  return lines;
}

/// "arn:aws:logs:${Region}:${Account}:log-group:${LogGroupName}" with anything in its places.
bool has_form(const std::string& arn, const std::string& form) {
  std::string pattern = RE2::QuoteMeta(form);
  RE2::GlobalReplace(&pattern, R"(\\\$\\\{[A-Za-z]+\\\})", ".+");
  RE2::GlobalReplace(&pattern, R"(\\\*)", ".*");
  return RE2::FullMatch(arn, pattern);
}

/// Where the reference and what is asked differ, and why.
const std::map<std::string, std::string> exceptions{
    {"iam:ChangePassword", "the input does not name the caller, whom the gate puts there"},
    {"iam:GetAccessKeyLastUsed", "the input does not name the key's owner, whom the gate puts there"},
    {"logs:DeleteDeliverySource", "the reference names a destination; the source is asked about"},
    {"logs:DescribeLogGroups", "the service's refusals name log-group::log-stream:"},
    {"logs:GetLogRecord", "the group is not in the input"},
    {"logs:GetQueryResults", "the groups are not in the input"},
    {"sns:GetSubscriptionAttributes", "the service's refusals name the topic"},
    {"sns:SetSubscriptionAttributes", "the service's refusals name the topic"},
    {"sns:Unsubscribe", "the service's refusals name the topic"},
    {"sqs:CancelMessageMoveTask", "the queue is not in the input"},
};

bool has_a_form(const std::string& arn, const std::string& forms) {
  std::istringstream each(forms);
  for (std::string form; each >> form;)
    if (form == "?" || (form == "-" && arn == "*") || (form != "-" && has_form(arn, form))) return true;
  return false;
}

TEST(ServiceAuthorization, EveryOperationServedHasItsActionAndItsKindOfResource) {
  const std::vector<Line> lines = reference();
  ASSERT_GT(lines.size(), 500u);
  for (const Line& line : lines) {
    const auto input = parse_json(line.input);
    ASSERT_TRUE(input) << line.operation;
    const auto required = required_permissions(line.service, line.operation, *input, scope);
    EXPECT_EQ(required[0].action, line.action);
    if (exceptions.contains(line.action)) continue;
    for (const std::string& resource : required[0].resources)
      EXPECT_TRUE(has_a_form(resource, line.forms)) << line.action << " is asked on " << resource << ", documented on " << line.forms;
  }
}

}  // namespace
}  // namespace tocsin::access
