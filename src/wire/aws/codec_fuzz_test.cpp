// Strategy: good requests of each protocol, damaged by the mutating driver, through router, codec and validation as the dispatcher does it.
// Invariants: no crash; what parses can be written back and read again to the same document (CBOR and JSON), and errors have a code and a
// 4xx status.
#include <gtest/gtest.h>

#include "base/encoding.h"
#include "fuzz/mutate.h"
#include "wire/aws/every_trait_of_test.h"
#include "wire/aws/validation.h"

namespace tocsin::wire {
namespace {

using namespace test;
constexpr int inputs_per_codec = 4000;

const std::string full_json =
    R"({"Text":"a","Number":1,"Big":2,"Real":0.5,"Single":1.5,"Truth":true,"Bytes":"aGk=","Moment":1795502979.123,"MomentIso":"2026-11-24T06:49:39Z","Names":["a","b"],"Flat":["x"],)"
    R"("Things":[{"Id":"i","Size":2}],"Attributes":{"k":"v"},"FlatAttributes":{"a":"b"},"ThingsByName":{"t":{"Id":"j"}},"Nested":{"Text":"n","Nested":{}},"Choice":{"Left":"l"},"Lists":[["a"],[]]})";

void expect_refusal(const WireError& error, Protocol protocol) {
  EXPECT_FALSE(error.code.empty());
  const HttpResponse response = codec_of(protocol).write_error({&every_trait(), protocol, true}, error, "r");
  EXPECT_GE(response.status, 400);
  EXPECT_LT(response.status, 500);
}

void feed(std::string_view operation, Protocol protocol, const HttpRequest& request) {
  const Route route = route_to(operation, protocol);
  const auto input = codec_of(protocol).parse(route, request);
  if (!input) return expect_refusal(input.error(), protocol);
  validate(every_trait(), *every_trait().operation("Checked"), *input);
  (void)codec_of(protocol).write(route, *input, "r");
}

TEST(CodecFuzz, Json) {
  fuzz::mutate({full_json, "{}", R"({"Names":null,"Unknown":[1,{"a":2}]})"}, inputs_per_codec, [](std::string_view body) {
    const Route route = route_to("Echo", Protocol::json_1_0);
    const auto input = json_codec().parse(route, json_call("T.Echo", std::string(body)));
    if (!input) return expect_refusal(input.error(), Protocol::json_1_0);
    const HttpResponse once = json_codec().write(route, *input, "r");
    const auto again = json_codec().parse(route, json_call("T.Echo", once.body));
    if (!again) return;
    EXPECT_EQ(json_codec().write(route, *again, "r").body, once.body);
  });
}

TEST(CodecFuzz, Cbor) {
  const Route route = route_to("Echo", Protocol::rpc_v2_cbor);
  const std::string good = cbor_codec().write(route, *json_codec().parse(route, json_call("T.Echo", full_json)), "r").body;
  const std::vector<std::string> tokens = {"\xbf", "\xff", "\x9f", "\xc1", "\xf9", "\xfb", "\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
                                           "\x7f", "\x5f", "\xf6"};
  fuzz::mutate({good,
                from_hex("bf6454657874"
                         "7f61686169ffff")
                    .value(),
                std::string("\xa0")},
               tokens, inputs_per_codec, [&](std::string_view body) {
                 const auto input = cbor_codec().parse(route, cbor_call("T", "Echo", std::string(body)));
                 if (!input) return expect_refusal(input.error(), Protocol::rpc_v2_cbor);
                 const HttpResponse once = cbor_codec().write(route, *input, "r");
                 const auto again = cbor_codec().parse(route, cbor_call("T", "Echo", once.body));
                 EXPECT_TRUE(again) << to_hex(body);
                 if (!again) return;
                 EXPECT_EQ(cbor_codec().write(route, *again, "r").body, once.body);
               });
}

TEST(CodecFuzz, Query) {
  const std::vector<std::string> tokens = {
      ".member.", ".entry.1.key=", "&", "=", ".1", "%2E", "+", ".18446744073709551617=", "&Nested.Nested."};
  fuzz::mutate({"Action=Echo&Text=a&Number=1&Names.member.1=a&Things.member.1.Id=i&Attributes.entry.1.key=k&Attributes.entry.1.value=v&"
                "FlatName.1=x&FlatAttribute.1.Name=a&Nested.Text=t",
                "Action=Echo&Moment=2026-11-24T06%3A49%3A39Z&Bytes=aGk%3D&Real=0.5&Truth=true&Names="},
               tokens, inputs_per_codec, [](std::string_view body) { feed("Echo", Protocol::query, query_call(std::string(body))); });
}

TEST(CodecFuzz, RestJson) {
  fuzz::mutate({full_json}, inputs_per_codec / 2,
               [](std::string_view body) { feed("Echo", Protocol::rest_json, rest_call("POST", "/echo", "traits", std::string(body))); });
  fuzz::mutate({"/bound/a%2Fb/deep/c/d?fixed&limit=3&since=2026-11-24T06:49:39Z&kind=a&kind=b"}, {"%2F", "//", "?", "&", "=", "%"},
               inputs_per_codec / 2, [](std::string_view path) {
                 HttpRequest request = rest_call("PUT", std::string(path), "traits", "{}");
                 request.headers.add("X-Tags", std::string(path));
                 request.headers.add("X-When", std::string(path.substr(path.size() / 2)));
                 Route route = route_to("Bound", Protocol::rest_json);
                 if (auto labels = route.operation->uri.match(request.path, request.query)) route.labels = std::move(*labels);
                 const auto input = rest_json_codec().parse(route, request);
                 if (!input) expect_refusal(input.error(), Protocol::rest_json);
               });
}

TEST(CodecFuzz, Router) {
  const Router router(embedded_models());
  // lines: target header, authorization header, path with query, body
  const std::vector<std::string> seeds = {
      "AmazonSSM.GetParameter\nCredential=AK/20261124/eu/ssm/aws4_request\n/\n{}",
      "\nCredential=AK/20261124/eu/scheduler/aws4_request\n/schedules/x?a=b\n{}",
      "\n\n/?Action=ConfirmSubscription&Token=x&X-Amz-Credential=a%2Fb%2Fc%2Fsns%2Faws4_request\nAction=ListUsers&Version=2010-05-08",
      "\n\n/service/GraniteServiceVersion20100801/operation/ListMetrics\n\xa0"};
  fuzz::mutate(seeds, {"\n", "/", "Credential=", "Action=", "service", "operation"}, inputs_per_codec, [&](std::string_view input) {
    std::string lines[4];
    for (std::string& line : lines) {
      const std::size_t end = input.find('\n');
      line = input.substr(0, end);
      input = end == std::string_view::npos ? std::string_view{} : input.substr(end + 1);
    }
    HttpRequest request = post(lines[3], lines[2]);
    if (!lines[0].empty()) request.headers.add("X-Amz-Target", lines[0]);
    request.headers.add("Authorization", lines[1]);
    request.headers.add("Content-Type", "application/x-www-form-urlencoded");
    if (lines[2].starts_with("/service")) request.headers.add("Smithy-Protocol", "rpc-v2-cbor");
    const auto route = router.route(request);
    if (!route) return expect_refusal(route.error().error, route.error().protocol);
    const auto parsed = codec_of(route->protocol).parse(*route, request);
    if (parsed) validate(*route->service, *route->operation, *parsed);
  });
}

}  // namespace
}  // namespace tocsin::wire
