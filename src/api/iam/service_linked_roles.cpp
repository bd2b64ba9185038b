// Roles that belong to a service: it names them, and nobody else may take them.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "api/iam/operations.h"
#include "api/iam/service_linked_role.h"
#include "base/digest.h"
#include "base/encoding.h"

namespace tocsin::api::iam {
namespace {

struct Known {
  std::string_view service;
  std::string_view role;
  bool takes_suffix = false;
};

constexpr std::array<Known, 12> known{{
    {"ssm-incidents.amazonaws.com", "AWSServiceRoleforIncidentManager"},
    {"ssm-contacts.amazonaws.com", "AWSServiceRoleforIncidentManagerContacts"},
    {"ssm.amazonaws.com", "AWSServiceRoleForAmazonSSM"},
    {"events.amazonaws.com", "AWSServiceRoleForCloudWatchEvents"},
    {"events.cloudwatch.amazonaws.com", "AWSServiceRoleForCloudWatchEvents"},
    {"application-signals.cloudwatch.amazonaws.com", "AWSServiceRoleForCloudWatchApplicationSignals"},
    {"guardduty.amazonaws.com", "AWSServiceRoleForAmazonGuardDuty"},
    {"securityhub.amazonaws.com", "AWSServiceRoleForSecurityHub"},
    {"cloudtrail.amazonaws.com", "AWSServiceRoleForCloudTrail"},
    {"event-processor.health.amazonaws.com", "AWSServiceRoleForHealth_EventProcessor"},
    {"management.chatbot.amazonaws.com", "AWSServiceRoleForAWSChatbot"},
    {"autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling", true},
}};

std::string path_of(std::string_view service) { return "/aws-service-role/" + std::string(service) + '/'; }

std::string trust_of(const std::string& service) {
  return to_json(Document(Object{
      {"Version", "2012-10-17"},
      {"Statement", Array{Object{{"Effect", "Allow"}, {"Principal", Object{{"Service", service}}}, {"Action", "sts:AssumeRole"}}}}}));
}

/// The same for the same role, so that its deletion can be asked about.
std::string task_of(const Entity& role) {
  const std::string digest = to_hex(sha256(role.id));
  const auto part = [&](std::size_t from, std::size_t size) { return digest.substr(from, size); };
  return "task" + role.path + role.name + '/' + part(0, 8) + '-' + part(8, 4) + '-' + part(12, 4) + '-' + part(16, 4) + '-' + part(20, 12);
}

}  // namespace

bool is_service_linked(const Entity& role) { return role.kind == EntityKind::role && role.path.starts_with("/aws-service-role/"); }

std::unexpected<ServiceError> protected_role(const Entity& role) {
  return refuse("UnmodifiableEntityException",
                "Cannot perform the operation on the protected role '" + role.name + "' - this role is only modifiable by AWS");
}

Reply create_service_linked_role(const IamRooms& rooms, const Call& call) {
  const std::string service = text_or(call.input, "AWSServiceName"), suffix = text_or(call.input, "CustomSuffix");
  const auto found = std::find_if(known.begin(), known.end(), [&](const Known& each) { return each.service == service; });
  if (found == known.end())
    return refuse("InvalidInputException", "The service " + service + " has no service-linked role on this server.");
  if (!suffix.empty() && !found->takes_suffix) return refuse("InvalidInputException", "Custom suffix is not allowed for " + service);
  const std::string name = std::string(found->role) + (suffix.empty() ? "" : '_' + suffix);
  if (rooms.identities.find(EntityKind::role, call.scope.account, name))
    return refuse("InvalidInputException", "Service role name " + name + " has been taken in this account, please try a different suffix.");
  const auto made = rooms.identities.create({.kind = EntityKind::role,
                                             .account = call.scope.account,
                                             .name = name,
                                             .path = path_of(service),
                                             .trust_policy = trust_of(service),
                                             .description = text_or(call.input, "Description")});
  if (!made) return refused(made.error());
  return Object{{"Role", role_document(*made)}};
}

Reply delete_service_linked_role(const IamRooms& rooms, const Call& call) {
  const auto role = entity_of(rooms, call, EntityKind::role);
  if (!role) return std::unexpected(role.error());
  if (!is_service_linked(*role)) return refuse("InvalidInputException", "The role " + role->name + " is not a service-linked role.");
  const std::string task = task_of(*role);
  // our services ask for nothing that only the role could clean up, so it is gone at once
  rooms.identities.remove(*role);
  return Object{{"DeletionTaskId", task}};
}

Reply get_service_linked_role_deletion_status(const IamRooms& rooms, const Call& call) {
  const std::string task = text_or(call.input, "DeletionTaskId");
  const auto last = task.rfind('/');
  const auto before = last == std::string::npos || last == 0 ? std::string::npos : task.rfind('/', last - 1);
  if (!task.starts_with("task/aws-service-role/") || before == std::string::npos)
    return refuse("InvalidInputException", "The deletion task id " + task + " is not valid.");
  const auto role = rooms.identities.find(EntityKind::role, call.scope.account, task.substr(before + 1, last - before - 1));
  if (role && task_of(*role) == task) return refuse("NoSuchEntityException", "The deletion task " + task + " cannot be found.");
  return Object{{"Status", "SUCCEEDED"}};
}

}  // namespace tocsin::api::iam
