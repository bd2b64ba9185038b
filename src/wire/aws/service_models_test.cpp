#include "wire/aws/service_models.h"

#include <gtest/gtest.h>

#include "wire/aws/constraint_pattern.h"
#include "wire/aws/request_of_test.h"

namespace tocsin::wire {
namespace {

using test::embedded_models;

TEST(ServiceModels, CarriesEveryServiceServed) {
  ASSERT_GE(embedded_models().summaries().size(), 14u);
  for (const ServiceSummary& summary : embedded_models().summaries()) {
    const ServiceModel* model = embedded_models().find(summary.name);
    ASSERT_NE(model, nullptr) << summary.name;
    EXPECT_FALSE(model->operations().empty());
    EXPECT_FALSE(model->protocols.empty()) << summary.name;
    EXPECT_EQ(model->signing_name, summary.signing_name);
  }
  EXPECT_EQ(embedded_models().find("nothing"), nullptr);
}

TEST(ServiceModels, EveryPatternCanBeRead) {
  for (const ServiceSummary& summary : embedded_models().summaries())
    for (const Shape& shape : embedded_models().find(summary.name)->shapes())
      EXPECT_TRUE(!shape.compiled_pattern || shape.compiled_pattern->readable())
          << summary.name << " " << shape.name << " " << shape.pattern;
}

TEST(ServiceModels, EveryMemberHasItsShape) {
  for (const ServiceSummary& summary : embedded_models().summaries()) {
    for (const Shape& shape : embedded_models().find(summary.name)->shapes()) {
      for (const Member& member : shape.members) {
        EXPECT_NE(member.shape, nullptr) << shape.name << "." << member.name;
        EXPECT_EQ(shape.member(member.name), &member);
      }
      EXPECT_TRUE(shape.type != ShapeType::list || shape.element.shape) << shape.name;
      EXPECT_TRUE(shape.type != ShapeType::map || (shape.key.shape && shape.value.shape)) << shape.name;
    }
  }
}

TEST(ServiceModels, ReadsTraits) {
  const ServiceModel& cloudwatch = *embedded_models().find("cloudwatch");
  EXPECT_TRUE(cloudwatch.query_compatible);
  EXPECT_TRUE(cloudwatch.speaks(Protocol::query) && cloudwatch.speaks(Protocol::json_1_0) && cloudwatch.speaks(Protocol::rpc_v2_cbor));
  EXPECT_EQ(cloudwatch.xml_namespace, "http://monitoring.amazonaws.com/doc/2010-08-01/");
  EXPECT_EQ(cloudwatch.operation("PutMetricAlarm")->input->member("AlarmName")->required, true);
  EXPECT_EQ(cloudwatch.exception("MissingParameter")->name, "MissingRequiredParameterException");
  EXPECT_EQ(embedded_models().find("sqs")->exception("QueueDoesNotExist")->error_code, "AWS.SimpleQueueService.NonExistentQueue");
  EXPECT_EQ(embedded_models().find("ssm-incidents")->protocols, std::vector{Protocol::rest_json});
}

TEST(ServiceModels, BrokenArchiveHoldsNothing) {
  EXPECT_TRUE(ServiceModels(std::string_view("")).summaries().empty());
  EXPECT_TRUE(ServiceModels(std::string_view("\x08\x00\x00\x00[{\"a\":1", 12)).summaries().empty());
  EXPECT_FALSE(parse_service_model("x", "{}").has_value());
  EXPECT_FALSE(parse_service_model("x", "[").has_value());
}

TEST(ConstraintPattern, ReadsJavaSyntax) {
  EXPECT_TRUE(ConstraintPattern("[\\u0020-\\u00FF]+").matches("caf\xc3\xa9"));
  EXPECT_FALSE(ConstraintPattern("[\\u0020-\\u00FF]+").matches("\xe2\x82\xac"));
  EXPECT_TRUE(ConstraintPattern("^(?!\\s*$).+").matches("x"));
  EXPECT_FALSE(ConstraintPattern("^(?!\\s*$).+").matches("  "));
  EXPECT_TRUE(ConstraintPattern("[a-z]{1,2048}").matches("abc"));
  EXPECT_FALSE(ConstraintPattern("[a-z]+").matches("abc1"));
}

}  // namespace
}  // namespace tocsin::wire
