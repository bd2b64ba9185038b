#include "api/iam/iam_world_test.h"

namespace tocsin::api {
namespace {

using namespace iam_world;

Object with_password(const char* name, const char* password) { return {{"UserName", name}, {"Password", password}}; }

struct Story : World {
  void as_user(const char* name) {
    caller = {.kind = PrincipalKind::user, .account = account, .arn = "arn:aws:iam::111122223333:user/" + std::string(name), .name = name};
  }
  void as_root() {
    caller = {.kind = PrincipalKind::root, .account = account, .arn = "arn:aws:iam::111122223333:root", .principal_id = account};
  }
};

TEST(LoginProfile, IsMadeShownChangedAndRemoved) {
  Story story;
  story.done("CreateUser", user_named("ann"));
  EXPECT_EQ(story.refused("GetLoginProfile", user_named("ann")), "NoSuchEntityException: Login Profile for User ann cannot be found.");
  EXPECT_EQ(story.refused("CreateLoginProfile", with_password("bob", "Night-shift-7")),
            "NoSuchEntityException: The user with name bob cannot be found.");
  const Document made =
      story.done("CreateLoginProfile", {{"UserName", "ann"}, {"Password", "Night-shift-7"}, {"PasswordResetRequired", true}});
  EXPECT_TRUE(truth_or(*find(made, "LoginProfile"), "PasswordResetRequired", false));
  EXPECT_EQ(to_json(made).find("Night"), std::string::npos);
  EXPECT_EQ(story.refused("CreateLoginProfile", with_password("ann", "Night-shift-7")),
            "EntityAlreadyExistsException: Login Profile for user ann already exists.");
  story.done("UpdateLoginProfile", {{"UserName", "ann"}, {"PasswordResetRequired", false}});
  EXPECT_FALSE(truth_or(*find(story.done("GetLoginProfile", user_named("ann")), "LoginProfile"), "PasswordResetRequired", true));
  EXPECT_EQ(story.refused("DeleteUser", user_named("ann")),
            "DeleteConflictException: Cannot delete entity, must delete login profile first.");
  story.done("DeleteLoginProfile", user_named("ann"));
  story.done("DeleteUser", user_named("ann"));
}

TEST(LoginProfile, AUserChangesItsPasswordWithTheOldOne) {
  Story story;
  story.done("CreateUser", user_named("ann"));
  story.done("CreateLoginProfile", with_password("ann", "Night-shift-7"));
  EXPECT_EQ(story.refused("ChangePassword", {{"OldPassword", "Night-shift-7"}, {"NewPassword", "Day-shift-88"}}).substr(0, 24),
            "InvalidUserTypeException");
  story.as_user("ann");
  EXPECT_EQ(story.refused("ChangePassword", {{"OldPassword", "wrong"}, {"NewPassword", "Day-shift-88"}}),
            "AccessDenied: The old password was incorrect.");
  story.done("ChangePassword", {{"OldPassword", "Night-shift-7"}, {"NewPassword", "Day-shift-88"}});
  EXPECT_NE(story.refused("ChangePassword", {{"OldPassword", "Night-shift-7"}, {"NewPassword", "Night-shift-9"}}), "");
  EXPECT_NE(story.refused("ChangePassword", {{"OldPassword", "Day-shift-88"}, {"NewPassword", "short"}}).find("PasswordPolicyViolation"),
            std::string::npos);
}

TEST(LoginProfile, ThePolicyOfTheAccountIsHeld) {
  Story story;
  story.done("CreateUser", user_named("ann"));
  EXPECT_EQ(story.refused("GetAccountPasswordPolicy"),
            "NoSuchEntityException: The Password Policy with domain name 111122223333 cannot be found.");
  story.done("UpdateAccountPasswordPolicy",
             {{"MinimumPasswordLength", 12}, {"RequireSymbols", true}, {"PasswordReusePrevention", 2}, {"MaxPasswordAge", 90}});
  const Document policy = *find(story.done("GetAccountPasswordPolicy"), "PasswordPolicy");
  EXPECT_EQ(
      to_json(policy),
      R"({"MinimumPasswordLength":12,"RequireSymbols":true,"RequireNumbers":false,"RequireUppercaseCharacters":false,"RequireLowercaseCharacters":false,)"
      R"("AllowUsersToChangePassword":false,"ExpirePasswords":true,"HardExpiry":false,"MaxPasswordAge":90,"PasswordReusePrevention":2})");
  EXPECT_EQ(story.refused("CreateLoginProfile", with_password("ann", "short!")),
            "PasswordPolicyViolationException: Password should have a minimum length of 12");
  EXPECT_EQ(story.refused("CreateLoginProfile", with_password("ann", "longbutplain")),
            "PasswordPolicyViolationException: Password should have at least one symbol");
  story.done("CreateLoginProfile", with_password("ann", "long and fine!"));
  EXPECT_NE(story.refused("UpdateLoginProfile", with_password("ann", "long and fine!")), "") << "the same again";
  story.done("UpdateLoginProfile", with_password("ann", "another of them!"));
  story.done("DeleteAccountPasswordPolicy");
  EXPECT_NE(story.refused("DeleteAccountPasswordPolicy"), "");
}

TEST(Account, HasAnAliasThatNobodyElseHas) {
  Story story;
  EXPECT_TRUE(array_at(story.done("ListAccountAliases"), "AccountAliases").empty());
  story.done("CreateAccountAlias", {{"AccountAlias", "shop"}});
  EXPECT_EQ(to_json(*find(story.done("ListAccountAliases"), "AccountAliases")), R"(["shop"])");
  EXPECT_EQ(story.ask("CreateAccountAlias", {{"AccountAlias", "shop"}}, "444455556666").error().code, "EntityAlreadyExistsException");
  EXPECT_NE(story.refused("DeleteAccountAlias", {{"AccountAlias", "other"}}), "");
  story.done("DeleteAccountAlias", {{"AccountAlias", "shop"}});
}

TEST(Account, IsSummedUp) {
  Story story;
  story.done("CreateUser", user_named("ann"));
  story.done("CreateRole", {{"RoleName", "ops"}, {"AssumeRolePolicyDocument", trust_account}});
  story.done("CreatePolicy", {{"PolicyName", "publish"}, {"PolicyDocument", allow_publish}});
  const Document summary = *find(story.done("GetAccountSummary"), "SummaryMap");
  for (const char* kind : {"Users", "Roles", "Policies", "PolicyVersionsInUse"}) EXPECT_EQ(integer_or(summary, kind, 0), 1) << kind;
  EXPECT_EQ(integer_or(summary, "Groups", -1), 0);
}

TEST(Account, ShowsAllThatItsPoliciesHangOnPageByPage) {
  Story story;
  story.done("CreateGroup", {{"GroupName", "ops"}});
  story.done("CreateUser", user_named("ann"));
  story.done("AddUserToGroup", {{"GroupName", "ops"}, {"UserName", "ann"}});
  story.done("PutUserPolicy", {{"UserName", "ann"}, {"PolicyName", "own"}, {"PolicyDocument", allow_publish}});
  story.done("AttachGroupPolicy", {{"GroupName", "ops"}, {"PolicyArn", "arn:aws:iam::aws:policy/ReadOnlyAccess"}});
  story.done("CreateRole", {{"RoleName", "night"}, {"AssumeRolePolicyDocument", trust_account}});
  story.done("CreatePolicy", {{"PolicyName", "publish"}, {"PolicyDocument", allow_publish}});
  const Document details = story.done("GetAccountAuthorizationDetails");
  const Document user = array_at(details, "UserDetailList")[0];
  EXPECT_EQ(to_json(*find(user, "GroupList")), R"(["ops"])");
  EXPECT_EQ(percent_decode(text_or(array_at(user, "UserPolicyList")[0], "PolicyDocument")), allow_publish);
  EXPECT_EQ(text_or(array_at(array_at(details, "GroupDetailList")[0], "AttachedManagedPolicies")[0], "PolicyName"), "ReadOnlyAccess");
  EXPECT_EQ(array_at(details, "RoleDetailList").size(), 1u);
  const Document first =
      story.done("GetAccountAuthorizationDetails", {{"MaxItems", 2}, {"Filter", Array{"User", "Group", "Role", "LocalManagedPolicy"}}});
  EXPECT_TRUE(truth_or(first, "IsTruncated", false));
  const Document rest = story.done(
      "GetAccountAuthorizationDetails",
      {{"MaxItems", 10}, {"Marker", text_or(first, "Marker")}, {"Filter", Array{"User", "Group", "Role", "LocalManagedPolicy"}}});
  EXPECT_TRUE(array_at(rest, "UserDetailList").empty());
  EXPECT_EQ(array_at(rest, "RoleDetailList").size(), 1u);
  EXPECT_EQ(array_at(array_at(rest, "Policies")[0], "PolicyVersionList").size(), 1u);
}

}  // namespace
}  // namespace tocsin::api
