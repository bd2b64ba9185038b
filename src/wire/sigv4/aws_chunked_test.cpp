#include "wire/sigv4/aws_chunked.h"

#include <gtest/gtest.h>

#include "base/text_time.h"
#include "fuzz/mutate.h"
#include "wire/sigv4/presigned_v2.h"
#include "wire/sigv4/verify.h"

namespace tocsin::wire::sigv4 {
namespace {

constexpr std::string_view secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html, "Example calculations"
HttpRequest documented_upload() {
  HttpRequest request{.method = "PUT", .target = "/examplebucket/chunkObject.txt", .path = "/examplebucket/chunkObject.txt"};
  request.headers.add("Host", "s3.amazonaws.com");
  request.headers.add("x-amz-date", "20130524T000000Z");
  request.headers.add("x-amz-storage-class", "REDUCED_REDUNDANCY");
  request.headers.add("Authorization",
                      "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
                      "SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,"
                      "Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9");
  request.headers.add("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
  request.headers.add("Content-Encoding", "aws-chunked");
  request.headers.add("x-amz-decoded-content-length", "66560");
  request.headers.add("Content-Length", "66824");
  request.body = "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648\r\n" + std::string(65536, 'a') +
                 "\r\n400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497\r\n" + std::string(1024, 'a') +
                 "\r\n0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9\r\n\r\n";
  return request;
}

Result<void> check(const HttpRequest& request) {
  const auto authorization = parse_authorization(request);
  if (!authorization) return std::unexpected(authorization.error());
  return verify(request, *authorization, secret);
}

TEST(AwsChunked, TheDocumentedUploadHolds) {
  const HttpRequest request = documented_upload();
  EXPECT_EQ(request.body.size(), 66824u);
  const auto checked = check(request);
  EXPECT_TRUE(checked) << checked.error().message;
  EXPECT_EQ(parse_aws_chunked(request.body)->joined(), std::string(66560, 'a'));
}

TEST(AwsChunked, AChunkThatWasChangedDoesNot) {
  HttpRequest request = documented_upload();
  request.body[65536 + 300] = 'b';
  EXPECT_EQ(check(request).error().reason, "SignatureDoesNotMatch");
}

TEST(AwsChunked, AHeaderThatNobodySignedMakesNoOtherOperationOfTheRequest) {
  HttpRequest request = documented_upload();
  request.headers.add("X-Amz-Copy-Source", "examplebucket/secret");
  EXPECT_EQ(check(request).error().reason, "AccessDenied");
}

TEST(AwsChunked, ABodyThatNobodyVouchedForIsBounded) {
  std::string trailers = "0\r\n";
  for (int i = 0; i < 17; ++i) trailers += "x-amz-checksum-" + std::to_string(i) + ":x\r\n";
  EXPECT_FALSE(parse_aws_chunked(trailers));
  std::string chunks;
  for (int i = 0; i < 140'000; ++i) chunks += "1\r\na\r\n";
  EXPECT_FALSE(parse_aws_chunked(chunks + "0\r\n\r\n"));
  EXPECT_FALSE(parse_aws_chunked("ffffffffffffffff\r\na\r\n"));
}

TEST(AwsChunked, TrailersFollowTheLastChunk) {
  const auto chunked = parse_aws_chunked("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n");
  ASSERT_TRUE(chunked);
  EXPECT_EQ(chunked->joined(), "hello");
  ASSERT_EQ(chunked->trailers.size(), 1u);
  EXPECT_EQ(chunked->trailers[0].second, "NhCmhg==");
}

TEST(AwsChunked, WhatIsMalformedIsRefused) {
  for (const char* body : {"", "5\r\nhel", "x\r\n", "5;nothing\r\nhello\r\n0\r\n", "5\r\nhello0\r\n", "5\r\nhello\r\n"}) EXPECT_FALSE(parse_aws_chunked(body)) << body;
}

// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html, "Query string request authentication alternative", as botocore 1.44 makes it
TEST(PresignedV2, IsReadAndHolds) {
  HttpRequest request{.method = "GET", .path = "/photos/puppy.jpg", .query = "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1175139620&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D"};
  request.headers.add("Host", "johnsmith.s3.amazonaws.com");
  ASSERT_TRUE(is_presigned_v2(request));
  const auto authorization = parse_authorization(request);
  ASSERT_TRUE(authorization);
  EXPECT_EQ(authorization->scope.service, "s3");
  EXPECT_EQ(presigned_v2_text(request, "johnsmith"), "GET\n\n\n1175139620\n/johnsmith/photos/puppy.jpg");
  const auto verified = verify(request, *authorization, secret);
  EXPECT_TRUE(verified) << verified.error().message;
  EXPECT_TRUE(check_time(*authorization, instant_from_ms(1'175'139'620'000)));
  EXPECT_EQ(check_time(*authorization, instant_from_ms(1'175'139'621'000)).error().reason, "AccessDenied");
  request.path = "/photos/other.jpg";
  EXPECT_EQ(verify(request, *authorization, secret).error().reason, "SignatureDoesNotMatch");
}

TEST(AwsChunkedFuzz, NeverCrashes) {
  fuzz::mutate({"5;chunk-signature=ab\r\nhello\r\n0;chunk-signature=cd\r\nx-amz-checksum-crc32:NhCmhg==\r\nx-amz-trailer-signature:ef\r\n\r\n"}, {"\r\n", "ffffffffffffffff", ";", "0\r\n"}, 3000,
               [](std::string_view body) {
                 if (const auto chunked = parse_aws_chunked(body)) (void)chunked->joined();
               });
}

}  // namespace
}  // namespace tocsin::wire::sigv4
