#include "wire/sigv4/authorization.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "wire/sigv4/signer.h"
#include "wire/sigv4/verify.h"

namespace tocsin::wire::sigv4 {
namespace {

constexpr std::string_view good =
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, "
    "Signature=5d672d79";

HttpRequest with_header(std::string authorization) {
  HttpRequest request{.method = "POST", .target = "/", .path = "/"};
  request.headers.add("Host", "localhost:4566");
  request.headers.add("X-Amz-Date", "20150830T123600Z");
  request.headers.add("Authorization", std::move(authorization));
  return request;
}

std::string reason_of(const HttpRequest& request) {
  const auto parsed = parse_authorization(request);
  return parsed ? "" : parsed.error().reason;
}

TEST(Authorization, ReadsTheHeaderWithAndWithoutBlanks) {
  for (const std::string& text :
       {std::string(good), std::string("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request,SignedHeaders="
                                       "content-type;host;x-amz-date,Signature=5d672d79")}) {
    const auto parsed = parse_authorization(with_header(text));
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_EQ(parsed->access_key_id, "AKIDEXAMPLE");
    EXPECT_EQ(parsed->scope.text(), "20150830/us-east-1/iam/aws4_request");
    EXPECT_EQ(parsed->signed_headers, (std::vector<std::string>{"content-type", "host", "x-amz-date"}));
    EXPECT_EQ(parsed->signature, "5d672d79");
  }
}

TEST(Authorization, ASignatureInBase64IsReadToItsEnd) {
  const auto parsed =
      parse_authorization(with_header("AWS4-HMAC-SHA256 Credential=mi-0123456789abcdef0/20150830/eu-west-1/ssm/aws4_request, "
                                      "SignedHeaders=host;x-amz-date, Signature=ab+/cd=="));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->signature, "ab+/cd==");
}

TEST(Authorization, SaysWhatIsMissing) {
  EXPECT_EQ(reason_of(HttpRequest{.method = "GET", .path = "/"}), "MissingAuthenticationToken");
  const auto empty = parse_authorization(with_header("AWS4-HMAC-SHA256"));
  ASSERT_FALSE(empty);
  EXPECT_EQ(empty.error().message,
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization "
            "header requires "
            "'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256");
  EXPECT_EQ(reason_of(with_header("Basic YTpi")), "IncompleteSignature");
  EXPECT_EQ(reason_of(with_header("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=x")), "IncompleteSignature");
  EXPECT_EQ(reason_of(with_header("AWS4-HMAC-SHA256 Credential=a/20150830/r/s/aws4_request, SignedHeaders=x-amz-date, Signature=x")),
            "IncompleteSignature");
}

TEST(Authorization, APresignedQueryMayLiveAtMostSevenDays) {
  HttpRequest request{.method = "GET", .path = "/"};
  request.headers.add("Host", "localhost");
  presign(request, {"AKID", "secret", ""}, "eu-west-1", "sns", instant_from_ms(1'700'000'000'000), std::chrono::hours(24 * 8));
  EXPECT_EQ(reason_of(request), "IncompleteSignature");
}

// Strategy: a good header and a good query, with bytes changed, cut or doubled. Invariant: parsing and verifying end, and nothing changed
// verifies.
TEST(Authorization, SurvivesMutatedInput) {
  SeededRandom random(7);
  const Instant now = instant_from_ms(1'440'938'160'000);
  for (int round = 0; round < 4000; ++round) {
    HttpRequest request{.method = "GET", .target = "/", .path = "/a/../b%20c"};
    request.headers.add("Host", "localhost:4566");
    const bool header = random.below(2) == 0;
    if (header)
      sign(request, {"AKID", "secret", "token"}, "eu-west-1", "sns", now);
    else
      presign(request, {"AKID", "secret", "token"}, "eu-west-1", "sns", now, std::chrono::minutes(1));
    std::string text = header ? std::string(request.headers.get("authorization")) : request.query;
    const std::string before = text;
    for (std::uint64_t edits = 1 + random.below(4); edits > 0 && !text.empty(); --edits) {
      const std::size_t at = random.below(text.size());
      if (random.below(3) == 0)
        text.erase(at, random.below(12));
      else if (random.below(2) == 0)
        text[at] = static_cast<char>(random.below(256));
      else
        text.insert(at, text.substr(random.below(text.size()), random.below(20)));
    }
    if (header)
      request.headers.set("Authorization", text);
    else
      request.query = text;
    const auto parsed = parse_authorization(request);
    if (!parsed || text == before) continue;
    if (parsed->access_key_id == "AKID" && verify(request, *parsed, "secret")) {
      // only a change that leaves the meaning may pass: names, scope, signature and token are the same
      EXPECT_EQ(parsed->scope.service, "sns");
      EXPECT_EQ(parsed->signature.size(), 64u);
    }
  }
}

}  // namespace
}  // namespace tocsin::wire::sigv4
