#include "access/credentials/authorization_message.h"
#include "access/web_identity/signing_provider_test.h"
#include "api/iam/iam_world_test.h"

namespace tocsin::api {
namespace {

using namespace std::chrono_literals;
using namespace iam_world;
using access::testing_provider::SigningProvider;

constexpr const char* provider_arn = "arn:aws:iam::111122223333:oidc-provider/ci.example/shop";
constexpr const char* trust_ci =
    R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:oidc-provider/ci.example/shop"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"ci.example/shop:aud":"deploy"},"StringLike":{"ci.example/shop:sub":"repo:shop/*"}}}})";

struct Ci : World {
  SigningProvider provider{"P-256"};

  Ci() {
    done("CreateOpenIDConnectProvider",
         Object{{"Url", "https://ci.example/shop"}, {"ClientIDList", Array{"deploy"}}, {"ThumbprintList", Array{std::string(40, 'a')}}});
    done("CreateRole", Object{{"RoleName", "deployer"}, {"AssumeRolePolicyDocument", trust_ci}});
    web["https://ci.example/shop/.well-known/openid-configuration"] = R"({"jwks_uri":"https://ci.example/keys"})";
    publish(provider, "k1");
    caller = {.kind = PrincipalKind::federated_user, .arn = "anonymous", .principal_id = "anonymous", .name = "anonymous"};
  }
  void publish(const SigningProvider& by, const std::string& id) {
    web["https://ci.example/keys"] = to_json(Object{{"keys", Array{by.published(id)}}});
  }
  Object claims() const {
    return {{"iss", "https://ci.example/shop"},
            {"sub", "repo:shop/checkout"},
            {"aud", "deploy"},
            {"iat", to_seconds(clock.now())},
            {"exp", to_seconds(clock.now()) + 600}};
  }
  Object asked(const std::string& token) const {
    return {{"RoleArn", "arn:aws:iam::111122223333:role/deployer"}, {"RoleSessionName", "run-7"}, {"WebIdentityToken", token}};
  }
  std::string refusal_of(Object changed) { return refused("AssumeRoleWithWebIdentity", asked(provider.token("k1", changed))); }
};

TEST(OpenIdProviders, AreKeptListedChangedAndDeleted) {
  World world;
  const Document made = world.done(
      "CreateOpenIDConnectProvider",
      Object{{"Url", "https://ci.example/shop"}, {"ClientIDList", Array{"deploy"}}, {"Tags", Array{Object{{"Key", "a"}, {"Value", "b"}}}}});
  EXPECT_EQ(text_or(made, "OpenIDConnectProviderArn"), provider_arn);
  EXPECT_EQ(world.refused("CreateOpenIDConnectProvider", Object{{"Url", "https://ci.example/shop"}}),
            "EntityAlreadyExistsException: Provider with url https://ci.example/shop already exists.");
  EXPECT_EQ(world.refused("CreateOpenIDConnectProvider", Object{{"Url", "http://ci.example"}}),
            "InvalidInputException: Invalid Open ID Connect Provider URL");
  const Object named{{"OpenIDConnectProviderArn", provider_arn}};
  Object client = named;
  client["ClientID"] = "test";
  world.done("AddClientIDToOpenIDConnectProvider", client);
  world.done("AddClientIDToOpenIDConnectProvider", client);
  Object thumbprints = named;
  thumbprints["ThumbprintList"] = Array{std::string(40, '0')};
  world.done("UpdateOpenIDConnectProviderThumbprint", thumbprints);
  Document shown = world.done("GetOpenIDConnectProvider", named);
  EXPECT_EQ(text_or(shown, "Url"), "ci.example/shop");
  EXPECT_EQ(to_json(*find(shown, "ClientIDList")), R"(["deploy","test"])");
  EXPECT_EQ(array_at(shown, "ThumbprintList").size(), 1u);
  world.done("RemoveClientIDFromOpenIDConnectProvider", client);
  Object tags = named;
  tags["TagKeys"] = Array{"a"};
  world.done("UntagOpenIDConnectProvider", tags);
  EXPECT_TRUE(array_at(world.done("ListOpenIDConnectProviderTags", named), "Tags").empty());
  EXPECT_EQ(to_json(world.done("ListOpenIDConnectProviders")),
            R"({"OpenIDConnectProviderList":[{"Arn":"arn:aws:iam::111122223333:oidc-provider/ci.example/shop"}]})");
  world.done("DeleteOpenIDConnectProvider", named);
  world.done("DeleteOpenIDConnectProvider", named);
  EXPECT_EQ(world.refused("GetOpenIDConnectProvider", named),
            std::string("NoSuchEntityException: OpenIDConnect Provider not found for arn ") + provider_arn);
}

TEST(WebIdentity, AJobOfTheCiSystemBecomesTheRoleThatTrustsIt) {
  Ci world;
  const Document got = world.done("AssumeRoleWithWebIdentity", world.asked(world.provider.token("k1", world.claims())));
  EXPECT_EQ(text_or(got, "SubjectFromWebIdentityToken"), "repo:shop/checkout");
  EXPECT_EQ(text_or(got, "Audience"), "deploy");
  EXPECT_EQ(text_or(got, "Provider"), provider_arn);
  EXPECT_EQ(text_or(*find(got, "AssumedRoleUser"), "Arn"), "arn:aws:sts::111122223333:assumed-role/deployer/run-7");
  EXPECT_TRUE(text_or(*find(got, "Credentials"), "AccessKeyId").starts_with("ASIA"));
}

TEST(WebIdentity, WhatTheTrustPolicyTheProviderOrTheTokenDoNotAllowIsRefused) {
  Ci world;
  Object claims = world.claims();
  claims["sub"] = "repo:other/checkout";
  EXPECT_EQ(world.refusal_of(claims), "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity");
  claims = world.claims();
  claims["aud"] = "somebody";
  EXPECT_EQ(world.refusal_of(claims), "InvalidIdentityToken: Incorrect token audience");
  claims = world.claims();
  claims["iss"] = "https://elsewhere.example";
  EXPECT_EQ(world.refusal_of(claims),
            "InvalidIdentityToken: No OpenIDConnect provider found in your account for https://elsewhere.example");
  claims = world.claims();
  claims["exp"] = to_seconds(world.clock.now()) - 1;
  EXPECT_TRUE(world.refusal_of(claims).starts_with("ExpiredTokenException: Token expired"));
  const SigningProvider stranger("P-256");
  EXPECT_TRUE(
      world.refused("AssumeRoleWithWebIdentity", world.asked(stranger.token("k1", world.claims()))).starts_with("InvalidIdentityToken: "));
  EXPECT_TRUE(world.refused("AssumeRoleWithWebIdentity", world.asked("no token"))
                  .starts_with("InvalidIdentityToken: The ID Token provided is not a valid JWT."));
}

TEST(WebIdentity, AProviderThatChangesItsKeysIsAskedAgain) {
  Ci world;
  world.done("AssumeRoleWithWebIdentity", world.asked(world.provider.token("k1", world.claims())));
  const SigningProvider fresh("P-256");
  world.publish(fresh, "k2");
  EXPECT_TRUE(
      world.refused("AssumeRoleWithWebIdentity", world.asked(fresh.token("k2", world.claims()))).starts_with("InvalidIdentityToken: "))
      << "not at once: strangers could make us ask";
  world.clock.advance(2min);
  world.done("AssumeRoleWithWebIdentity", world.asked(fresh.token("k2", world.claims())));
  world.web.clear();
  world.clock.advance(2h);
  EXPECT_EQ(world.refused("AssumeRoleWithWebIdentity", world.asked(fresh.token("k2", world.claims()))),
            "IDPCommunicationError: Could not reach the identity provider https://ci.example/shop: nobody answers");
}

TEST(AuthorizationMessage, IsReadInItsOwnAccountOnly) {
  World world;
  const std::string sealed = access::seal_authorization_message(world.box, account, R"({"allowed":false})");
  EXPECT_EQ(sealed.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), std::string::npos);
  EXPECT_EQ(text_or(world.done("DecodeAuthorizationMessage", Object{{"EncodedMessage", sealed}}), "DecodedMessage"),
            R"({"allowed":false})");
  EXPECT_EQ(world.refused("DecodeAuthorizationMessage", Object{{"EncodedMessage", sealed.substr(1)}}),
            "InvalidAuthorizationMessageException: The specified message is not valid.");
  const Reply elsewhere = world.ask("DecodeAuthorizationMessage", Object{{"EncodedMessage", sealed}}, "999988887777");
  EXPECT_FALSE(elsewhere);
}

}  // namespace
}  // namespace tocsin::api
