#include <gtest/gtest.h>

#include <limits>

#include "wire/aws/every_trait_of_test.h"

namespace tocsin::wire {
namespace {

using namespace test;

Parsed<Document> read(std::string body) {
  return json_codec().parse(route_to("Echo", Protocol::json_1_0), json_call("Traits_20260101.Echo", std::move(body)));
}
std::string parsed(std::string body) { return text_of(read(std::move(body))); }
std::string message_of(std::string body) {
  const auto result = read(std::move(body));
  return result ? "" : result.error().message;
}
std::string written(const Document& output) { return json_codec().write(route_to("Echo", Protocol::json_1_0), output, "rid").body; }

TEST(JsonCodec, ReadsScalars) {
  EXPECT_EQ(parsed(R"({"Text":"é\n","Number":-7,"Big":9007199254740993,"Real":2,"Truth":true,"Bytes":"aGk="})"),
            "{\"Text\":\"é\\n\",\"Number\":-7,\"Big\":9007199254740993,\"Real\":2E0,\"Truth\":true,\"Bytes\":\"hi\"}");
  EXPECT_EQ(parsed(R"({"Number":3.0,"Unknown":{"a":[1]},"Text":null})"), R"({"Number":3})");
  EXPECT_EQ(parsed(""), "{}");
  EXPECT_EQ(parsed(" {} "), "{}");
  EXPECT_EQ(parsed(R"({"renamedOnWire":"x","Renamed":"y"})"), R"({"Renamed":"y"})");
  EXPECT_TRUE(read(R"({"Real":"NaN"})")->at("Real").is_double());
}

TEST(JsonCodec, ReadsMoments) {
  EXPECT_EQ(parsed(R"({"Moment":1795502979.123})"), R"({"Moment":)" + std::to_string(moment_ns) + "}");
  EXPECT_EQ(parsed(R"({"Moment":1.795502979E9})"), R"({"Moment":)" + std::to_string(second_ns) + "}");
  EXPECT_EQ(parsed(R"({"MomentIso":"2026-11-24T06:49:39.123Z"})"), R"({"MomentIso":)" + std::to_string(moment_ns) + "}");
  EXPECT_EQ(parsed(R"({"Moment":-1.5})"), R"({"Moment":-1500000000})");
}

TEST(JsonCodec, ReadsCollections) {
  EXPECT_EQ(parsed(R"({"Names":["a","b"],"Things":[{"Id":"i","Size":2,"x":1}],"Attributes":{"k":"v","n":null}})"),
            R"({"Names":["a","b"],"Things":[{"Id":"i","Size":2}],"Attributes":{"k":"v"}})");
  EXPECT_EQ(parsed(R"({"Nested":{"Nested":{"Text":"t"}},"Choice":{"Left":"l"},"ThingsByName":{"k":{"Id":"i"}}})"),
            R"({"Nested":{"Nested":{"Text":"t"}},"Choice":{"Left":"l"},"ThingsByName":{"k":{"Id":"i"}}})");
}

TEST(JsonCodec, RefusesWrongTypesInTheServicesWords) {
  EXPECT_EQ(message_of(R"({"Text":1})"), "NUMBER_VALUE cannot be converted to String");
  EXPECT_EQ(message_of(R"({"Number":"1"})"), "STRING_VALUE cannot be converted to Integer");
  EXPECT_EQ(message_of(R"({"Number":2147483648})"), "NUMBER_VALUE cannot be converted to Integer");
  EXPECT_EQ(message_of(R"({"Truth":"true"})"), "STRING_VALUE cannot be converted to Boolean");
  EXPECT_EQ(message_of(R"({"Text":true})"), "TRUE_VALUE cannot be converted to String");
  EXPECT_EQ(message_of(R"({"Text":{}})"), "Start of structure or map found where not expected.");
  EXPECT_EQ(message_of(R"({"Text":[]})"), "Start of list found where not expected");
  EXPECT_EQ(message_of(R"({"Names":"a"})"), "Expected list or null");
  EXPECT_EQ(message_of(R"({"Attributes":[]})"), "Expected map or null");
  EXPECT_EQ(message_of(R"({"Nested":1})"), "Expected structure or null");
  for (const char* body :
       {"{", "[]", "\"x\"", "{\"Text\":\"\xff\"}", "{\"Bytes\":\"%\"}", "{\"Moment\":1e300}", "{} x", "{\"Text\":\"\\ud800\"}"})
    EXPECT_EQ(parsed(body), "ERROR SerializationException") << body;
  EXPECT_EQ(parsed(std::string(200, '[')), "ERROR SerializationException");
}

TEST(JsonCodec, WritesEveryType) {
  EXPECT_EQ(
      written(json_document(
          R"({"Text":"a\"\\\u0001é","Number":7,"Real":1,"Truth":false,"Bytes":"hi","Names":["x"],"Attributes":{"k":"v"},"Things":[{"Id":"i","Size":2,"z":0}],"Nested":{}})")),
      "{\"Text\":\"a\\\"\\\\\\u0001é\",\"Number\":7,\"Real\":1.0,\"Truth\":false,\"Bytes\":\"aGk=\",\"Names\":[\"x\"],\"Things\":[{\"Id\":"
      "\"i\",\"Size\":2}],\"Attributes\":{\"k\":\"v\"},\"Nested\":{}}");
  EXPECT_EQ(
      written(Object{{"Moment", moment_ns}, {"MomentIso", second_ns}, {"MomentRfc", second_ns}, {"MomentUnix", -1'500'000'000}}),
      R"({"Moment":1795502979.123,"MomentIso":"2026-11-24T06:49:39Z","MomentRfc":"Tue, 24 Nov 2026 06:49:39 GMT","MomentUnix":-1.5})");
  EXPECT_EQ(written(Object{{"Real", 0.1}, {"Single", 1e22}}), R"({"Real":0.1,"Single":1e+22})");
  EXPECT_EQ(written(Object{{"Real", std::numeric_limits<double>::infinity()}}), R"({"Real":"Infinity"})");
  EXPECT_EQ(written(json_document(R"({"Renamed":"x","NotAMember":1,"Text":null})")), R"({"Renamed":"x"})");
}

TEST(JsonCodec, NamesItsVersion) {
  EXPECT_EQ(json_codec().write(route_to("Nothing", Protocol::json_1_0), Object{}, "r").headers.get("Content-Type"),
            "application/x-amz-json-1.0");
  const auto response = json_codec().write(route_to("Nothing", Protocol::json_1_1), Object{}, "r");
  EXPECT_EQ(response.headers.get("Content-Type"), "application/x-amz-json-1.1");
  EXPECT_EQ(response.body, "");
}

TEST(JsonCodec, WritesErrors) {
  const WireError not_found{"ThingNotFoundException", "No \"thing\".", 0, Object{{"ThingId", "t"}}};
  HttpResponse response = json_codec().write_error({&every_trait(), Protocol::json_1_0, true}, not_found, "rid");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.body, R"({"__type":"com.amazonaws.traits#ThingNotFoundException","message":"No \"thing\".","ThingId":"t"})");
  EXPECT_EQ(response.headers.get("x-amzn-query-error"), "ThingNotFound;Sender");
  response = json_codec().write_error({&every_trait(), Protocol::json_1_1, false}, not_found, "rid");
  EXPECT_EQ(response.body, R"({"__type":"ThingNotFoundException","message":"No \"thing\".","ThingId":"t"})");
  EXPECT_FALSE(response.headers.has("x-amzn-query-error"));
  response = json_codec().write_error({&every_trait(), Protocol::json_1_0, true}, {"Broken", "x", 0, {}}, "rid");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body, R"({"__type":"com.amazonaws.traits#Broken","Message":"x"})");
  EXPECT_EQ(response.headers.get("x-amzn-query-error"), "Broken;Receiver");
}

TEST(JsonCodec, CommonErrorsHaveTheirJsonNames) {
  const auto code = [](std::string_view name) {
    const auto response = json_codec().write_error({nullptr, Protocol::json_1_1}, {std::string(name), "m", 0, {}}, "r");
    return std::string(json_document(response.body).at("__type").as_string()) + " " + std::to_string(response.status);
  };
  EXPECT_EQ(code("AccessDenied"), "AccessDeniedException 400");
  EXPECT_EQ(code("InvalidClientTokenId"), "UnrecognizedClientException 400");
  EXPECT_EQ(code("SignatureDoesNotMatch"), "InvalidSignatureException 400");
  EXPECT_EQ(code("MissingAuthenticationToken"), "MissingAuthenticationTokenException 400");
  EXPECT_EQ(code("ExpiredToken"), "ExpiredTokenException 400");
  EXPECT_EQ(code("ValidationError"), "ValidationException 400");
  EXPECT_EQ(code("Throttling"), "ThrottlingException 400");
  EXPECT_EQ(code("InternalFailure"), "InternalFailure 500");
}

TEST(JsonCodec, QueryCodesOfCommonErrors) {
  const ServiceModel& cloudwatch = *embedded_models().find("cloudwatch");
  auto response = json_codec().write_error({&cloudwatch, Protocol::json_1_0, true}, {"ValidationError", "m", 0, {}}, "r");
  EXPECT_EQ(response.headers.get("x-amzn-query-error"), "ValidationError;Sender");
  response = json_codec().write_error({&cloudwatch, Protocol::json_1_0, true},
                                      {"MissingParameter", "The parameter AlarmName is required.", 0, {}}, "r");
  EXPECT_EQ(response.headers.get("x-amzn-query-error"), "MissingParameter;Sender");
  EXPECT_NE(response.body.find("#MissingRequiredParameterException"), std::string::npos);
  const ServiceModel& sqs = *embedded_models().find("sqs");
  response = json_codec().write_error({&sqs, Protocol::json_1_0, true}, {"QueueDoesNotExist", "m", 0, {}}, "r");
  EXPECT_EQ(response.headers.get("x-amzn-query-error"), "AWS.SimpleQueueService.NonExistentQueue;Sender");
  EXPECT_EQ(response.body, R"({"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"m"})");
}

}  // namespace
}  // namespace tocsin::wire
