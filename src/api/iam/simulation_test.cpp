#include <gtest/gtest.h>

#include "api/iam/iam_world_test.h"

namespace tocsin::api {
namespace {

using namespace iam_world;

std::string decisions(const Document& answer) {
  std::string out;
  for (const Document& result : array_at(answer, "EvaluationResults")) out += text_or(result, "EvalDecision") + ' ';
  return out;
}

TEST(Simulation, OfDocumentsThatAreGiven) {
  World world;
  const Document answer = world.done("SimulateCustomPolicy", Object{{"PolicyInputList", Array{Document(allow_publish)}},
                                                                    {"ActionNames", Array{"sns:Publish", "sns:DeleteTopic"}}});
  EXPECT_EQ(decisions(answer), "allowed implicitDeny ");
  EXPECT_EQ(text_or(array_at(array_at(answer, "EvaluationResults")[0], "MatchedStatements")[0], "SourcePolicyId"), "PolicyInputList.1");
  const char* conditional =
      R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}})";
  const Document missing =
      world.done("SimulateCustomPolicy", Object{{"PolicyInputList", Array{Document(conditional)}}, {"ActionNames", Array{"sns:Publish"}}});
  EXPECT_EQ(array_at(array_at(missing, "EvaluationResults")[0], "MissingContextValues")[0].as_string(), "aws:RequestedRegion");
  const Document known = world.done(
      "SimulateCustomPolicy",
      Object{{"PolicyInputList", Array{Document(conditional)}},
             {"ActionNames", Array{"sns:Publish"}},
             {"ContextEntries", Array{Object{{"ContextKeyName", "aws:RequestedRegion"}, {"ContextKeyValues", Array{"eu-west-1"}}}}}});
  EXPECT_EQ(decisions(known), "allowed ");
  EXPECT_EQ(world.refused("SimulateCustomPolicy", Object{{"PolicyInputList", Array{"{"}}, {"ActionNames", Array{"a:b"}}}),
            "InvalidInputException: Syntax errors in policy.");
}

TEST(Simulation, OfAUserWithItsGroupsAndBoundary) {
  World world;
  const Document user = *find(world.done("CreateUser", user_named("ann")), "User");
  world.done("CreateGroup", Object{{"GroupName", "ops"}});
  world.done("PutGroupPolicy", Object{{"GroupName", "ops"}, {"PolicyName", "publish"}, {"PolicyDocument", allow_publish}});
  world.done("AddUserToGroup", Object{{"GroupName", "ops"}, {"UserName", "ann"}});
  const Object question{{"PolicySourceArn", text_or(user, "Arn")}, {"ActionNames", Array{"sns:Publish"}}};
  EXPECT_EQ(decisions(world.done("SimulatePrincipalPolicy", question)), "allowed ");
  world.done("PutUserPermissionsBoundary",
             Object{{"UserName", "ann"}, {"PermissionsBoundary", "arn:aws:iam::aws:policy/AmazonSQSFullAccess"}});
  const Document bounded = world.done("SimulatePrincipalPolicy", question);
  EXPECT_EQ(decisions(bounded), "implicitDeny ");
  EXPECT_FALSE(truth_or(*find(array_at(bounded, "EvaluationResults")[0], "PermissionsBoundaryDecisionDetail"),
                        "AllowedByPermissionsBoundary", true));
  EXPECT_TRUE(world
                  .refused("SimulatePrincipalPolicy",
                           Object{{"PolicySourceArn", "arn:aws:iam::111122223333:user/nobody"}, {"ActionNames", Array{"a:b"}}})
                  .starts_with("NoSuchEntityException"));
}

}  // namespace
}  // namespace tocsin::api
