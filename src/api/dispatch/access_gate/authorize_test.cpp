#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/dispatch/access_gate/gate_world_test.h"

namespace tocsin::api {
namespace {

using namespace testing_world;
using access::Entity;

constexpr const char* publish_policy = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sns:Publish","Resource":"*"}})";

struct Story : Server {
  Entity user(const std::string& name) { return *identities.create({.kind = EntityKind::user, .account = account, .name = name}); }
  Entity role(const std::string& name, const std::string& trust) {
    return *identities.create({.kind = EntityKind::role, .account = account, .name = name, .trust_policy = trust});
  }
  Principal as(const Entity& entity) {
    return {.kind = PrincipalKind::user, .account = account, .arn = entity.arn(), .principal_id = entity.id, .name = entity.name};
  }
  std::string refused(const Principal& caller, const char* service, const char* operation, const char* input) {
    const Call call{.service = service,
                    .operation = operation,
                    .input = *parse_json(input),
                    .principal = caller,
                    .scope = {caller.account, "eu-west-1"},
                    .now = clock.now(),
                    .source_ip = "10.0.0.7"};
    const auto answer = gate.authorize(call);
    return answer ? "" : answer.error().code + ": " + answer.error().message;
  }
};

constexpr const char* publish = R"({"TopicArn":"arn:aws:sns:eu-west-1:111122223333:pages","Message":"m"})";

TEST(Authorize, AUserWithoutPolicyIsRefusedInTheDocumentedWords) {
  Story story;
  story.in_unit([&] {
    const Entity ann = story.user("ann");
    EXPECT_EQ(story.refused(story.as(ann), "sns", "Publish", publish),
              "AccessDenied: User: arn:aws:iam::111122223333:user/ann is not authorized to perform: SNS:Publish on resource: "
              "arn:aws:sns:eu-west-1:111122223333:pages because no identity-based policy allows the SNS:Publish action");
    EXPECT_EQ(story.refused(story.as(ann), "ssm", "GetParameter", R"({"Name":"/db"})"),
              "AccessDenied: User: arn:aws:iam::111122223333:user/ann is not authorized to perform: ssm:GetParameter on resource: "
              "arn:aws:ssm:eu-west-1:111122223333:parameter/db because no identity-based policy allows the ssm:GetParameter action");
    EXPECT_EQ(story.refused(story.as(ann), "sts", "GetCallerIdentity", "{}"), "");
  });
}

TEST(Authorize, PoliciesOfTheUserAndItsGroupsAllowAndAnExplicitDenyWins) {
  Story story;
  story.in_unit([&] {
    const Entity ann = story.user("ann"), bob = story.user("bob");
    const Entity ops = *story.identities.create({.kind = EntityKind::group, .account = account, .name = "ops"});
    story.policies.put_inline(ops, "publish", publish_policy);
    story.identities.add_member(ops, ann);
    EXPECT_EQ(story.refused(story.as(ann), "sns", "Publish", publish), "");
    EXPECT_NE(story.refused(story.as(bob), "sns", "Publish", publish), "");
    EXPECT_TRUE(story.policies.attach(bob, "arn:aws:iam::aws:policy/AdministratorAccess"));
    EXPECT_EQ(story.refused(story.as(bob), "sns", "Publish", publish), "");
    story.policies.put_inline(bob, "no", R"({"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"sns:*","Resource":"*"}})");
    EXPECT_TRUE(story.refused(story.as(bob), "sns", "Publish", publish).ends_with("with an explicit deny in an identity-based policy"));
  });
}

TEST(Authorize, ARoleIsAssumedAndThenAllowed) {
  Story story;
  story.in_unit([&] {
    const Entity ann = story.user("ann");
    const Entity ops = story.role(
        "ops", R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}})");
    story.policies.put_inline(ops, "publish", publish_policy);
    EXPECT_EQ(story.roles.assume(story.as(ann), ops.arn(), "night", {}).error().message,
              "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: sts:AssumeRole on resource: "
              "arn:aws:iam::111122223333:role/ops");
    story.policies.put_inline(ann, "assume",
                              R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}})");
    const auto assumed = story.roles.assume(story.as(ann), ops.arn(), "night", {});
    ASSERT_TRUE(assumed);
    EXPECT_EQ(story.refused(assumed->principal, "sns", "Publish", publish), "");
    EXPECT_NE(story.refused(assumed->principal, "sns", "DeleteTopic", publish), "");
    // the role made anew is another one
    story.identities.remove(ops);
    const Entity again = story.role("ops", ops.trust_policy);
    story.policies.put_inline(again, "publish", publish_policy);
    EXPECT_NE(story.refused(assumed->principal, "sns", "Publish", publish), "");
  });
}

TEST(Authorize, TwoAccountsDoNotSeeEachOther) {
  Story story;
  story.in_unit([&] {
    const Entity ann = story.user("ann");
    EXPECT_TRUE(story.policies.attach(ann, "arn:aws:iam::aws:policy/AdministratorAccess"));
    const Entity other = *story.identities.create(
        {.kind = EntityKind::role,
         .account = "444455556666",
         .name = "ops",
         .trust_policy =
             R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"sts:AssumeRole"}})"});
    EXPECT_FALSE(story.roles.assume(story.as(ann), other.arn(), "s", {}));
    EXPECT_FALSE(story.identities.find(EntityKind::user, "444455556666", "ann"));
    Entity opened = other;
    opened.trust_policy =
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}})";
    EXPECT_TRUE(story.identities.update("ops", opened));
    EXPECT_TRUE(story.roles.assume(story.as(ann), other.arn(), "s", {}));
  });
}

TEST(Authorize, OurServicesAssumeOnlyRolesThatTrustThem) {
  Story story;
  story.in_unit([&] {
    const Entity target = story.role(
        "target",
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sts:AssumeRole"}})");
    EXPECT_TRUE(story.roles.assume_as_service(account, "events.amazonaws.com", target.arn(), "rule"));
    EXPECT_EQ(story.roles.assume_as_service(account, "ssm.amazonaws.com", target.arn(), "run").error().reason, "AccessDenied");
    EXPECT_FALSE(story.roles.assume_as_service("444455556666", "events.amazonaws.com", target.arn(), "rule"));
  });
}

TEST(Authorize, AHostMayDoItsAgentsCallsAndNoMore) {
  Story story;
  story.in_unit([&] {
    const auto made = story.roles.issue_for_host(account, "mi-0123456789abcdef0", "HostRole", std::chrono::hours(1));
    const Principal host = story.sessions.find(made.access_key_id)->principal;
    EXPECT_EQ(host.kind, PrincipalKind::host);
    EXPECT_EQ(story.refused(host, "ssm", "UpdateInstanceInformation", R"({"InstanceId":"mi-0123456789abcdef0"})"), "");
    EXPECT_NE(story.refused(host, "ssm", "PutParameter", R"({"Name":"x"})"), "");
    // the activation's role adds to that, if it trusts the service
    Entity role = story.role(
        "HostRole",
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}})");
    story.policies.put_inline(role, "put",
                              R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"ssm:PutParameter","Resource":"*"}})");
    EXPECT_NE(story.refused(host, "ssm", "PutParameter", R"({"Name":"x"})"), "");
    role.trust_policy =
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"ssm.amazonaws.com"},"Action":"sts:AssumeRole"}})";
    EXPECT_TRUE(story.identities.update("HostRole", role));
    EXPECT_EQ(story.refused(host, "ssm", "PutParameter", R"({"Name":"x"})"), "");
  });
}

TEST(Authorize, PassingARoleNeedsPermission) {
  Story story;
  story.in_unit([&] {
    const Entity ann = story.user("ann");
    story.policies.put_inline(ann, "events",
                              R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"events:*","Resource":"*"}})");
    const char* input = R"({"Rule":"r","Targets":[{"Id":"1","Arn":"a","RoleArn":"arn:aws:iam::111122223333:role/x"}]})";
    EXPECT_NE(
        story.refused(story.as(ann), "events", "PutTargets", input).find("iam:PassRole on resource: arn:aws:iam::111122223333:role/x"),
        std::string::npos);
    story.policies.put_inline(
        ann, "pass",
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:PassRole","Resource":"*","Condition":{"StringEquals":{"iam:PassedToService":"events.amazonaws.com"}}}})");
    EXPECT_EQ(story.refused(story.as(ann), "events", "PutTargets", input), "");
  });
}

TEST(Authorize, AResourcesOwnPolicyLetsAnotherAccountIn) {
  Story story;
  story.gate.set_resource_policies([](const Call&, const std::string& arn) -> std::optional<access::ResourcePolicy> {
    if (arn != "arn:aws:sns:eu-west-1:444455556666:shared") return std::nullopt;
    return access::ResourcePolicy{
        R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"SNS:Publish","Resource":"*"}})",
        "444455556666"};
  });
  story.in_unit([&] {
    const Entity ann = story.user("ann");
    const char* shared = R"({"TopicArn":"arn:aws:sns:eu-west-1:444455556666:shared","Message":"m"})";
    EXPECT_NE(story.refused(story.as(ann), "sns", "Publish", shared), "");
    story.policies.put_inline(ann, "publish", publish_policy);
    EXPECT_EQ(story.refused(story.as(ann), "sns", "Publish", shared), "");
  });
}

TEST(Authorize, ARoleThatIsHandedOverMustBeThereAndTrustTheService) {
  for (const bool dev : {false, true}) {
    Server server(dev);
    server.in_unit([&] {
      for (const auto& [name, service] : {std::pair("events", "events.amazonaws.com"), std::pair("machines", "ec2.amazonaws.com")})
        (void)server.identities.create(
            {.kind = EntityKind::role,
             .account = account,
             .name = name,
             .trust_policy = R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":")" + std::string(service) +
                             R"("},"Action":"sts:AssumeRole"}})"});
      const auto refused = [&](const char* service, const char* operation, const Object& input) {
        const auto answer =
            server.gate.check_passed_roles({.service = service, .operation = operation, .input = input, .scope = {account, "eu-west-1"}});
        return answer ? "" : answer.error().code + ": " + answer.error().message;
      };
      const auto target = [](const std::string& role) {
        return Object{{"Rule", "r"}, {"Targets", Array{Object{{"Id", "1"}, {"RoleArn", "arn:aws:iam::111122223333:role/" + role}}}}};
      };
      EXPECT_EQ(refused("events", "PutTargets", target("events")), "");
      EXPECT_EQ(refused("events", "PutTargets", target("machines")),
                "ValidationException: Provided role 'arn:aws:iam::111122223333:role/machines' cannot be assumed by principal "
                "'events.amazonaws.com'.");
      EXPECT_EQ(refused("ssm", "CreateActivation", {{"IamRole", "machines"}}),
                "ValidationException: Nonexistent role or missing ssm service principal in trust policy: "
                "arn:aws:iam::111122223333:role/machines");
      // a server that takes any key takes roles that nobody made
      EXPECT_EQ(refused("events", "PutTargets", target("nobody")).empty(), dev);
    });
  }
}

}  // namespace
}  // namespace tocsin::api
