#include <gtest/gtest.h>

#include "wire/aws/every_trait_of_test.h"

namespace tocsin::wire {
namespace {

using namespace test;

/// Routes by the template, as the router does it within a service.
Parsed<Document> read(std::string_view operation, HttpRequest request) {
  Route route = route_to(operation, Protocol::rest_json);
  auto labels = route.operation->uri.match(request.path, request.query);
  if (!labels) return wire_fail("NoMatch", "");
  route.labels = std::move(*labels);
  return rest_json_codec().parse(route, request);
}
HttpRequest put(std::string path, std::string body = {}) { return rest_call("PUT", std::move(path), "traits", std::move(body)); }
HttpResponse written(std::string_view operation, const Document& output) {
  return rest_json_codec().write(route_to(operation, Protocol::rest_json), output, "rid");
}

TEST(RestJsonCodec, ReadsLabels) {
  EXPECT_EQ(text_of(read("Bound", put("/bound/a%2Fb%20c/deep/x/y%3Az?fixed"))), R"({"Id":"a/b c","Path":"x/y:z","Rest":{"fixed":""}})");
  EXPECT_EQ(text_of(read("Bound", put("/bound/a/deep/?fixed"))), "ERROR NoMatch");
  EXPECT_EQ(text_of(read("Bound", put("/bound/a/deep/x"))), "ERROR NoMatch");
  EXPECT_EQ(text_of(read("Bound", put("/bound/a/other/x?fixed"))), "ERROR NoMatch");
}

TEST(RestJsonCodec, ReadsTheQueryString) {
  EXPECT_EQ(text_of(read("Bound", put("/bound/a/deep/b?fixed&limit=5&since=2026-11-24T06%3A49%3A39Z&kind=x&kind=y"))),
            R"({"Id":"a","Path":"b","Limit":5,"Since":)" + std::to_string(second_ns) + R"(,"Kinds":["x","y"],"Rest":{"fixed":""}})");
  EXPECT_EQ(text_of(read("Bound", put("/bound/a/deep/b?fixed&limit=many"))), "ERROR SerializationException");
  EXPECT_EQ(text_of(read("Bound", put("/bound/a/deep/b?fixed&other=%ff"))), "ERROR SerializationException");
}

TEST(RestJsonCodec, ReadsHeaders) {
  auto request = with(with(put("/bound/a/deep/b?fixed"), "x-token", "t"), "X-When", "Tue, 24 Nov 2026 06:49:39 GMT");
  request = with(with(std::move(request), "X-Tags", "a, \"b,c\" ,d"), "X-Meta-Colour", "red");
  const auto input = read("Bound", std::move(request));
  ASSERT_TRUE(input);
  EXPECT_EQ(text_at(*input, "Token"), "t");
  EXPECT_EQ(integer_at(*input, "When"), second_ns);
  EXPECT_EQ(to_json(*find(*input, "Tags")), R"(["a","b,c","d"])");
  EXPECT_EQ(to_json(*find(*input, "Meta")), R"({"Colour":"red"})");
}

TEST(RestJsonCodec, ReadsTheBodyByWireNames) {
  EXPECT_EQ(text_of(read("Bound", put("/bound/a/deep/b?fixed", R"({"Body":"x","renamedOnWire":"y","Renamed":"no","Id":"no"})"))),
            R"({"Body":"x","Renamed":"y","Id":"a","Path":"b","Rest":{"fixed":""}})");
  EXPECT_EQ(text_of(read("Bound", put("/bound/a/deep/b?fixed", "{"))), "ERROR SerializationException");
}

TEST(RestJsonCodec, ReadsPayloads) {
  EXPECT_EQ(text_of(read("BlobBody", with(rest_call("POST", "/blob", "traits", "raw \x01"), "Content-Type", "image/png"))),
            R"({"Content":"raw \u0001","Kind":"image/png"})");
  EXPECT_EQ(text_of(read("ThingBody", rest_call("POST", "/thing", "traits", R"({"Id":"i","size":3})"))),
            R"({"Thing":{"Id":"i","Size":3}})");
  EXPECT_EQ(text_of(read("ThingBody", rest_call("POST", "/thing", "traits"))), "{}");
  EXPECT_EQ(text_of(read("Nothing", rest_call("POST", "/nothing", "traits", "whatever"))), "{}");
}

TEST(RestJsonCodec, WritesBoundMembers) {
  const auto response = written("Bound", Object{{"ETag", "e"}, {"Changed", second_ns}, {"Meta", Object{{"a", "b"}}}, {"Body", "x"}});
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.body, R"({"body":"x"})");
  EXPECT_EQ(response.headers.get("ETag"), "e");
  EXPECT_EQ(response.headers.get("Last-Modified"), "Tue, 24 Nov 2026 06:49:39 GMT");
  EXPECT_EQ(response.headers.get("x-meta-a"), "b");
  EXPECT_EQ(response.headers.get("Content-Type"), "application/json");
  EXPECT_EQ(written("Bound", Object{{"Status", 202}}).status, 202);
}

TEST(RestJsonCodec, WritesPayloads) {
  auto response = written("BlobBody", Object{{"Content", "raw"}, {"Kind", "image/png"}});
  EXPECT_EQ(response.body, "raw");
  EXPECT_EQ(response.headers.get("Content-Type"), "image/png");
  EXPECT_EQ(written("ThingBody", json_document(R"({"Thing":{"Id":"i","Size":3}})")).body, R"({"Id":"i","size":3})");
  EXPECT_EQ(written("Nothing", Object{}).body, "");
}

TEST(RestJsonCodec, WritesErrors) {
  auto response = rest_json_codec().write_error({&every_trait(), Protocol::rest_json},
                                                {"ThingNotFoundException", "Gone.", 0, Object{{"ThingId", "t"}}}, "rid");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.headers.get("x-amzn-errortype"), "ThingNotFoundException");
  EXPECT_EQ(response.body, R"({"message":"Gone.","ThingId":"t"})");
  response = rest_json_codec().write_error({nullptr, Protocol::rest_json}, {"AccessDenied", "No.", 0, {}}, "rid");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.headers.get("x-amzn-errortype"), "AccessDeniedException");
  EXPECT_EQ(response.body, R"({"message":"No."})");
}

TEST(RestJsonCodec, RealServices) {
  const Router router(embedded_models());
  const auto request = rest_call(
      "POST", "/schedules/nightly", "scheduler",
      R"json({"ScheduleExpression":"rate(1 hour)","FlexibleTimeWindow":{"Mode":"OFF"},"StartDate":1795502979,"Target":{"Arn":"a","RoleArn":"r"}})json");
  const auto route = router.route(request);
  ASSERT_TRUE(route);
  EXPECT_EQ(route->operation->name, "CreateSchedule");
  const auto input = rest_json_codec().parse(*route, request);
  EXPECT_EQ(text_at(*input, "Name"), "nightly");
  EXPECT_EQ(integer_at(*input, "StartDate"), second_ns);
}

}  // namespace
}  // namespace tocsin::wire
