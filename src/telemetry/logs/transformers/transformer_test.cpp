// The examples of the guide, as they stand there.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Transformation-Processors.html
#include "telemetry/logs/transformers/transformer.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/random.h"
#include "fuzz/input_count.h"

namespace tocsin::telemetry {
namespace {

const TransformedFrom from{{"012345678912", "us-east-1"}, "myLogGroupName", "myLogStreamName"};

std::string transformed(const std::string& config, std::string_view message) {
  const auto parsed = parse_json(config);
  EXPECT_TRUE(parsed) << config;
  const auto transformer = Transformer::compile(parsed->get_array());
  EXPECT_TRUE(transformer) << (transformer ? "" : transformer.error().message);
  return transformer ? transformer->transform(message, from).value_or("not transformed") : "refused";
}

/// The same object, in whatever order.
void expect(const std::string& config, std::string_view message, const std::string& wanted) {
  const std::string found = transformed(config, message);
  const auto parsed = parse_json(found);
  EXPECT_TRUE(parsed && *parsed == *parse_json(wanted)) << found << "\n" << wanted;
}

TEST(Transformer, ParsesJsonKeyValuesAndCsv) {
  expect(R"([{"parseJSON":{"destination":"new_key"}}])", R"({"outer_key":{"inner_key":"inner_value"}})",
         R"({"new_key":{"outer_key":{"inner_key":"inner_value"}}})");
  expect(
      R"([{"parseKeyValue":{"destination":"new_key","fieldDelimiter":"!","keyValueDelimiter":":","nonMatchValue":"defaultValue","keyPrefix":"parsed_"}}])",
      "key1:value1!key2:value2!key3:value3!key4",
      R"({"new_key":{"parsed_key1":"value1","parsed_key2":"value2","parsed_key3":"value3","parsed_key4":"defaultValue"}})");
  expect(R"([{"csv":{"delimiter":":","quoteCharacter":"'"}}])", "'Akua Mansa':28:'New York: USA'",
         R"({"column_1":"Akua Mansa","column_2":"28","column_3":"New York: USA"})");
  expect(
      R"([{"parseJSON":{}},{"csv":{"source":"logMsg","delimiter":":","quoteCharacter":"'","columns":["name","age","location"],"destination":"msg"}}])",
      R"({"type":"user_data","logMsg":"'Akua Mansa':28:'New York: USA'"})",
      R"({"logMsg":"'Akua Mansa':28:'New York: USA'","type":"user_data","msg":{"name":"Akua Mansa","age":"28","location":"New York: USA"}})");
}

TEST(Transformer, Groks) {
  const auto grok = [](const std::string& match) { return "[{\"grok\":{\"match\":" + to_json(Document(match)) + "}}]"; };
  expect(grok("%{NUMBER:version} %{HOSTNAME:hostname} %{NOTSPACE:status} %{QUOTEDSTRING:logMsg}"),
         R"(293750 server-01.internal-network.local OK "[Thread-000] token generated")",
         R"({"version":"293750","hostname":"server-01.internal-network.local","status":"OK","logMsg":"[Thread-000] token generated"})");
  expect(grok("%{HTTPDATE:timestamp} %{IPORHOST:clientip} %{NUMBER:response_status}"), "23/Nov/2024:10:25:15 -0900 172.16.0.1 200",
         R"({"timestamp":"23/Nov/2024:10:25:15 -0900","clientip":"172.16.0.1","response_status":"200"})");
  expect(
      grok("%{IP:client.ip} %{WORD:method} %{URIPATHPARAM:request.uri} %{NUMBER:response.status} %{NUMBER:response.bytes}"),
      "192.168.1.1 GET /index.html?param=value 200 1234",
      R"({"client":{"ip":"192.168.1.1"},"method":"GET","request":{"uri":"/index.html?param=value"},"response":{"status":"200","bytes":"1234"}})");
  expect(grok("%{NUMBER:timestamp} [%{NUMBER:db} %{IP:client_ip}:%{NUMBER:client_port}] %{GREEDYDATA:data}"),
         R"(1629860738.123456 [0 127.0.0.1:6379] "SET" "key1" "value1")",
         R"({"timestamp":"1629860738.123456","db":"0","client_ip":"127.0.0.1","client_port":"6379","data":"\"SET\" \"key1\" \"value1\""})");
  expect(grok("%{DATA:x} %{DATA:y}"), "abc def ghi", R"({"x":"abc","y":"def ghi"})");
  expect(grok("%{GREEDYDATA:x} %{GREEDYDATA:y}"), "abc def ghi", R"({"x":"abc def","y":"ghi"})");
  expect(grok("%{HOSTPORT:ip}"), "192.168.1.1:8080", R"({"ip":"192.168.1.1:8080","PORT":"8080"})");
  expect(grok("%{SYSLOGFACILITY:syslog}"), "<13.6>", R"({"syslog":"<13.6>","facility":"13","priority":"6"})");
  expect(grok("%{IP:ip}"), "2001:db8:3333:4444:5555:6666:7777:8888", R"({"ip":"2001:db8:3333:4444:5555:6666:7777:8888"})");
  for (const auto& [pattern, text] : std::vector<std::pair<std::string, std::string>>{
           {"USERNAME", "user123.name-TEST"},
           {"BASE16NUM", "+0xA1B2"},
           {"UUID", "550e8400-e29b-41d4-a716-446655440000"},
           {"URN", "urn:isbn:0451450523"},
           {"ARN", "arn:aws:iam:us-east-1:123456789012:user/johndoe"},
           {"MAC", "01:23:45:67:89:AB"},
           {"WINPATH", R"(C:\Users\John\Documents\file.txt)"},
           {"UNIXPATH", "/search?q=regex"},
           {"TTY", "/dev/tty1"},
           {"URIPROTO", "web+transformer"},
           {"URI", "https://user:password@example.com/path/to/resource?param1=value1&param2=value2"},
           {"SECOND", "30:5"},
           {"DATE_EU", "1.01.24"},
           {"TIMESTAMP_ISO8601", "23-5-1T1:25+5:30"},
           {"ISO8601_TIMEZONE", "-530"},
           {"DATESTAMP", "29-11-2024 14:30:00"},
           {"DATESTAMP_RFC822", "Monday Jan 5 23 1:30:00 CDT"},
           {"DATESTAMP_RFC2822", "Monday, 15 Jan 23 14:30:00 Z"},
           {"DATESTAMP_OTHER", "Mon May 15 14:30:00 PST 2023"},
           {"DATESTAMP_EVENTLOG", "20230515143000"},
           {"LOGLEVEL", "WARNING"},
           {"SYSLOGTIMESTAMP", "Nov 29 14:30:00"},
           {"GREEDYDATA_MULTILINE", "abc\ndef"}})
    expect(grok("%{" + pattern + ":x}"), text, "{\"x\":" + to_json(Document(text)) + "}");
}

TEST(Transformer, GroksCommonLogs) {
  expect(
      R"([{"grok":{"match":"%{APACHE_ACCESS_LOG}"}}])", R"(127.0.0.1 - - [03/Aug/2023:12:34:56 +0000] "GET /page.html HTTP/1.1" 200 1234)",
      R"({"request":"/page.html","http_method":"GET","status_code":200,"http_version":"1.1","response_size":1234,"remote_host":"127.0.0.1","timestamp":"2023-08-03T12:34:56Z"})");
  expect(R"([{"grok":{"match":"%{NGINX_ACCESS_LOG}"}}])",
         R"~(192.168.1.100 - Foo [03/Aug/2023:12:34:56 +0000] "GET /account/login.html HTTP/1.1" 200 42 "https://www.amazon.com/" "Mozilla/5.0 (X)")~",
         R"~({"request":"/account/login.html","referrer":"https://www.amazon.com/","agent":"Mozilla/5.0 (X)","http_method":"GET","status_code":200,"auth_user":"Foo","http_version":"1.1","response_size":42,"remote_host":"192.168.1.100","timestamp":"2023-08-03T12:34:56Z"
})~");
  expect(R"([{"grok":{"match":"%{SYSLOG5424}"}}])",
         R"(<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventSource= "Application" eventID="1011"][examplePriority@32473 class="high"])",
         R"({"pri":165,"version":1,"timestamp":"2003-10-11T22:14:15.003Z","hostname":"mymachine.example.com","app":"evntslog","msg_id":"ID47","structured_data":"exampleSDID@32473 iut=\"3\" eventSource= \"Application\" eventID=\"1011\"","message":"[examplePriority@32473 class=\"high\"]"})");
}

TEST(Transformer, ParsesVendedLogs) {
  expect(R"([{"parsePostgres":{}}])",
         R"(2019-03-10 03:54:59 UTC:10.0.0.123(52834):postgres@logtestdb:[20175]:ERROR: column "wrong_column_name" does not exist at character 8)",
         R"~({"logTime":"2019-03-10 03:54:59 UTC","srcIp":"10.0.0.123(52834)","userName":"postgres","dbName":"logtestdb","processId":"20175","logLevel":"ERROR"})~");
  expect(R"([{"parseRoute53":{}}])", "1.0 2017-12-13T08:15:50.235Z Z123412341234 example.com AAAA NOERROR TCP IAD12 192.0.2.0 198.51.100.0/24",
         R"({"version":1.0,"queryTimestamp":"2017-12-13T08:15:50.235Z","hostZoneId":"Z123412341234","queryName":"example.com","queryType":"AAAA","responseCode":"NOERROR","protocol":"TCP","edgeLocation":"IAD12","resolverIp":"192.0.2.0","ednsClientSubnet":"198.51.100.0/24"})");
expect(
    R"([{"parseVPC":{}}])", "2 123456789010 eni-abc123de 192.0.2.0 192.0.2.24 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
    R"({"version":2,"accountId":"123456789010","interfaceId":"eni-abc123de","srcAddr":"192.0.2.0","dstAddr":"192.0.2.24","srcPort":20641,"dstPort":22,"protocol":6,"packets":20,"bytes":4249,"start":1418530010,"end":1418530070,"action":"ACCEPT","logStatus":"OK"})");
expect(R"([{"parseWAF":{}}])",
       R"({"a":1,"httpRequest":{"headers":[{"name":"Host","value":"localhost:1989"}],"uri":"/u"},"labels":[{"name":"value"}]})",
       R"({"a":1,"httpRequest":{"headers":{"Host":"localhost:1989"},"uri":"/u"},"labels":{"name":"value"}})");
const std::string cloudfront =
    transformed(R"([{"parseCloudfront":{}}])",
                "2019-12-04  21:02:31   LAX1   392    192.0.2.24    GET    d111111abcdef8.cloudfront.net  /index.html    200    -  "
                "Mozilla/5.0%20(Windows%20NT%2010.0)  -  -  Hit    SOX4==   d111111abcdef8.cloudfront.net  https  23 0.001  -  TLSv1.2    "
                "ECDHE    Hit    HTTP/2.0   -  -  "
                "11040  0.001  Hit    text/html  78 -  -");
EXPECT_EQ(text_or(*parse_json(cloudfront), "cs(User-Agent)"), "Mozilla/5.0 (Windows NT 10.0)");
EXPECT_EQ(integer_or(*parse_json(cloudfront), "sc-status", 0), 200);
}

TEST(Transformer, MutatesJson) {
  const std::string outer = R"({"outer_key":{"inner_key":"inner_value"}})";
  const auto after = [](const std::string& processor) { return R"([{"parseJSON":{}},)" + processor + "]"; };
  expect(after(R"({"addKeys":{"entries":[{"key":"outer_key.new_key","value":"new_value"}]}})"), outer,
         R"({"outer_key":{"inner_key":"inner_value","new_key":"new_value"}})");
  expect(after(R"({"addKeys":{"entries":[{"key":"outer_key.inner_key","value":"x"}]}})"), outer, outer);
  expect(after(R"({"deleteKeys":{"withKeys":["outer_key.inner_key"]}})"), outer, R"({"outer_key":{}})");
  expect(after(R"({"moveKeys":{"entries":[{"source":"outer_key1.inner_key1","target":"outer_key2"}]}})"),
         R"({"outer_key1":{"inner_key1":"inner_value1"},"outer_key2":{"inner_key2":"inner_value2"}})",
         R"({"outer_key1":{},"outer_key2":{"inner_key2":"inner_value2","inner_key1":"inner_value1"}})");
  expect(after(R"({"renameKeys":{"entries":[{"key":"outer_key","renameTo":"new_key"}]}})"), outer,
         R"({"new_key":{"inner_key":"inner_value"}})");
  expect(
      after(
          R"({"copyValue":{"entries":[{"source":"outer_key.inner_key","target":"new_key"},{"source":"@logGroupName","target":"log_group_name"},)"
          R"({"source":"@logGroupStream","target":"log_group_stream"},{"source":"@accountId","target":"account_id"},{"source":"@regionName","target":"region_name"}]}})"),
      outer,
      R"({"outer_key":{"inner_key":"inner_value"},"new_key":"inner_value","log_group_name":"myLogGroupName","log_group_stream":"myLogStreamName","account_id":"012345678912","region_name":"us-east-1"})");
  const std::string list = R"({"k":[{"n":"a","v":"val-a"},{"n":"b","v":"val-b1"},{"n":"b","v":"val-b2"}]})",
                    kept = list.substr(0, list.size() - 1);
  expect(after(R"({"listToMap":{"source":"k","key":"n","valueKey":"v"}})"), list, kept + R"(,"a":["val-a"],"b":["val-b1","val-b2"]})");
  expect(after(R"({"listToMap":{"source":"k","key":"n","valueKey":"v","flatten":true,"flattenedElement":"first"}})"), list,
         kept + R"(,"a":"val-a","b":"val-b1"})");
  expect(after(R"({"listToMap":{"source":"k","key":"n","valueKey":"v","flatten":true,"flattenedElement":"last"}})"), list,
         kept + R"(,"a":"val-a","b":"val-b2"})");
}

TEST(Transformer, MutatesTextsAndTypes) {
  const auto after = [](const std::string& processor) { return R"([{"parseJSON":{}},)" + processor + "]"; };
  expect(after(R"({"lowerCaseString":{"withKeys":["a"]}})"), R"({"a":"AbC"})", R"({"a":"abc"})");
  expect(after(R"({"upperCaseString":{"withKeys":["a"]}})"), R"({"a":"AbC"})", R"({"a":"ABC"})");
  expect(after(R"({"trimString":{"withKeys":["a"]}})"), R"({"a":"  x y "})", R"({"a":"x y"})");
  expect(after(R"({"splitString":{"entries":[{"source":"a","delimiter":"-"}]}})"), R"({"a":"x-y-z"})", R"({"a":["x","y","z"]})");
  expect(after(R"({"substituteString":{"entries":[{"source":"a","from":"\\[(\\d+)\\]","to":"<$1>"}]}})"), R"({"a":"id [7] and [8]"})",
         R"({"a":"id <7> and <8>"})");
  expect(
      after(
          R"({"typeConverter":{"entries":[{"key":"status","type":"integer"},{"key":"t","type":"double"},{"key":"ok","type":"boolean"},{"key":"n","type":"string"}]}})"),
      R"({"name":"value","status":"200","t":"0.5","ok":"true","n":3})", R"({"name":"value","status":200,"t":0.5,"ok":true,"n":"3"})");
}

TEST(Transformer, ConvertsDates) {
  expect(
      R"([{"parseJSON":{}},{"dateTimeConverter":{"source":"g","target":"t","locale":"de","matchPatterns":["EEEE dd. MMMM yyyy HH:mm:ss"],)"
      R"("sourceTimezone":"Europe/Berlin","targetTimezone":"America/New_York","targetFormat":"yyyy-MM-dd'T'HH:mm:ss z"}}])",
      R"({"g":"Samstag 05. Dezember 1998 11:00:00"})", R"({"g":"Samstag 05. Dezember 1998 11:00:00","t":"1998-12-05T05:00:00 EST"})");
  expect(
      R"([{"parseJSON":{}},{"dateTimeConverter":{"source":"g","target":"t","matchPatterns":["dd/MMM/yyyy:HH:mm:ss Z","yyyy-MM-dd HH:mm:ss.SSS"]}}])",
      R"({"g":"2024-02-29 23:59:59.250"})", R"({"g":"2024-02-29 23:59:59.250","t":"2024-02-29T23:59:59.250Z"})");
}

TEST(Transformer, WhatCannotBeReadIsNotTransformed) {
  EXPECT_EQ(transformed(R"([{"parseJSON":{}}])", "plain"), "not transformed");
  EXPECT_EQ(transformed(R"([{"grok":{"match":"%{INT:a}"}}])", "x"), "not transformed");
}

TEST(Transformer, BrokenConfigurationsAreRefused) {
  for (const char* config :
       {R"([])", R"([{"addKeys":{"entries":[]}}])", R"([{"parseJSON":{},"csv":{}}])", R"([{"parseJSON":{}},{"parseVPC":{}}])",
        R"([{"parseJSON":{"source":"a"}}])", R"([{"nothing":{}}])", R"([{"grok":{"match":"%{NOPE:x}"}}])",
        R"([{"grok":{"match":"%{INT:x:int}"}}])", R"([{"grok":{"match":"%{APACHE_ACCESS_LOG} %{SYSLOG5424}"}}])",
        R"([{"grok":{"match":"%{NGINX_ACCESS_LOG} %{NUMBER:num}"}}])", R"([{"grok":{"match":"%{GREEDYDATA:logMsg} %{SYSLOG5424}"}}])",
        R"([{"parseJSON":{}},{"deleteKeys":{"withKeys":["a.b.c.d"]}}])", R"([{"parseToOCSF":{}}])"})
    EXPECT_FALSE(Transformer::compile(parse_json(config)->get_array())) << config;
}

// Strategy: any message through a transformer of everything. Invariant: no crash; the result is a JSON object.
TEST(TransformerFuzz, AnyMessageIsTransformedOrNot) {
  SeededRandom random{6};
  const auto transformer = Transformer::compile(
      parse_json(
          R"([{"parseJSON":{}},{"csv":{"source":"a"}},{"moveKeys":{"entries":[{"source":"a","target":"b"}]}},{"listToMap":{"source":"c","key":"k"}},)"
          R"({"renameKeys":{"entries":[{"key":"b.x","renameTo":"b"}]}},{"deleteKeys":{"withKeys":["b.y"]}}])")
          ->get_array());
  ASSERT_TRUE(transformer);
  for (int i = 0; i < fuzz::input_count(3000); ++i) {
    std::string text = R"({"a":"1,2","b":{"x":{"y":1}},"c":[{"k":"a"},{"k":1}]})";
    for (int n = 0; n < 2; ++n) text[random.below(text.size())] = random.letters("{}[]\",:01abx", 1)[0];
    const auto out = transformer->transform(text, from);
    EXPECT_TRUE(!out || parse_json(*out)->is_object());
  }
}

}  // namespace
}  // namespace tocsin::telemetry
