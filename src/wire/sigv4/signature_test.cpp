#include <gtest/gtest.h>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/text_time.h"
#include "wire/sigv4/signer.h"
#include "wire/sigv4/verify.h"

namespace tocsin::wire::sigv4 {
namespace {

const Credentials example{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""};
const Instant then = *parse_amz_date("20150830T123600Z");

// The example of the signing guide.
HttpRequest list_users() {
  HttpRequest request{
      .method = "GET", .target = "/?Action=ListUsers&Version=2010-05-08", .path = "/", .query = "Action=ListUsers&Version=2010-05-08"};
  request.headers.add("Host", "iam.amazonaws.com");
  request.headers.add("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  return request;
}

HttpRequest post(std::string body) {
  HttpRequest request{.method = "POST", .target = "/", .path = "/", .body = std::move(body)};
  request.headers.add("Host", "localhost:4566");
  request.headers.add("Content-Type", "application/x-amz-json-1.1");
  return request;
}

Result<void> check(const HttpRequest& request, Instant now, std::string_view secret = example.secret_access_key) {
  const auto authorization = parse_authorization(request);
  if (!authorization) return std::unexpected(authorization.error());
  if (auto timely = check_time(*authorization, now); !timely) return timely;
  return verify(request, *authorization, secret);
}

std::string words_of(const Result<void>& result) { return result ? "" : result.error().message; }

TEST(Signature, ThePublishedExampleGivesThePublishedSignature) {
  HttpRequest request = list_users();
  sign(request, example, "us-east-1", "iam", then);
  const std::string canonical =
      canonical_request(request, {"content-type", "host", "x-amz-date"}, PathForm::normalized, payload_hash(request));
  EXPECT_EQ(to_hex(sha256(canonical)), "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59");
  EXPECT_EQ(request.headers.get("authorization"),
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, "
            "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
}

TEST(Signature, ASignedRequestIsAcceptedAndATamperedOneRefused) {
  HttpRequest request = post("{\"Name\":\"a\"}");
  sign(request, example, "eu-west-1", "ssm", then);
  EXPECT_TRUE(check(request, then));
  HttpRequest body = request;
  body.body += ' ';
  EXPECT_TRUE(words_of(check(body, then)).starts_with("The request signature we calculated does not match"));
  HttpRequest path = request;
  path.path = "/other";
  EXPECT_FALSE(check(path, then));
  HttpRequest host = request;
  host.headers.set("Host", "elsewhere");
  EXPECT_FALSE(check(host, then));
  EXPECT_FALSE(check(request, then, "another secret"));
}

TEST(Signature, ASkewedClockIsRefusedInTheServicesWords) {
  HttpRequest request = post("");
  sign(request, example, "eu-west-1", "sns", then);
  EXPECT_TRUE(check(request, then + std::chrono::minutes(5)));
  EXPECT_EQ(words_of(check(request, then + std::chrono::minutes(15))),
            "Signature expired: 20150830T123600Z is now earlier than 20150830T124600Z (20150830T125100Z - 5 min.)");
  EXPECT_EQ(words_of(check(request, then - std::chrono::minutes(6))),
            "Signature not yet current: 20150830T123600Z is still later than 20150830T123500Z (20150830T123000Z + 5 min.)");
}

TEST(Signature, APresignedQueryWorksUntilItExpires) {
  HttpRequest request = list_users();
  presign(request, {"ASIAEXAMPLE", "secret", "token+/="}, "us-east-1", "iam", then, std::chrono::minutes(15));
  EXPECT_TRUE(check(request, then + std::chrono::minutes(15), "secret"));
  EXPECT_EQ(parse_authorization(request)->security_token, "token+/=");
  EXPECT_TRUE(words_of(check(request, then + std::chrono::minutes(16), "secret")).starts_with("Signature expired: 20150830T123600Z"));
  request.query += "&Extra=1";
  EXPECT_FALSE(check(request, then, "secret"));
}

TEST(Signature, ThePayloadsHashIsCheckedOrLeftOut) {
  HttpRequest request = post("payload");
  request.headers.add("X-Amz-Content-Sha256", to_hex(sha256("payload")));
  sign(request, example, "eu-west-1", "s3", then);
  EXPECT_TRUE(check(request, then));
  request.body = "another";
  EXPECT_EQ(words_of(check(request, then)), "The provided 'x-amz-content-sha256' header does not match what was computed.");
  HttpRequest unsigned_body = post("payload");
  unsigned_body.headers.add("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD");
  sign(unsigned_body, example, "eu-west-1", "s3", then);
  unsigned_body.body = "another";
  EXPECT_TRUE(check(unsigned_body, then));
  HttpRequest chunked = post("payload");
  chunked.headers.add("X-Amz-Content-Sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
  sign(chunked, example, "eu-west-1", "s3", then);
  EXPECT_EQ(check(chunked, then).error().reason, "IncompleteBody");
  chunked.headers.set("X-Amz-Content-Sha256", "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD");
  sign(chunked, example, "eu-west-1", "s3", then);
  EXPECT_EQ(check(chunked, then).error().reason, "NotImplemented");
}

TEST(Signature, CoversTheBodyAsItWasSentWhenCompressionIsUndone) {
  HttpRequest request = post("compressed bytes");
  request.headers.add("Content-Encoding", "gzip");
  sign(request, example, "eu-west-1", "monitoring", then);
  request.sent_body_sha256 = to_hex(sha256(request.body));
  request.body = "what they held";
  EXPECT_TRUE(check(request, then));
  request.sent_body_sha256 = to_hex(sha256("other"));
  EXPECT_FALSE(check(request, then));
}

// What botocore 1.43 makes of these requests.
TEST(Signature, AClientsSignaturesAreAccepted) {
  const Instant at = *parse_amz_date("20261124T070000Z");
  HttpRequest json = post("{\"Name\": \"/a\"}");
  json.headers.add("X-Amz-Target", "AmazonSSM.GetParameter");
  json.headers.add("X-Amz-Date", "20261124T070000Z");
  json.headers.add("Authorization",
                   "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261124/eu-west-1/ssm/aws4_request, "
                   "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
                   "Signature=55afc1c1ef4053e64e511b73f176afb94fadcc8fd66d1a14b46fdc9d5b38dbe9");
  EXPECT_TRUE(check(json, at));

  HttpRequest rest{.method = "GET", .path = "/v1/tags/arn%3Aaws%3Asns%3Aeu-west-1%3A1%3At%20x", .query = "tagKeys=a%20b&tagKeys=B&z=%2F"};
  rest.headers.add("Host", "localhost:4566");
  rest.headers.add("Content-Type", "application/json");
  rest.headers.add("X-Amz-Date", "20261124T070000Z");
  rest.headers.add("X-Amz-Security-Token", "tok/en+==");
  rest.headers.add("Authorization",
                   "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20261124/eu-west-1/ssm-incidents/aws4_request, "
                   "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, "
                   "Signature=7a1659dc65a361d15f69c19fe2f03500ccff10b54aa3e80192b7d05613c63100");
  EXPECT_TRUE(check(rest, at, "secret"));

  HttpRequest presigned{
      .method = "GET",
      .path = "/",
      .query =
          "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAEXAMPLE%2F20261124%2Fus-east-"
          "1%2Fsts%2F"
          "aws4_request&X-Amz-Date=20261124T070000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Security-Token=tok%2Fen%2B%3D%3D&"
          "X-Amz-Signature=8486521b59a0d6a1be3f6e5dee76f4cadbef98e66d3fc815e318993179b5f067"};
  presigned.headers.add("Host", "localhost:4566");
  EXPECT_TRUE(check(presigned, at, "secret"));
}

TEST(Canonical, PathsQueriesAndHeaders) {
  EXPECT_EQ(canonical_path("", PathForm::normalized), "/");
  EXPECT_EQ(canonical_path("/a//b/../c%20d/", PathForm::normalized), "/a/c%2520d/");
  EXPECT_EQ(canonical_path("/a//b", PathForm::encoded), "/a//b");
  EXPECT_EQ(canonical_path("/a%20b", PathForm::as_sent), "/a%20b");
  EXPECT_EQ(canonical_path("/../..", PathForm::normalized), "/");
  EXPECT_EQ(canonical_query("b=2&a=%2f&a=&flag&X-Amz-Signature=1"), "a=&a=%2F&b=2&flag=");
  Headers headers;
  headers.add("X-Amz-Meta", "  a   b ");
  headers.add("x-amz-meta", "c");
  EXPECT_EQ(canonical_headers(headers, {"x-amz-meta"}), "x-amz-meta:a b,c\n");
}

}  // namespace
}  // namespace tocsin::wire::sigv4
