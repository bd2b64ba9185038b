#include "api/iam/iam_world_test.h"

namespace tocsin::api {
namespace {

using namespace iam_world;

TEST(CredentialReport, IsMadeAndThenRead) {
  World world;
  world.done("CreateUser", user_named("ann"));
  world.done("CreateLoginProfile", {{"UserName", "ann"}, {"Password", "Night-shift-7"}});
  world.done("CreateAccessKey", user_named("ann"));
  EXPECT_EQ(world.refused("GetCredentialReport").substr(0, 36), "CredentialReportNotPresentException:");
  EXPECT_EQ(text_or(world.done("GenerateCredentialReport"), "State"), "STARTED");
  EXPECT_EQ(text_or(world.done("GenerateCredentialReport"), "State"), "COMPLETE");
  const Document report = world.done("GetCredentialReport");
  const std::string text = text_or(report, "Content");
  EXPECT_TRUE(text.starts_with("user,arn,user_creation_time,password_enabled,"));
  EXPECT_NE(text.find("\n<root_account>,arn:aws:iam::111122223333:root,"), std::string::npos);
  EXPECT_NE(text.find("\nann,arn:aws:iam::111122223333:user/ann,2025-10-09T08:53:20+00:00,true,no_information,2025-10-09T08:53:20+00:00,N/"
                      "A,false,true,"),
            std::string::npos)
      << text;
  world.clock.advance(std::chrono::hours(5));
  EXPECT_EQ(world.refused("GetCredentialReport").substr(0, 33), "CredentialReportExpiredException:");
}

TEST(ServiceLinkedRole, IsTheServicesOwn) {
  World world;
  const Document made = world.done("CreateServiceLinkedRole", {{"AWSServiceName", "ssm.amazonaws.com"}});
  EXPECT_EQ(text_or(*find(made, "Role"), "Arn"),
            "arn:aws:iam::111122223333:role/aws-service-role/ssm.amazonaws.com/AWSServiceRoleForAmazonSSM");
  EXPECT_EQ(
      world.refused("CreateServiceLinkedRole", {{"AWSServiceName", "ssm.amazonaws.com"}}),
      "InvalidInputException: Service role name AWSServiceRoleForAmazonSSM has been taken in this account, please try a different suffix.");
  EXPECT_NE(world.refused("CreateServiceLinkedRole", {{"AWSServiceName", "nobody.amazonaws.com"}}), "");
  const Object role{{"RoleName", "AWSServiceRoleForAmazonSSM"}};
  EXPECT_EQ(world.refused("DeleteRole", role).substr(0, 28), "UnmodifiableEntityException:");
  const std::string task = text_or(world.done("DeleteServiceLinkedRole", role), "DeletionTaskId");
  EXPECT_EQ(text_or(world.done("GetServiceLinkedRoleDeletionStatus", {{"DeletionTaskId", task}}), "Status"), "SUCCEEDED");
  EXPECT_NE(world.refused("GetRole", role), "");
}

TEST(ContextKeys, AreThoseThatPoliciesAskFor) {
  World world;
  const char* policy =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::home/${aws:username}/*",)"
      R"("Condition":{"StringEquals":{"aws:PrincipalTag/team":"${aws:RequestTag/team}"},"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}})";
  EXPECT_EQ(to_json(*find(world.done("GetContextKeysForCustomPolicy", {{"PolicyInputList", Array{policy}}}), "ContextKeyNames")),
            R"(["aws:username","aws:PrincipalTag/team","aws:RequestTag/team","aws:SourceIp"])");
  world.done("CreateUser", user_named("ann"));
  world.done("PutUserPolicy", {{"UserName", "ann"}, {"PolicyName", "home"}, {"PolicyDocument", policy}});
  EXPECT_EQ(array_at(world.done("GetContextKeysForPrincipalPolicy", {{"PolicySourceArn", "arn:aws:iam::111122223333:user/ann"}}),
                     "ContextKeyNames")
                .size(),
            4u);
  EXPECT_NE(world.refused("GetContextKeysForPrincipalPolicy", {{"PolicySourceArn", "arn:aws:iam::111122223333:user/bob"}}), "");
}

TEST(GrantingPolicies, AreNamedForEachService) {
  World world;
  world.done("CreateUser", user_named("ann"));
  world.done("CreateGroup", {{"GroupName", "ops"}});
  world.done("AddUserToGroup", {{"GroupName", "ops"}, {"UserName", "ann"}});
  world.done("PutUserPolicy", {{"UserName", "ann"}, {"PolicyName", "own"}, {"PolicyDocument", allow_publish}});
  world.done("AttachGroupPolicy", {{"GroupName", "ops"}, {"PolicyArn", "arn:aws:iam::aws:policy/AmazonSQSFullAccess"}});
  const Document found = world.done("ListPoliciesGrantingServiceAccess",
                                    {{"Arn", "arn:aws:iam::111122223333:user/ann"}, {"ServiceNamespaces", Array{"sns", "sqs", "ssm"}}});
  const Array& services = array_at(found, "PoliciesGrantingServiceAccess");
  ASSERT_EQ(services.size(), 3u);
  EXPECT_EQ(text_or(array_at(services[0], "Policies")[0], "EntityName"), "ann");
  EXPECT_EQ(text_or(array_at(services[1], "Policies")[0], "PolicyType"), "MANAGED");
  EXPECT_TRUE(array_at(services[2], "Policies").empty());
}

TEST(FederationToken, GivesWhatThePolicyAndTheCallerAllow) {
  World world;
  world.done("CreateUser", user_named("ann"));
  world.done("PutUserPolicy", {{"UserName", "ann"}, {"PolicyName", "own"}, {"PolicyDocument", allow_publish}});
  world.caller = {.kind = PrincipalKind::user,
                  .account = account,
                  .arn = "arn:aws:iam::111122223333:user/ann",
                  .name = "ann",
                  .access_key_id = "AKIAX"};
  const auto allowed = [&](const Object& input, const char* action) {
    const std::string key = text_or(*find(world.done("GetFederationToken", input), "Credentials"), "AccessKeyId");
    bool is_allowed = false;
    world.state.submit([&]() -> Result<void> {
      Principal federated = world.sessions.find(key)->principal;
      federated.access_key_id = key;
      access::AccessRequest request{.action = action, .resource = "*", .principal = {}, .context = {}};
      is_allowed = world.authorizer.decide(federated, request).allowed();
      return {};
    });
    world.executor.run_ready();
    return is_allowed;
  };
  constexpr const char* allow_all = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}})";
  EXPECT_TRUE(allowed({{"Name", "tool"}, {"Policy", allow_all}}, "sns:Publish"));
  EXPECT_FALSE(allowed({{"Name", "tool"}, {"Policy", allow_all}}, "sqs:SendMessage")) << "the caller may not";
  EXPECT_FALSE(allowed({{"Name", "tool"}}, "sns:Publish")) << "no policy was passed";
  EXPECT_EQ(text_or(*find(world.done("GetFederationToken", {{"Name", "tool"}}), "FederatedUser"), "Arn"),
            "arn:aws:sts::111122223333:federated-user/tool");
  world.caller = {.kind = PrincipalKind::root, .account = account, .arn = "arn:aws:iam::111122223333:root", .principal_id = account};
  EXPECT_TRUE(allowed({{"Name", "tool"}, {"Policy", allow_publish}}, "sns:Publish"));
  EXPECT_FALSE(allowed({{"Name", "tool"}, {"Policy", allow_publish}}, "sqs:SendMessage"));
}

TEST(AbsentCredentials, OfAUserThatIsThereAreNone) {
  World world;
  world.done("CreateUser", user_named("ann"));
  for (const char* operation : {"ListSSHPublicKeys", "ListSigningCertificates", "ListServiceSpecificCredentials", "ListServerCertificates"})
    world.done(operation, user_named("ann"));
  EXPECT_NE(world.refused("ListSSHPublicKeys", user_named("bob")), "");
}

}  // namespace
}  // namespace tocsin::api
