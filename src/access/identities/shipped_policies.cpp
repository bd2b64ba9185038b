#include <algorithm>
#include <array>

#include "access/identities/managed_policy.h"

namespace tocsin::access {
namespace {

// the documents say of the services that we serve what the published ones say
constexpr std::array<ShippedPolicy, 12> shipped{{
    {"/", "AdministratorAccess", "ANPAIWMBCKSKIEE64ZLYK", "Provides full access to AWS services and resources.",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]})"},
    {"/", "PowerUserAccess", "ANPAJYRXTHIB4FOVS3ZXS",
     "Provides full access to AWS services and resources, but does not allow management of Users and groups.",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"},{"Effect":"Allow","Action":["iam:CreateServiceLinkedRole","iam:DeleteServiceLinkedRole","iam:ListRoles"],"Resource":"*"}]})"},
    {"/", "ReadOnlyAccess", "ANPAILL3HVNFSB6DCOWYQ", "Provides read-only access to AWS services and resources.",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["cloudwatch:Describe*","cloudwatch:Get*","cloudwatch:List*","logs:Describe*","logs:Get*","logs:List*","logs:FilterLogEvents","logs:StartQuery","logs:StopQuery","logs:StartLiveTail","logs:TestMetricFilter","sns:Get*","sns:List*","sqs:Get*","sqs:List*","sqs:ReceiveMessage","events:Describe*","events:List*","events:TestEventPattern","ssm:Describe*","ssm:Get*","ssm:List*","ssm-incidents:Get*","ssm-incidents:List*","ssm-contacts:Describe*","ssm-contacts:Get*","ssm-contacts:List*","iam:Get*","iam:List*","iam:Simulate*","sts:GetCallerIdentity","sts:GetAccessKeyInfo","cloudtrail:Describe*","cloudtrail:Get*","cloudtrail:List*","cloudtrail:LookupEvents","xray:BatchGet*","xray:Get*","ec2:Describe*","health:Describe*","guardduty:Get*","guardduty:List*","securityhub:Describe*","securityhub:Get*","securityhub:List*","detective:Get*","detective:List*","lambda:Get*","lambda:List*","scheduler:Get*","scheduler:List*","chatbot:Describe*","chatbot:Get*","chatbot:List*"],"Resource":"*"}]})"},
    {"/", "IAMFullAccess", "ANPAI7XKCFMBPM3QQRRVQ", "Provides full access to IAM.",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*","organizations:DescribeAccount","organizations:DescribeOrganization","organizations:ListRoots"],"Resource":"*"}]})"},
    {"/", "IAMReadOnlyAccess", "ANPAJKSO7NDY4T57MWDSQ", "Provides read only access to IAM.",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:GenerateCredentialReport","iam:GenerateServiceLastAccessedDetails","iam:Get*","iam:List*","iam:SimulateCustomPolicy","iam:SimulatePrincipalPolicy"],"Resource":"*"}]})"},
    {"/", "AmazonSNSFullAccess", "ANPAJWEKLCXXUNT2SOLSG", "Provides full access to Amazon SNS.",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sns:*"],"Resource":"*"}]})"},
    {"/", "AmazonSQSFullAccess", "ANPAI65L554VRJ33ECQS6", "Provides full access to Amazon SQS.",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sqs:*"],"Resource":"*"}]})"},
    {"/", "CloudWatchFullAccessV2", "ANPAYAV4FMIVBHTMDPGZB", "Provides full access to CloudWatch.",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["cloudwatch:*","logs:*","sns:CreateTopic","sns:ListSubscriptions","sns:ListSubscriptionsByTopic","sns:ListTopics","sns:Subscribe","iam:GetPolicy","iam:GetPolicyVersion","iam:GetRole","xray:*"],"Resource":"*"}]})"},
    {"/", "CloudWatchAgentServerPolicy", "ANPAIFTAQWYLCYNC3JQ7K", "Permissions required to use AmazonCloudWatchAgent on servers",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["cloudwatch:PutMetricData","ec2:DescribeVolumes","ec2:DescribeTags","logs:PutLogEvents","logs:PutRetentionPolicy","logs:DescribeLogStreams","logs:DescribeLogGroups","logs:CreateLogStream","logs:CreateLogGroup","xray:PutTraceSegments","xray:PutTelemetryRecords","xray:GetSamplingRules","xray:GetSamplingTargets","xray:GetSamplingStatisticSummaries"],"Resource":"*"},{"Effect":"Allow","Action":["ssm:GetParameter"],"Resource":"arn:aws:ssm:*:*:parameter/AmazonCloudWatch-*"}]})"},
    {"/", "AmazonSSMFullAccess", "ANPAJA7V6HI4ISQFMDYAG", "Provides full access to Amazon SSM.",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["cloudwatch:PutMetricData","ds:CreateComputer","ds:DescribeDirectories","ec2:DescribeInstanceStatus","logs:*","ssm:*","ec2messages:*"],"Resource":"*"},{"Effect":"Allow","Action":["ssmmessages:CreateControlChannel","ssmmessages:CreateDataChannel","ssmmessages:OpenControlChannel","ssmmessages:OpenDataChannel"],"Resource":"*"}]})"},
    {"/", "AmazonEventBridgeFullAccess", "ANPAJ67CUKRBVBRGYHSXC", "Provides full access to Amazon EventBridge.",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["events:*","scheduler:*"],"Resource":"*"},{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::*:role/*","Condition":{"StringLike":{"iam:PassedToService":"events.amazonaws.com"}}}]})"},
    {"/", host_core_policy, "ANPAIXSHM2BNB2D3AXXRU",
     "The policy for Amazon EC2 Role to enable AWS Systems Manager service core functionality.",
     R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["ssm:DescribeAssociation","ssm:GetDeployablePatchSnapshotForInstance","ssm:GetDocument","ssm:DescribeDocument","ssm:GetManifest","ssm:GetParameter","ssm:GetParameters","ssm:ListAssociations","ssm:ListInstanceAssociations","ssm:PutInventory","ssm:PutComplianceItems","ssm:PutConfigurePackageResult","ssm:UpdateAssociationStatus","ssm:UpdateInstanceAssociationStatus","ssm:UpdateInstanceInformation"],"Resource":"*"},{"Effect":"Allow","Action":["ssmmessages:CreateControlChannel","ssmmessages:CreateDataChannel","ssmmessages:OpenControlChannel","ssmmessages:OpenDataChannel"],"Resource":"*"},{"Effect":"Allow","Action":["ec2messages:AcknowledgeMessage","ec2messages:DeleteMessage","ec2messages:FailMessage","ec2messages:GetEndpoint","ec2messages:GetMessages","ec2messages:SendReply"],"Resource":"*"}]})"},
}};

}  // namespace

std::span<const ShippedPolicy> shipped_policies() { return shipped; }

const ShippedPolicy* find_shipped_policy(std::string_view name) {
  const auto found = std::find_if(shipped.begin(), shipped.end(), [&](const ShippedPolicy& policy) { return policy.name == name; });
  return found == shipped.end() ? nullptr : &*found;
}

}  // namespace tocsin::access
