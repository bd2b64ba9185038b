#include "access/permissions/required_permission.h"

#include <algorithm>
#include <array>

#include "access/permissions/passed_roles.h"
#include "access/permissions/resource_rules.h"
#include "base/encoding.h"

namespace tocsin::access {
namespace {

struct Renamed {
  std::string_view service;
  std::string_view operation;
  std::string_view action;
};

// operations whose permission has another name
constexpr std::array<Renamed, 8> renamed{{
    {"sns", "PublishBatch", "sns:Publish"},
    {"sqs", "SendMessageBatch", "sqs:SendMessage"},
    {"sqs", "DeleteMessageBatch", "sqs:DeleteMessage"},
    {"sqs", "ChangeMessageVisibilityBatch", "sqs:ChangeMessageVisibility"},
    {"lambda", "Invoke", "lambda:InvokeFunction"},
    {"lambda", "InvokeAsync", "lambda:InvokeFunction"},
    {"lambda", "InvokeWithResponseStream", "lambda:InvokeFunction"},
    {"cloudtrail-data", "PutAuditEvents", "cloudtrail-data:PutAuditEvents"},
}};

// S3's actions are older than its operations. https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
std::string s3_action(std::string_view operation) {
  constexpr std::pair<std::string_view, std::string_view> others[] = {{"ListObjects", "ListBucket"},          {"ListObjectsV2", "ListBucket"},
                                                                      {"HeadBucket", "ListBucket"},           {"HeadObject", "GetObject"},
                                                                      {"CopyObject", "PutObject"},            {"CreateMultipartUpload", "PutObject"},
                                                                      {"UploadPart", "PutObject"},            {"UploadPartCopy", "PutObject"},
                                                                      {"CompleteMultipartUpload", "PutObject"}, {"DeleteObjects", "DeleteObject"},
                                                                      {"ListBuckets", "ListAllMyBuckets"},    {"ListParts", "ListMultipartUploadParts"},
                                                                      {"ListMultipartUploads", "ListBucketMultipartUploads"}};
  for (const auto& [name, action] : others)
    if (name == operation) return std::string(action);
  return std::string(operation);
}

std::string action_of(std::string_view service, std::string_view operation) {
  if (service == "s3") return "s3:" + s3_action(operation);
  const auto found = std::find_if(renamed.begin(), renamed.end(),
                                  [&](const Renamed& entry) { return entry.service == service && entry.operation == operation; });
  if (found != renamed.end()) return std::string(found->action);
  return std::string(service) + ':' + std::string(operation);
}

// a command also acts on each machine that it names
void add_machines(const Document& input, const Scope& scope, std::vector<std::string>& resources) {
  for (const Document& id : array_at(input, "InstanceIds"))
    if (id.is_string())
      resources.push_back(std::string(id.as_string()).starts_with("i-")
                              ? "arn:aws:ec2:" + scope.region + ':' + scope.account + ":instance/" + std::string(id.as_string())
                              : "arn:aws:ssm:" + scope.region + ':' + scope.account + ":managed-instance/" + std::string(id.as_string()));
}

// each object of many is asked for by itself
void add_deleted_objects(const Document& input, std::vector<std::string>& resources) {
  const Document* wanted = find(input, "Delete");
  if (!wanted || array_at(*wanted, "Objects").empty()) return;
  resources.clear();
  for (const Document& each : array_at(*wanted, "Objects")) resources.push_back("arn:aws:s3:::" + text_or(input, "Bucket") + '/' + text_or(each, "Key"));
}

// a copy reads what it copies. x-amz-copy-source: /bucket/key, percent-encoded
void add_copied_object(const Document& input, std::vector<RequiredPermission>& out) {
  std::string source = text_or(input, "CopySource");
  source = percent_decode(std::string_view(source).substr(0, source.find("?versionId=")));
  if (source.starts_with('/')) source.erase(0, 1);
  out.push_back({"s3:GetObject", {"arn:aws:s3:::" + source}, ""});
}

}  // namespace

std::vector<RequiredPermission> required_permissions(std::string_view service, std::string_view operation, const Document& input,
                                                     const Scope& scope) {
  std::vector<RequiredPermission> out{{action_of(service, operation), resources_of(service, operation, input, scope), ""}};
  if (service == "logs" && truth_or(input, "unmask", false)) out.push_back({"logs:Unmask", out.front().resources, ""});
  if (service == "ssm" && operation == "SendCommand") add_machines(input, scope, out.front().resources);
  if (service == "s3" && operation == "DeleteObjects") add_deleted_objects(input, out.front().resources);
  if (service == "s3" && (operation == "CopyObject" || operation == "UploadPartCopy")) add_copied_object(input, out);
  for (PassedRole& role : passed_roles(service, operation, input, scope))
    out.push_back({"iam:PassRole", {std::move(role.role_arn)}, std::move(role.service)});
  return out;
}

}  // namespace tocsin::access
