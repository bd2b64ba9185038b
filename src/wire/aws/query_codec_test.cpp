#include <gtest/gtest.h>

#include "wire/aws/every_trait_of_test.h"

namespace tocsin::wire {
namespace {

using namespace test;

std::string parsed(std::string form) {
  return text_of(query_codec().parse(route_to("Echo", Protocol::query), query_call("Action=Echo&Version=2026-01-01&" + form)));
}

std::string written(const Document& output) {
  const std::string body = query_codec().write(route_to("Echo", Protocol::query), output, "rid").body;
  const std::string head = "<EchoResponse xmlns=\"http://traits.example.com/doc/2026-01-01/\"><EchoResult>";
  const std::string tail = "</EchoResult><ResponseMetadata><RequestId>rid</RequestId></ResponseMetadata></EchoResponse>";
  EXPECT_TRUE(body.starts_with(head) && body.ends_with(tail)) << body;
  return body.substr(head.size(), body.size() - head.size() - tail.size());
}

TEST(QueryCodec, ReadsScalars) {
  EXPECT_EQ(parsed("Text=a%20b%2Bc+d"), R"({"Text":"a b+c d"})");
  EXPECT_EQ(parsed("Number=-7&Big=9007199254740993&Truth=true"), R"({"Number":-7,"Big":9007199254740993,"Truth":true})");
  EXPECT_EQ(parsed("Real=2.5&Single=-1e3"), R"({"Real":2.5E0,"Single":-1E3})");
  EXPECT_EQ(parsed("Bytes=aGk%3D"), R"({"Bytes":"hi"})");
  EXPECT_EQ(parsed("Text="), R"({"Text":""})");
  EXPECT_EQ(parsed("renamedOnWire=x&Renamed=y"), R"({"Renamed":"x"})");
  EXPECT_EQ(parsed("Unknown=1"), "{}");
}

TEST(QueryCodec, ReadsMoments) {
  const std::string want = R"({"Moment":)" + std::to_string(moment_ns) + "}";
  EXPECT_EQ(parsed("Moment=2026-11-24T06%3A49%3A39.123Z"), want);
  EXPECT_EQ(parsed("Moment=2026-11-24T07%3A49%3A39.123%2B01%3A00"), want);
  EXPECT_EQ(parsed("Moment=1795502979"), R"({"Moment":)" + std::to_string(second_ns) + "}");
}

TEST(QueryCodec, ReadsLists) {
  EXPECT_EQ(parsed("Names.member.2=b&Names.member.1=a&Names.member.10=c"), R"({"Names":["a","b","c"]})");
  EXPECT_EQ(parsed("NamedElements.item.1=a"), R"({"NamedElements":["a"]})");
  EXPECT_EQ(parsed("FlatName.1=a&FlatName.2=b"), R"({"Flat":["a","b"]})");
  EXPECT_EQ(parsed("FlatByMember.1=a"), R"({"FlatByMember":["a"]})");
  EXPECT_EQ(parsed("Names="), R"({"Names":[]})");
  EXPECT_EQ(parsed("Things.member.1.Id=a&Things.member.1.size=3&Things.member.2.Id=b"), R"({"Things":[{"Id":"a","Size":3},{"Id":"b"}]})");
  EXPECT_EQ(parsed("Lists.member.1.member.1=a"), R"({"Lists":[["a"]]})");
}

TEST(QueryCodec, ReadsMapsAndStructures) {
  EXPECT_EQ(parsed("Attributes.entry.1.key=k&Attributes.entry.1.value=v"), R"({"Attributes":{"k":"v"}})");
  EXPECT_EQ(parsed("FlatAttribute.1.Name=k&FlatAttribute.1.Value=v&FlatAttribute.2.Name=l"), R"({"FlatAttributes":{"k":"v","l":""}})");
  EXPECT_EQ(parsed("ThingsByName.entry.1.key=k&ThingsByName.entry.1.value.Id=i"), R"({"ThingsByName":{"k":{"Id":"i"}}})");
  EXPECT_EQ(parsed("Nested.Nested.Text=deep&Choice.Right=4"), R"({"Nested":{"Nested":{"Text":"deep"}},"Choice":{"Right":4}})");
}

TEST(QueryCodec, RefusesWhatIsNoValue) {
  for (const char* form : {"Number=abc", "Number=2147483648", "Big=9223372036854775808", "Truth=maybe", "Moment=yesterday", "Real=1.2.3",
                           "Bytes=%25%25", "Text=%ff"})
    EXPECT_EQ(parsed(form), "ERROR SerializationException") << form;
  std::string deep = "Nested";
  for (int i = 0; i < 100; ++i) deep += ".Nested";
  EXPECT_EQ(parsed(deep + ".Text=x"), "ERROR MalformedQueryString");
}

TEST(QueryCodec, RefusesParametersWithoutEnd) {
  std::string form = "Text=a";
  for (int i = 0; i < 500'000; ++i) form += "&a" + std::to_string(i);
  EXPECT_EQ(parsed(form), "ERROR MalformedQueryString");
}

TEST(QueryCodec, WritesScalars) {
  EXPECT_EQ(written(json_document(R"({"Text":"<&\">","Number":7,"Real":1,"Truth":false,"Bytes":"hi","NotAMember":1})")),
            "<Text>&lt;&amp;&quot;&gt;</Text><Number>7</Number><Real>1.0</Real><Truth>false</Truth><Bytes>aGk=</Bytes>");
  EXPECT_EQ(written(Object{{"Moment", moment_ns}, {"MomentRfc", moment_ns}, {"MomentUnix", second_ns}, {"MomentIso", second_ns}}),
            "<Moment>2026-11-24T06:49:39.123Z</Moment><MomentIso>2026-11-24T06:49:39Z</MomentIso><MomentRfc>Tue, 24 Nov 2026 06:49:39 "
            "GMT</MomentRfc><MomentUnix>1795502979</MomentUnix>");
  EXPECT_EQ(written(json_document(R"({"Renamed":"x"})")), "<renamedOnWire>x</renamedOnWire>");
}

TEST(QueryCodec, WritesCollections) {
  EXPECT_EQ(written(json_document(R"({"Names":["a","b"],"Things":[{"Id":"i","Size":2}]})")),
            "<Names><member>a</member><member>b</member></Names><Things><member><Id>i</Id><size>2</size></member></Things>");
  EXPECT_EQ(written(json_document(R"({"NamedElements":["a"],"Flat":["x","y"],"FlatByMember":["m"],"Names":[]})")),
            "<Names></Names><NamedElements><item>a</item></NamedElements><FlatName>x</FlatName><FlatName>y</FlatName><FlatByMember>m</"
            "FlatByMember>");
  EXPECT_EQ(written(json_document(R"({"Attributes":{"k":"v"}})")), "<Attributes><entry><key>k</key><value>v</value></entry></Attributes>");
  EXPECT_EQ(written(json_document(R"({"FlatAttributes":{"k":"v","l":"w"}})")),
            "<FlatAttribute><Name>k</Name><Value>v</Value></FlatAttribute><FlatAttribute><Name>l</Name><Value>w</Value></FlatAttribute>");
  EXPECT_EQ(written(json_document(R"({"Nested":{"Text":"t"}})")), "<Nested><Text>t</Text></Nested>");
}

TEST(QueryCodec, AnswersWithoutOutput) {
  const HttpResponse response = query_codec().write(route_to("Nothing", Protocol::query), Object{}, "rid");
  EXPECT_EQ(response.body,
            "<NothingResponse "
            "xmlns=\"http://traits.example.com/doc/2026-01-01/\"><ResponseMetadata><RequestId>rid</RequestId></ResponseMetadata></"
            "NothingResponse>");
  EXPECT_EQ(response.headers.get("Content-Type"), "text/xml");
  EXPECT_EQ(response.headers.get("x-amzn-RequestId"), "rid");
}

TEST(QueryCodec, WritesErrors) {
  const ErrorContext context{&every_trait(), Protocol::query};
  HttpResponse response = query_codec().write_error(context, {"ThingNotFoundException", "No <thing>.", 0, Object{{"ThingId", "t"}}}, "rid");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(
      response.body,
      "<ErrorResponse xmlns=\"http://traits.example.com/doc/2026-01-01/\"><Error><Type>Sender</Type><Code>ThingNotFound</Code><Message>No "
      "&lt;thing&gt;.</Message><ThingId>t</ThingId>"
      "</Error><RequestId>rid</RequestId></ErrorResponse>");
  response = query_codec().write_error(context, {"Broken", "x", 0, {}}, "rid");
  EXPECT_EQ(response.status, 500);
  EXPECT_NE(response.body.find("<Type>Receiver</Type><Code>Broken</Code>"), std::string::npos);
  response = query_codec().write_error(context, {"AccessDenied", "x", 0, {}}, "rid");
  EXPECT_EQ(response.status, 403);
  EXPECT_NE(response.body.find("<Code>AccessDenied</Code>"), std::string::npos);
}

TEST(QueryCodec, SqsSpeaksItsOldNames) {
  const Router router(embedded_models());
  const auto request = signed_for(
      query_call(
          "Action=CreateQueue&Version=2012-11-05&QueueName=q&Attribute.1.Name=DelaySeconds&Attribute.1.Value=5&Tag.1.Key=a&Tag.1.Value=b"),
      "sqs");
  const auto route = router.route(request);
  ASSERT_TRUE(route);
  EXPECT_EQ(text_of(query_codec().parse(*route, request)), R"({"QueueName":"q","Attributes":{"DelaySeconds":"5"},"tags":{"a":"b"}})");
  EXPECT_NE(query_codec()
                .write(*route, json_document(R"({"QueueUrl":"u"})"), "r")
                .body.find("<CreateQueueResult><QueueUrl>u</QueueUrl></CreateQueueResult>"),
            std::string::npos);
  const auto missing =
      query_codec().write_error(context_of(*route), {"QueueDoesNotExist", "The specified queue does not exist.", 0, {}}, "r");
  EXPECT_EQ(missing.status, 400);
  EXPECT_NE(missing.body.find("<Code>AWS.SimpleQueueService.NonExistentQueue</Code>"), std::string::npos);
}

TEST(QueryCodec, OldSqsClientsPostToTheQueuesUrl) {
  const Router router(embedded_models());
  auto request = signed_for(
      query_call(
          "Action=SendMessageBatch&Version=2012-11-05&SendMessageBatchRequestEntry.1.Id=a&SendMessageBatchRequestEntry.1.MessageBody=b"
          "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Name=n&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.DataType="
          "String"
          "&SendMessageBatchRequestEntry.1.MessageAttribute.1.Value.StringValue=s"),
      "sqs");
  request.path = "/111122223333/q";
  const auto route = router.route(request);
  ASSERT_TRUE(route);
  EXPECT_EQ(
      text_of(query_codec().parse(*route, request)),
      R"({"Entries":[{"Id":"a","MessageBody":"b","MessageAttributes":{"n":{"StringValue":"s","DataType":"String"}}}],"QueueUrl":"http://127.0.0.1:4566/111122223333/q"})");
}

}  // namespace
}  // namespace tocsin::wire
