#include "wire/aws/validation.h"

#include <gtest/gtest.h>

#include "wire/aws/every_trait_of_test.h"

namespace tocsin::wire {
namespace {

using namespace test;

std::string checked(std::string_view input) {
  const auto error = validate(every_trait(), *every_trait().operation("Checked"), json_document(input));
  return error ? error->code + " " + error->message : "";
}
std::string one(std::string_view rest) { return "ValidationException 1 validation error detected: " + std::string(rest); }

TEST(Validation, TakesWhatKeepsTheConstraints) {
  EXPECT_EQ(
      checked(
          R"({"Name":"abcdé","Count":10,"Colour":"RED","Entries":[{"Id":"a"}],"Words":["a"],"Labels":{"k":"v"},"Choice":{"Left":"l"},"Password":"12345678"})"),
      "");
}

TEST(Validation, NamesWhatIsMissing) {
  EXPECT_EQ(checked(R"({"Name":"a"})"), one("Value null at 'entries' failed to satisfy constraint: Member must not be null"));
  EXPECT_EQ(checked(R"({"Name":"a","Entries":[{}]})"),
            one("Value null at 'entries.1.member.id' failed to satisfy constraint: Member must not be null"));
  EXPECT_EQ(checked(R"({"Name":"a","Entries":[null]})"),
            one("Value null at 'entries.1.member' failed to satisfy constraint: Member must not be null"));
}

TEST(Validation, BoundsLengthsAndValues) {
  EXPECT_EQ(checked(R"({"Name":"aaaaaa","Entries":[{"Id":"a"}]})"),
            one("Value 'aaaaaa' at 'name' failed to satisfy constraint: Member must have length less than or equal to 5"));
  EXPECT_EQ(checked(R"({"Name":"a","Count":0,"Entries":[{"Id":"a"}]})"),
            one("Value '0' at 'count' failed to satisfy constraint: Member must have value greater than or equal to 1"));
  EXPECT_EQ(checked(R"({"Name":"a","Entries":[]})"),
            one("Value '[]' at 'entries' failed to satisfy constraint: Member must have length greater than or equal to 1"));
  EXPECT_EQ(
      checked(R"({"Name":"a","Entries":[{"Id":"a"},{"Id":"b"},{"Id":"c"}]})"),
      one("Value '[{Id=a}, {Id=b}, {Id=c}]' at 'entries' failed to satisfy constraint: Member must have length less than or equal to 2"));
}

TEST(Validation, HoldsPatternsAndEnums) {
  EXPECT_EQ(checked(R"({"Name":"A","Entries":[{"Id":"a"}]})"),
            one("Value 'A' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zé]+"));
  EXPECT_EQ(checked(R"({"Name":"a","Colour":"BLUE","Entries":[{"Id":"a"}]})"),
            one("Value 'BLUE' at 'colour' failed to satisfy constraint: Member must satisfy enum value set: [RED, GREEN]"));
}

TEST(Validation, JoinsSeveral) {
  EXPECT_EQ(checked(R"({"Name":"","Entries":[{"Id":"a"}]})"),
            "ValidationException 2 validation errors detected: Value '' at 'name' failed to satisfy constraint: Member must have length "
            "greater than or equal to 1; "
            "Value '' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zé]+");
}

TEST(Validation, ElementsOfListsAndMaps) {
  EXPECT_EQ(checked(R"({"Name":"a","Entries":[{"Id":"a"}],"Words":["ok","NO"]})"),
            one("Value '[ok, NO]' at 'words' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less "
                "than or equal to 5, "
                "Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [a-zé]+]"));
  EXPECT_NE(checked(R"({"Name":"a","Entries":[{"Id":"a"}],"Labels":{"K":"v"}})").find("Map keys must satisfy constraint: ["),
            std::string::npos);
  EXPECT_NE(checked(R"({"Name":"a","Entries":[{"Id":"a"}],"Labels":{"k":"V"}})")
                .find("Value '{k=V}' at 'labels' failed to satisfy constraint: Map value must satisfy constraint: ["),
            std::string::npos);
}

TEST(Validation, UnionsHoldExactlyOne) {
  EXPECT_NE(checked(R"({"Name":"a","Entries":[{"Id":"a"}],"Choice":{}})"), "");
  EXPECT_NE(checked(R"({"Name":"a","Entries":[{"Id":"a"}],"Choice":{"Left":"a","Right":1}})"), "");
}

TEST(Validation, SecretsAreNotShown) {
  EXPECT_EQ(checked(R"({"Name":"a","Entries":[{"Id":"a"}],"Password":"short"})"),
            one("Value at 'password' failed to satisfy constraint: Member must have length greater than or equal to 8"));
}

std::string of(std::string_view service, std::string_view operation, std::string_view input) {
  const ServiceModel& model = *embedded_models().find(service);
  const auto error = validate(model, *model.operation(operation), json_document(input));
  return error ? error->code + " " + error->message : "";
}

TEST(Validation, EachServiceHasItsWords) {
  EXPECT_EQ(of("sqs", "SendMessage", R"({"QueueUrl":"u"})"), "MissingParameter The request must contain the parameter MessageBody.");
  EXPECT_EQ(of("cloudwatch", "PutMetricData", R"({"Namespace":"N","MetricData":[{"Value":1}]})"),
            "MissingParameter The parameter MetricData.member.1.MetricName is required.");
  EXPECT_EQ(of("cloudwatch", "DescribeAlarms", R"({"MaxRecords":101})"),
            "ValidationError 1 validation error detected: Value '101' at 'maxRecords' failed to satisfy constraint: Member must have value "
            "less than or equal to 100");
  EXPECT_EQ(of("logs", "CreateLogGroup", R"({"logGroupName":""})").substr(0, 60),
            "InvalidParameterException 2 validation errors detected: Valu");
  EXPECT_EQ(of("sns", "CreateTopic", "{}"),
            "ValidationError 1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null");
  EXPECT_EQ(of("cloudtrail", "LookupEvents", R"({"MaxResults":51})").substr(0, 25), "InvalidMaxResultsExceptio");
  EXPECT_EQ(of("events", "PutEvents", R"({"Entries":[]})"),
            "ValidationException 1 validation error detected: Value '[]' at 'entries' failed to satisfy constraint: Member must have "
            "length greater than or equal to 1");
  EXPECT_EQ(of("sqs", "CreateQueue", R"({"QueueName":"q","Attributes":{"Anything":"goes"}})"), "");
}

}  // namespace
}  // namespace tocsin::wire
