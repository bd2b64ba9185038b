#include <gtest/gtest.h>

#include "api/iam/iam_world_test.h"

namespace tocsin::api {
namespace {

using namespace iam_world;

TEST(IamUsers, AUserLivesFromCreateToDelete) {
  World world;
  const Document made = *find(
      world.done("CreateUser", Object{{"UserName", "Ann"}, {"Path", "/ops/"}, {"Tags", Array{Object{{"Key", "team"}, {"Value", "shop"}}}}}),
      "User");
  EXPECT_EQ(text_or(made, "Arn"), "arn:aws:iam::111122223333:user/ops/Ann");
  EXPECT_TRUE(text_or(made, "UserId").starts_with("AIDA"));
  EXPECT_EQ(*find(world.done("GetUser", user_named("ann")), "User"), made);
  EXPECT_EQ(world.refused("CreateUser", user_named("ANN")), "EntityAlreadyExistsException: User with name ANN already exists.");
  world.done("UpdateUser", Object{{"UserName", "Ann"}, {"NewUserName", "anna"}});
  EXPECT_EQ(world.refused("GetUser", user_named("Ann")), "NoSuchEntityException: The user with name Ann cannot be found.");
  const Document key = *find(world.done("CreateAccessKey", user_named("anna")), "AccessKey");
  EXPECT_EQ(world.refused("DeleteUser", user_named("anna")),
            "DeleteConflictException: Cannot delete entity, must delete access keys first.");
  world.done("DeleteAccessKey", Object{{"UserName", "anna"}, {"AccessKeyId", text_or(key, "AccessKeyId")}});
  world.done("DeleteUser", user_named("anna"));
  EXPECT_EQ(world.refused("DeleteUser", user_named("anna")), "NoSuchEntityException: The user with name anna cannot be found.");
}

TEST(IamUsers, ListsPageByMarkerAndPath) {
  World world;
  for (const char* name : {"carl", "ann", "bob"})
    world.done("CreateUser", Object{{"UserName", name}, {"Path", std::string(name) == "bob" ? "/x/" : "/"}});
  const Document first = world.done("ListUsers", Object{{"MaxItems", 2}});
  EXPECT_EQ(array_at(first, "Users").size(), 2u);
  EXPECT_TRUE(truth_or(first, "IsTruncated", false));
  const Document second = world.done("ListUsers", Object{{"MaxItems", 2}, {"Marker", text_or(first, "Marker")}});
  EXPECT_EQ(text_or(array_at(second, "Users")[0], "UserName"), "carl");
  EXPECT_FALSE(find(second, "Marker"));
  EXPECT_EQ(array_at(world.done("ListUsers", Object{{"PathPrefix", "/x/"}}), "Users").size(), 1u);
  EXPECT_EQ(world.refused("ListUsers", Object{{"Marker", "forged"}}), "ValidationError: Invalid Marker.");
  EXPECT_TRUE(array_at(*world.ask("ListUsers", Object{}, "444455556666"), "Users").empty());
}

TEST(IamAccessKeys, AtMostTwoForAUser) {
  World world;
  world.done("CreateUser", user_named("ann"));
  const Document key = *find(world.done("CreateAccessKey", user_named("ann")), "AccessKey");
  EXPECT_EQ(text_or(key, "SecretAccessKey").size(), 40u);
  world.done("CreateAccessKey", user_named("ann"));
  EXPECT_EQ(world.refused("CreateAccessKey", user_named("ann")), "LimitExceededException: Cannot exceed quota for AccessKeysPerUser: 2");
  const std::string id = text_or(key, "AccessKeyId");
  world.done("UpdateAccessKey", Object{{"UserName", "ann"}, {"AccessKeyId", id}, {"Status", "Inactive"}});
  const Document listed = world.done("ListAccessKeys", user_named("ann"));
  EXPECT_EQ(array_at(listed, "AccessKeyMetadata").size(), 2u);
  EXPECT_EQ(text_or(*find(world.done("GetAccessKeyLastUsed", Object{{"AccessKeyId", id}}), "AccessKeyLastUsed"), "ServiceName"), "N/A");
  EXPECT_EQ(world.refused("DeleteAccessKey", Object{{"UserName", "ann"}, {"AccessKeyId", "AKIANONE"}}),
            "NoSuchEntityException: The Access Key with id AKIANONE cannot be found.");
}

TEST(IamGroups, MembersComeAndGo) {
  World world;
  world.done("CreateUser", user_named("ann"));
  world.done("CreateGroup", Object{{"GroupName", "ops"}});
  const Object both{{"GroupName", "ops"}, {"UserName", "ann"}};
  world.done("AddUserToGroup", both);
  EXPECT_EQ(array_at(world.done("GetGroup", Object{{"GroupName", "ops"}}), "Users").size(), 1u);
  EXPECT_EQ(array_at(world.done("ListGroupsForUser", user_named("ann")), "Groups").size(), 1u);
  EXPECT_EQ(world.refused("DeleteGroup", Object{{"GroupName", "ops"}}),
            "DeleteConflictException: Cannot delete entity, must remove users from group first.");
  world.done("RemoveUserFromGroup", both);
  world.done("DeleteGroup", Object{{"GroupName", "ops"}});
  EXPECT_EQ(world.refused("GetGroup", Object{{"GroupName", "ops"}}), "NoSuchEntityException: The group with name ops cannot be found.");
}

TEST(IamPolicies, VersionsAttachmentsAndDeletes) {
  World world;
  world.done("CreateUser", user_named("ann"));
  const Document policy = *find(world.done("CreatePolicy", Object{{"PolicyName", "publish"}, {"PolicyDocument", allow_publish}}), "Policy");
  const std::string arn = text_or(policy, "Arn");
  EXPECT_EQ(arn, "arn:aws:iam::111122223333:policy/publish");
  EXPECT_EQ(world.refused("CreatePolicy", Object{{"PolicyName", "Publish"}, {"PolicyDocument", allow_publish}}),
            "EntityAlreadyExistsException: A policy called Publish already exists. Duplicate names are not allowed.");
  EXPECT_EQ(world.refused("CreatePolicy", Object{{"PolicyName", "p"}, {"PolicyDocument", "{"}}),
            "MalformedPolicyDocumentException: Syntax errors in policy.");
  const Object attachment{{"UserName", "ann"}, {"PolicyArn", arn}};
  world.done("AttachUserPolicy", attachment);
  EXPECT_EQ(integer_or(*find(world.done("GetPolicy", Object{{"PolicyArn", arn}}), "Policy"), "AttachmentCount", 0), 1);
  EXPECT_EQ(array_at(world.done("ListEntitiesForPolicy", Object{{"PolicyArn", arn}}), "PolicyUsers").size(), 1u);
  EXPECT_EQ(world.refused("DeletePolicy", Object{{"PolicyArn", arn}}),
            "DeleteConflictException: Cannot delete a policy attached to entities.");
  for (int i = 0; i < 4; ++i)
    world.done("CreatePolicyVersion", Object{{"PolicyArn", arn}, {"PolicyDocument", allow_publish}, {"SetAsDefault", i == 3}});
  EXPECT_TRUE(world.refused("CreatePolicyVersion", Object{{"PolicyArn", arn}, {"PolicyDocument", allow_publish}})
                  .starts_with("LimitExceededException: A managed policy"));
  const Document version = *find(world.done("GetPolicyVersion", Object{{"PolicyArn", arn}, {"VersionId", "v5"}}), "PolicyVersion");
  EXPECT_TRUE(truth_or(version, "IsDefaultVersion", false));
  EXPECT_EQ(percent_decode(text_or(version, "Document")), allow_publish);
  EXPECT_EQ(world.refused("DeletePolicyVersion", Object{{"PolicyArn", arn}, {"VersionId", "v5"}}),
            "DeleteConflictException: Cannot delete the default version of a policy.");
  world.done("DetachUserPolicy", attachment);
  EXPECT_TRUE(world.refused("DeletePolicy", Object{{"PolicyArn", arn}})
                  .starts_with("DeleteConflictException: This policy has more than one version."));
  for (const char* id : {"v1", "v2", "v3", "v4"}) world.done("DeletePolicyVersion", Object{{"PolicyArn", arn}, {"VersionId", id}});
  world.done("DeletePolicy", Object{{"PolicyArn", arn}});
  EXPECT_EQ(world.refused("GetPolicy", Object{{"PolicyArn", arn}}), "NoSuchEntityException: Policy " + arn + " was not found.");
  world.done("AttachUserPolicy", Object{{"UserName", "ann"}, {"PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"}});
  EXPECT_EQ(array_at(world.done("ListPolicies", Object{{"OnlyAttached", true}}), "Policies").size(), 1u);
  EXPECT_GE(array_at(world.done("ListPolicies", Object{{"Scope", "AWS"}}), "Policies").size(), 10u);
}

TEST(IamPolicies, InlinePoliciesOfRolesReadBackEqual) {
  World world;
  world.done("CreateRole", Object{{"RoleName", "ops"}, {"AssumeRolePolicyDocument", trust_account}});
  const Object named{{"RoleName", "ops"}, {"PolicyName", "publish"}};
  Object put = named;
  put["PolicyDocument"] = allow_publish;
  world.done("PutRolePolicy", put);
  EXPECT_EQ(percent_decode(text_or(world.done("GetRolePolicy", named), "PolicyDocument")), allow_publish);
  EXPECT_EQ(world.refused("DeleteRole", Object{{"RoleName", "ops"}}),
            "DeleteConflictException: Cannot delete entity, must delete policies first.");
  world.done("DeleteRolePolicy", named);
  EXPECT_EQ(world.refused("GetRolePolicy", named), "NoSuchEntityException: The role policy with name publish cannot be found.");
  EXPECT_EQ(world.refused("CreateRole", Object{{"RoleName", "bad"}, {"AssumeRolePolicyDocument", allow_publish}}),
            "MalformedPolicyDocumentException: Missing required field Principal");
  world.done("TagRole", Object{{"RoleName", "ops"}, {"Tags", Array{Object{{"Key", "a"}, {"Value", "1"}}}}});
  EXPECT_EQ(array_at(world.done("ListRoleTags", Object{{"RoleName", "ops"}}), "Tags").size(), 1u);
  world.done("DeleteRole", Object{{"RoleName", "ops"}});
}

TEST(IamInstanceProfiles, HoldOneRole) {
  World world;
  world.done("CreateRole", Object{{"RoleName", "ops"}, {"AssumeRolePolicyDocument", trust_account}});
  EXPECT_TRUE(array_at(world.done("ListInstanceProfilesForRole", Object{{"RoleName", "ops"}}), "InstanceProfiles").empty());
  const Document made = *find(world.done("CreateInstanceProfile", Object{{"InstanceProfileName", "host"}}), "InstanceProfile");
  EXPECT_EQ(text_or(made, "Arn"), "arn:aws:iam::111122223333:instance-profile/host");
  const Object both{{"InstanceProfileName", "host"}, {"RoleName", "ops"}};
  world.done("AddRoleToInstanceProfile", both);
  EXPECT_TRUE(world.refused("AddRoleToInstanceProfile", both).starts_with("LimitExceededException"));
  EXPECT_EQ(array_at(world.done("ListInstanceProfilesForRole", Object{{"RoleName", "ops"}}), "InstanceProfiles").size(), 1u);
  EXPECT_EQ(world.refused("DeleteRole", Object{{"RoleName", "ops"}}),
            "DeleteConflictException: Cannot delete entity, must remove roles from instance profile first.");
  world.done("RemoveRoleFromInstanceProfile", both);
  world.done("DeleteInstanceProfile", Object{{"InstanceProfileName", "host"}});
  EXPECT_EQ(world.refused("GetInstanceProfile", Object{{"InstanceProfileName", "host"}}),
            "NoSuchEntityException: Instance Profile host cannot be found.");
}

TEST(IamPolicies, ABoundaryThatIsUsedIsNotDeleted) {
  World world;
  world.done("CreateUser", user_named("ann"));
  const std::string arn =
      text_or(*find(world.done("CreatePolicy", Object{{"PolicyName", "limit"}, {"PolicyDocument", allow_publish}}), "Policy"), "Arn");
  world.done("PutUserPermissionsBoundary", Object{{"UserName", "ann"}, {"PermissionsBoundary", arn}});
  EXPECT_EQ(integer_or(*find(world.done("GetPolicy", Object{{"PolicyArn", arn}}), "Policy"), "PermissionsBoundaryUsageCount", 0), 1);
  EXPECT_EQ(world.refused("DeletePolicy", Object{{"PolicyArn", arn}}),
            "DeleteConflictException: Cannot delete a policy attached to entities.");
  world.done("DeleteUserPermissionsBoundary", user_named("ann"));
  world.done("DeletePolicy", Object{{"PolicyArn", arn}});
}

TEST(StsStory, ARoleIsAssumedWithASessionThatIsItsOwn) {
  World world;
  const Document role = *find(world.done("CreateRole", Object{{"RoleName", "ops"}, {"AssumeRolePolicyDocument", trust_account}}), "Role");
  const Object wanted{{"RoleArn", text_or(role, "Arn")}, {"RoleSessionName", "night"}};
  const Document answer = world.done("AssumeRole", wanted);
  EXPECT_EQ(text_or(*find(answer, "AssumedRoleUser"), "Arn"), "arn:aws:sts::111122223333:assumed-role/ops/night");
  const Document& credentials = *find(answer, "Credentials");
  EXPECT_EQ(integer_or(credentials, "Expiration", 0), to_ns(world.clock.now() + std::chrono::hours(1)));
  EXPECT_EQ(text_or(world.done("GetAccessKeyInfo", Object{{"AccessKeyId", text_or(credentials, "AccessKeyId")}}), "Account"), account);
  Object longer = wanted;
  longer["DurationSeconds"] = 7200;
  EXPECT_EQ(world.refused("AssumeRole", longer),
            "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  Object missing = wanted;
  missing["RoleArn"] = "arn:aws:iam::111122223333:role/nobody";
  EXPECT_EQ(world.refused("AssumeRole", missing),
            "AccessDenied: User: arn:aws:iam::111122223333:root is not authorized to perform: sts:AssumeRole on resource: "
            "arn:aws:iam::111122223333:role/nobody");
}

TEST(StsStory, ASessionPolicyLimitsTheRole) {
  World world;
  const Document role = *find(world.done("CreateRole", Object{{"RoleName", "ops"}, {"AssumeRolePolicyDocument", trust_account}}), "Role");
  world.done("AttachRolePolicy", Object{{"RoleName", "ops"}, {"PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"}});
  const Document answer =
      world.done("AssumeRole", Object{{"RoleArn", text_or(role, "Arn")}, {"RoleSessionName", "night"}, {"Policy", allow_publish}});
  const std::string id = text_or(*find(answer, "Credentials"), "AccessKeyId");
  world.state.submit([&]() -> Result<void> {
    const Principal session = world.sessions.find(id)->principal;
    access::AccessRequest publish{.action = "sns:Publish", .resource = "*", .principal = {}, .context = {}};
    access::AccessRequest remove{.action = "sns:DeleteTopic", .resource = "*", .principal = {}, .context = {}};
    EXPECT_TRUE(world.authorizer.decide(session, publish).allowed());
    const auto refused = world.authorizer.decide(session, remove);
    EXPECT_FALSE(refused.allowed());
    EXPECT_EQ(refused.by, access::DecidedBy::session);
    return {};
  });
  world.executor.run_ready();
}

TEST(StsStory, WhoAmI) {
  World world;
  EXPECT_EQ(text_or(world.done("GetCallerIdentity"), "Arn"), "arn:aws:iam::111122223333:root");
  EXPECT_EQ(text_or(*find(world.done("GetUser"), "User"), "Arn"), "arn:aws:iam::111122223333:root");
  EXPECT_TRUE(text_or(*find(world.done("GetSessionToken"), "Credentials"), "AccessKeyId").starts_with("ASIA"));
}

}  // namespace
}  // namespace tocsin::api
