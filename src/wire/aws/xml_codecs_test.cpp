// Vectors for rest-xml, ec2 and the XML that they read, from the specifications: https://smithy.io/2.0/aws/protocols/
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "fuzz/mutate.h"
#include "wire/aws/codec.h"
#include "wire/aws/request_of_test.h"
#include "wire/aws/s3_routing.h"
#include "wire/aws/xml_text.h"

namespace tocsin::wire {
namespace {

using test::embedded_models;
using test::post;
using test::rest_call;
using test::with;

constexpr const char* model_text = R"({"metadata":{"apiVersion":"2020-01-01","endpointPrefix":"traits","protocol":"rest-xml","protocols":["rest-xml","ec2"],"serviceId":"Traits"},
 "operations":{"Do":{"name":"Do","http":{"method":"POST","requestUri":"/do/{Id}"},"input":{"shape":"In"},"output":{"shape":"Out"}}},
 "shapes":{
  "In":{"type":"structure","members":{"Id":{"shape":"S","location":"uri","locationName":"Id"},"Head":{"shape":"L","location":"header","locationName":"x-head"},"Text":{"shape":"S","locationName":"theText","queryName":"TheText"},
    "Number":{"shape":"Long"},"When":{"shape":"T"},"Bytes":{"shape":"B"},"Flag":{"shape":"Bool"},"List":{"shape":"L"},"Flat":{"shape":"F"},"Named":{"shape":"N"},"Map":{"shape":"M"},"Inner":{"shape":"In2"}}},
  "In2":{"type":"structure","members":{"Kind":{"shape":"S","locationName":"xsi:type","xmlAttribute":true},"Deep":{"shape":"In2"},"Text":{"shape":"S"}}},
  "Out":{"type":"structure","members":{"Head":{"shape":"S","location":"header","locationName":"x-head"},"Text":{"shape":"S","locationName":"theText"},"When":{"shape":"T"},"Bytes":{"shape":"B"},"Number":{"shape":"Long"},"Real":{"shape":"D"},
    "List":{"shape":"L"},"Flat":{"shape":"F"},"Named":{"shape":"N"},"Map":{"shape":"M"},"Inner":{"shape":"In2"}}},
  "S":{"type":"string"},"Long":{"type":"long"},"D":{"type":"double"},"T":{"type":"timestamp"},"B":{"type":"blob"},"Bool":{"type":"boolean"},
  "L":{"type":"list","member":{"shape":"S"}},"F":{"type":"list","member":{"shape":"S"},"flattened":true},"N":{"type":"list","member":{"shape":"S","locationName":"item"}},
  "M":{"type":"map","key":{"shape":"S"},"value":{"shape":"Long"}}}})";

const ServiceModel& model() {
  static const std::unique_ptr<ServiceModel> parsed = std::move(parse_service_model("traits", model_text).value());
  return *parsed;
}

Route route(Protocol protocol) { return {.service = &model(), .operation = model().operation("Do"), .protocol = protocol, .labels = {{"Id", "7"}}}; }

std::string read_xml(const std::string& members) {
  const auto input = rest_xml_codec().parse(route(Protocol::rest_xml), post("<?xml version=\"1.0\"?><In>" + members + "</In>", "/do/7"));
  if (!input) return "ERROR " + input.error().code;
  Document out = *input;
  out.get_object().erase("Id");
  return to_json(out);
}

struct Vector {
  const char* xml;
  const char* json;
};
const Vector both_ways[] = {
    {"<theText>a &lt;b&gt; &amp; é</theText>", R"({"Text":"a <b> & é"})"},
    {"<Number>9223372036854775807</Number>", R"({"Number":9223372036854775807})"},
    {"<Number>-9223372036854775808</Number>", R"({"Number":-9223372036854775808})"},
    {"<When>2026-11-24T06:49:39.123Z</When>", R"({"When":1795502979123000000})"},
    {"<Bytes>aGVsbG8=</Bytes>", R"({"Bytes":"hello"})"},
    {"<List><member>a</member><member>b</member></List>", R"({"List":["a","b"]})"},
    {"<List></List>", R"({"List":[]})"},
    {"<Flat>a</Flat><Flat>b</Flat>", R"({"Flat":["a","b"]})"},
    {"<Named><item>a</item></Named>", R"({"Named":["a"]})"},
    {"<Map><entry><key>k</key><value>1</value></entry></Map>", R"({"Map":{"k":1}})"},
    {"<Inner xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"x\"><Deep><Text>t</Text></Deep></Inner>", R"({"Inner":{"Kind":"x","Deep":{"Text":"t"}}})"},
};

TEST(RestXml, EachTraitIsReadAndWritten) {
  for (const Vector& vector : both_ways) {
    EXPECT_EQ(read_xml(vector.xml), vector.json);
    const HttpResponse response = rest_xml_codec().write(route(Protocol::rest_xml), *parse_json(vector.json), "id");
    EXPECT_EQ(response.body, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Out>" + std::string(vector.xml) + "</Out>");
  }
  RecordProperty("vectors", static_cast<int>(2 * std::size(both_ways)));
}

TEST(RestXml, WhatStandsBesideTheBodyIsRead) {
  const auto input = rest_xml_codec().parse(route(Protocol::rest_xml), with(post("", "/do/7"), "X-Head", "a, b"));
  EXPECT_EQ(to_json(*input), R"({"Id":"7","Head":["a","b"]})");
  EXPECT_EQ(rest_xml_codec().write(route(Protocol::rest_xml), Object{{"Head", "h"}}, "id").headers.get("x-head"), "h");
}

TEST(RestXml, WhatIsMalformedIsRefused) {
  for (const char* members : {"<theText>", "<theText>a</Text>", "<theText>&unknown;</theText>", "<theText a=b>x</theText>", "<a", "]]><"}) EXPECT_EQ(read_xml(members), "ERROR MalformedXML") << members;
  EXPECT_EQ(read_xml("<Number>x</Number>"), "ERROR SerializationException");
  EXPECT_FALSE(parse_xml("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"));
  EXPECT_FALSE(parse_xml("<a/><b/>"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  EXPECT_FALSE(parse_xml(deep));
}

TEST(RestXml, ErrorsAreInItsWords) {
  EXPECT_EQ(rest_xml_codec().write_error({&model(), Protocol::rest_xml, false}, {"Teapot", "a <b>", 418, {}}, "id").body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ErrorResponse><Error><Type>Sender</Type><Code>Teapot</Code><Message>a &lt;b&gt;</Message></Error><RequestId>id</RequestId></ErrorResponse>");
}

std::string read_ec2(const std::string& form) {
  const auto input = ec2_codec().parse(route(Protocol::ec2), post(form));
  return input ? to_json(*input) : "ERROR " + input.error().code;
}

TEST(Ec2, EachTraitIsRead) {
  const Vector vectors[] = {{"Action=Do&TheText=a%20b", R"({"Text":"a b"})"},
                            {"Number=9223372036854775807", R"({"Number":9223372036854775807})"},
                            {"When=2026-11-24T06%3A49%3A39Z", R"({"When":1795502979000000000})"},
                            {"Bytes=aGVsbG8%3D&Flag=true", R"({"Bytes":"hello","Flag":true})"},
                            {"List.1=a&List.2=b&List.10=c", R"({"List":["a","b","c"]})"},
                            {"Flat.1=a", R"({"Flat":["a"]})"},
                            {"Inner.Deep.Text=t", R"({"Inner":{"Deep":{"Text":"t"}}})"},
                            {"Unknown=1&theText=x", "{}"}};
  for (const Vector& vector : vectors) EXPECT_EQ(read_ec2(vector.xml), vector.json) << vector.xml;
  EXPECT_EQ(read_ec2("Number=x"), "ERROR SerializationException");
  std::string deep = "A";
  for (int i = 0; i < 100; ++i) deep += ".A";
  EXPECT_EQ(read_ec2(deep + "=1"), "ERROR MalformedQueryString");
}

TEST(Ec2, NothingWrapsTheResult) {
  EXPECT_EQ(ec2_codec().write(route(Protocol::ec2), Object{{"Text", "a"}, {"Named", Array{"b"}}}, "id").body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DoResponse><requestId>id</requestId><theText>a</theText><Named><item>b</item></Named></DoResponse>");
  EXPECT_EQ(ec2_codec().write_error({&model(), Protocol::ec2, false}, {"Teapot", "words", 400, {}}, "id").body,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>Teapot</Code><Message>words</Message></Error></Errors><RequestID>id</RequestID></Response>");
}

std::string s3_operation(const char* method, const char* path, const char* host = "127.0.0.1:4566", bool copy = false) {
  HttpRequest request = rest_call(method, path, "s3");
  request.headers.set("Host", host);
  if (copy) request.headers.add("x-amz-copy-source", "b/k");
  const auto route = s3_route(request, *embedded_models().find("s3"));
  if (!route) return "none";
  std::string out = route->operation->name;
  for (const auto& [label, value] : route->labels) out += " " + value;
  return out;
}

TEST(S3Routing, TellsOperationsOfOnePathApart) {
  EXPECT_EQ(s3_operation("GET", "/"), "ListBuckets");
  EXPECT_EQ(s3_operation("GET", "/b"), "ListObjects b");
  EXPECT_EQ(s3_operation("GET", "/b/?list-type=2&prefix=x"), "ListObjectsV2 b");
  EXPECT_EQ(s3_operation("GET", "/b?location"), "GetBucketLocation b");
  EXPECT_EQ(s3_operation("GET", "/b?acl"), "GetBucketAcl b");
  EXPECT_EQ(s3_operation("PUT", "/b"), "CreateBucket b");
  EXPECT_EQ(s3_operation("PUT", "/b/k%20e/y"), "PutObject b k e/y");
  EXPECT_EQ(s3_operation("PUT", "/b/folder/"), "PutObject b folder/");
  EXPECT_EQ(s3_operation("PUT", "/b/k", "127.0.0.1", true), "CopyObject b k");
  EXPECT_EQ(s3_operation("PUT", "/b/k?partNumber=1&uploadId=u"), "UploadPart b k");
  EXPECT_EQ(s3_operation("PUT", "/b/k?partNumber=1&uploadId=u", "127.0.0.1", true), "UploadPartCopy b k");
  EXPECT_EQ(s3_operation("POST", "/b/k?uploads"), "CreateMultipartUpload b k");
  EXPECT_EQ(s3_operation("POST", "/b/k?uploadId=u"), "CompleteMultipartUpload b k");
  EXPECT_EQ(s3_operation("DELETE", "/b/k?uploadId=u"), "AbortMultipartUpload b k");
  EXPECT_EQ(s3_operation("DELETE", "/b/k"), "DeleteObject b k");
  EXPECT_EQ(s3_operation("POST", "/b?delete"), "DeleteObjects b");
  EXPECT_EQ(s3_operation("HEAD", "/b/k"), "HeadObject b k");
  EXPECT_EQ(s3_operation("GET", "/k/e", "b.localhost:4566"), "GetObject b k/e");
  EXPECT_EQ(s3_operation("GET", "/", "b.s3.eu-west-1.amazonaws.com"), "ListObjects b");
}

TEST(XmlFuzz, NeverCrashes) {
  fuzz::mutate({"<?xml version=\"1.0\"?><In xmlns='a'><!-- c --><List><member>a&#x41;</member></List><![CDATA[x]]><Inner xsi:type=\"y\"/></In>"}, {"<", "</", "/>", "<![CDATA[", "&#", "<!--", "='"}, 4000,
               [](std::string_view text) {
                 (void)parse_xml(text);
                 (void)rest_xml_codec().parse(route(Protocol::rest_xml), post(std::string(text), "/do/7"));
               });
  fuzz::mutate({"Action=Do&List.1=a&Inner.Deep.Text=t&Number=5"}, {".", "=", "&", "%00", "4294967296"}, 3000,
               [](std::string_view form) { (void)ec2_codec().parse(route(Protocol::ec2), post(std::string(form))); });
}

}  // namespace
}  // namespace tocsin::wire
