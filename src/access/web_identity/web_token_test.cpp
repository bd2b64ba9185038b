// Strategy of the fuzz tests: tokens, key sets and configurations of a real provider are damaged; invariants: nothing crashes, and no
// damaged token whose text changed is believed.
#include "access/web_identity/web_token.h"

#include <gtest/gtest.h>

#include "access/web_identity/signing_provider_test.h"
#include "fuzz/mutate.h"

namespace tocsin::access {
namespace {

using namespace std::chrono_literals;
using testing_provider::SigningProvider;

const Instant now = instant_from_ms(1'760'000'000'000);

Object claims_of(const Document& audience = "ci") {
  return {{"iss", "https://id.example/realm"},
          {"sub", "repo:shop"},
          {"aud", audience},
          {"iat", to_seconds(now)},
          {"exp", to_seconds(now) + 600}};
}

KeySet keys_of(const SigningProvider& provider, const std::string& id = "k1") {
  return *parse_key_set(to_json(Object{{"keys", Array{provider.published(id)}}}));
}

std::string reason_of(const Result<void>& result) { return result ? "" : result.error().reason + ": " + result.error().message; }

TEST(WebToken, IsBelievedWhenItsProvidersKeySignedIt) {
  for (const char* kind : {"RSA", "P-256"}) {
    const SigningProvider provider(kind), other(kind);
    const auto token = parse_web_token(provider.token("k1", claims_of()));
    ASSERT_TRUE(token) << token.error().message;
    EXPECT_EQ(token->issuer, "https://id.example/realm");
    EXPECT_EQ(token->subject, "repo:shop");
    EXPECT_EQ(token->audiences, std::vector<std::string>{"ci"});
    EXPECT_TRUE(verify_web_token(*token, keys_of(provider))) << kind;
    EXPECT_FALSE(verify_web_token(*token, keys_of(other))) << kind;
    EXPECT_TRUE(reason_of(verify_web_token(*token, keys_of(provider, "k2")))
                    .starts_with("InvalidIdentityToken: Couldn't retrieve verification key"));
    WebToken tampered = *token;
    tampered.signed_text.back() = tampered.signed_text.back() == 'A' ? 'B' : 'A';
    EXPECT_FALSE(verify_web_token(tampered, keys_of(provider)));
  }
}

TEST(WebToken, AnAlgorithmThatDoesNotFitTheKeyIsRefused) {
  const SigningProvider provider("RSA");
  auto token = *parse_web_token(provider.token("k1", claims_of()));
  for (const char* algorithm : {"none", "HS256", "ES256", "RS512", "PS256", ""}) {
    token.algorithm = algorithm;
    EXPECT_FALSE(verify_web_token(token, keys_of(provider))) << algorithm;
  }
}

TEST(WebToken, ItsTimesAreHeld) {
  const SigningProvider provider("P-256");
  const auto check = [&](const char* claim, const Document& value) {
    Object claims = claims_of(Array{"a", "b"});
    claims[claim] = value;
    return reason_of(check_web_token_times(*parse_web_token(provider.token("k1", claims)), now));
  };
  EXPECT_EQ(check("exp", to_seconds(now) + 1), "");
  EXPECT_TRUE(check("exp", to_seconds(now)).starts_with("ExpiredTokenException: Token expired: current date/time"));
  EXPECT_EQ(check("nbf", to_seconds(now) + 60), "");
  EXPECT_EQ(check("nbf", to_seconds(now) + 3600), "InvalidIdentityToken: Token is not yet valid");
  EXPECT_EQ(check("iat", to_seconds(now) + 3600), "InvalidIdentityToken: Token is not yet valid");
  EXPECT_EQ(check("exp", "soon"), "InvalidIdentityToken: exp and iat must be numbers");
}

TEST(WebToken, WhatIsNoneIsToldSo) {
  const SigningProvider provider("P-256");
  for (const char* text : {"", "abc", "a.b", "a.b.c", "e30.e30.", "e30.e30.e30.e30", "!!.e30.e30"})
    EXPECT_EQ(parse_web_token(text).error().reason, "InvalidIdentityToken") << text;
  Object claims = claims_of();
  claims.erase("sub");
  EXPECT_EQ(parse_web_token(provider.token("k1", claims)).error().message, "Missing a required claim: sub");
  claims = claims_of();
  claims["iss"] = "http://id.example";
  EXPECT_EQ(parse_web_token(provider.token("k1", claims)).error().message, "Issuer must be a valid URL");
  EXPECT_EQ(without_scheme("https://id.example/realm/"), "id.example/realm");
  EXPECT_EQ(*key_set_url(R"({"jwks_uri":"https://id.example/keys"})"), "https://id.example/keys");
  EXPECT_FALSE(key_set_url("[]"));
}

TEST(WebTokenFuzz, NoDamagedTokenIsBelieved) {
  const SigningProvider provider("P-256");
  const KeySet keys = keys_of(provider);
  const std::string good = provider.token("k1", claims_of());
  const std::string covered = good.substr(0, good.rfind('.'));
  fuzz::mutate({good}, {".", "eyJ", "e30", "=", "-", "_"}, 3000, [&](std::string_view text) {
    const auto token = parse_web_token(text);
    if (!token) return;
    (void)check_web_token_times(*token, now);
    if (verify_web_token(*token, keys)) {
      EXPECT_EQ(token->signed_text, covered);
    }
  });
}

TEST(WebTokenFuzz, DamagedKeysCrashNothing) {
  const SigningProvider rsa("RSA"), curve("P-256");
  const auto token = *parse_web_token(curve.token("k1", claims_of()));
  const std::string set = to_json(Object{{"keys", Array{rsa.published("k1"), curve.published("k1")}}});
  fuzz::mutate({set, R"({"jwks_uri":"https://id.example/keys"})"}, {"\"kty\"", "\"n\"", "\"x\"", "\"crv\"", "P-521"}, 3000,
               [&](std::string_view text) {
                 (void)key_set_url(text);
                 if (const auto keys = parse_key_set(text)) (void)verify_web_token(token, *keys);
               });
}

}  // namespace
}  // namespace tocsin::access
