#include "api/iam/service.h"

#include <memory>

#include "api/iam/operations.h"

namespace tocsin::api {
namespace {

using iam::EntityKind;

struct Entry {
  const char* name;
  Reply (*run)(const IamRooms&, const Call&);
};

struct KindEntry {
  const char* name;
  Reply (*run)(const IamRooms&, const Call&, EntityKind);
  EntityKind kind;
};

constexpr Entry operations[] = {
    {"CreateUser", iam::create_user},
    {"GetUser", iam::get_user},
    {"ListUsers", iam::list_users},
    {"UpdateUser", iam::update_user},
    {"DeleteUser", iam::delete_user},
    {"CreateAccessKey", iam::create_access_key},
    {"ListAccessKeys", iam::list_access_keys},
    {"UpdateAccessKey", iam::update_access_key},
    {"DeleteAccessKey", iam::delete_access_key},
    {"GetAccessKeyLastUsed", iam::get_access_key_last_used},
    {"CreateLoginProfile", iam::create_login_profile},
    {"GetLoginProfile", iam::get_login_profile},
    {"UpdateLoginProfile", iam::update_login_profile},
    {"DeleteLoginProfile", iam::delete_login_profile},
    {"ChangePassword", iam::change_password},
    {"CreateAccountAlias", iam::create_account_alias},
    {"DeleteAccountAlias", iam::delete_account_alias},
    {"ListAccountAliases", iam::list_account_aliases},
    {"GetAccountPasswordPolicy", iam::get_account_password_policy},
    {"UpdateAccountPasswordPolicy", iam::update_account_password_policy},
    {"DeleteAccountPasswordPolicy", iam::delete_account_password_policy},
    {"GetAccountSummary", iam::get_account_summary},
    {"GetAccountAuthorizationDetails", iam::get_account_authorization_details},
    {"CreateGroup", iam::create_group},
    {"GetGroup", iam::get_group},
    {"ListGroups", iam::list_groups},
    {"UpdateGroup", iam::update_group},
    {"DeleteGroup", iam::delete_group},
    {"AddUserToGroup", iam::add_user_to_group},
    {"RemoveUserFromGroup", iam::remove_user_from_group},
    {"ListGroupsForUser", iam::list_groups_for_user},
    {"CreateRole", iam::create_role},
    {"GetRole", iam::get_role},
    {"ListRoles", iam::list_roles},
    {"UpdateRole", iam::update_role},
    {"UpdateRoleDescription", iam::update_role_description},
    {"UpdateAssumeRolePolicy", iam::update_assume_role_policy},
    {"DeleteRole", iam::delete_role},
    {"CreateInstanceProfile", iam::create_instance_profile},
    {"GetInstanceProfile", iam::get_instance_profile},
    {"ListInstanceProfiles", iam::list_instance_profiles},
    {"ListInstanceProfilesForRole", iam::list_instance_profiles_for_role},
    {"AddRoleToInstanceProfile", iam::add_role_to_instance_profile},
    {"RemoveRoleFromInstanceProfile", iam::remove_role_from_instance_profile},
    {"DeleteInstanceProfile", iam::delete_instance_profile},
    {"CreatePolicy", iam::create_policy},
    {"GetPolicy", iam::get_policy},
    {"ListPolicies", iam::list_policies},
    {"DeletePolicy", iam::delete_policy},
    {"ListEntitiesForPolicy", iam::list_entities_for_policy},
    {"CreatePolicyVersion", iam::create_policy_version},
    {"GetPolicyVersion", iam::get_policy_version},
    {"ListPolicyVersions", iam::list_policy_versions},
    {"DeletePolicyVersion", iam::delete_policy_version},
    {"SetDefaultPolicyVersion", iam::set_default_policy_version},
    {"TagPolicy", iam::tag_policy},
    {"UntagPolicy", iam::untag_policy},
    {"ListPolicyTags", iam::list_policy_tags},
    {"CreateServiceLinkedRole", iam::create_service_linked_role},
    {"DeleteServiceLinkedRole", iam::delete_service_linked_role},
    {"GetServiceLinkedRoleDeletionStatus", iam::get_service_linked_role_deletion_status},
    {"GenerateCredentialReport", iam::generate_credential_report},
    {"GetCredentialReport", iam::get_credential_report},
    {"GetContextKeysForCustomPolicy", iam::get_context_keys_for_custom_policy},
    {"GetContextKeysForPrincipalPolicy", iam::get_context_keys_for_principal_policy},
    {"ListPoliciesGrantingServiceAccess", iam::list_policies_granting_service_access},
    {"ListSSHPublicKeys", iam::list_ssh_public_keys},
    {"ListSigningCertificates", iam::list_signing_certificates},
    {"ListServiceSpecificCredentials", iam::list_service_specific_credentials},
    {"ListServerCertificates", iam::list_server_certificates},
    {"CreateVirtualMFADevice", iam::create_virtual_mfa_device},
    {"DeleteVirtualMFADevice", iam::delete_virtual_mfa_device},
    {"EnableMFADevice", iam::enable_mfa_device},
    {"ResyncMFADevice", iam::resync_mfa_device},
    {"DeactivateMFADevice", iam::deactivate_mfa_device},
    {"GetMFADevice", iam::get_mfa_device},
    {"ListMFADevices", iam::list_mfa_devices},
    {"ListVirtualMFADevices", iam::list_virtual_mfa_devices},
    {"TagMFADevice", iam::tag_mfa_device},
    {"UntagMFADevice", iam::untag_mfa_device},
    {"ListMFADeviceTags", iam::list_mfa_device_tags},
    {"CreateOpenIDConnectProvider", iam::create_openid_connect_provider},
    {"GetOpenIDConnectProvider", iam::get_openid_connect_provider},
    {"ListOpenIDConnectProviders", iam::list_openid_connect_providers},
    {"DeleteOpenIDConnectProvider", iam::delete_openid_connect_provider},
    {"AddClientIDToOpenIDConnectProvider", iam::add_client_id},
    {"RemoveClientIDFromOpenIDConnectProvider", iam::remove_client_id},
    {"UpdateOpenIDConnectProviderThumbprint", iam::update_thumbprints},
    {"TagOpenIDConnectProvider", iam::tag_openid_connect_provider},
    {"UntagOpenIDConnectProvider", iam::untag_openid_connect_provider},
    {"ListOpenIDConnectProviderTags", iam::list_openid_connect_provider_tags},
    {"SimulateCustomPolicy", iam::simulate_custom_policy},
    {"SimulatePrincipalPolicy", iam::simulate_principal_policy},
};

constexpr KindEntry operations_by_kind[] = {
    {"PutUserPolicy", iam::put_inline, EntityKind::user},
    {"GetUserPolicy", iam::get_inline, EntityKind::user},
    {"ListUserPolicies", iam::list_inline, EntityKind::user},
    {"DeleteUserPolicy", iam::delete_inline, EntityKind::user},
    {"AttachUserPolicy", iam::attach, EntityKind::user},
    {"DetachUserPolicy", iam::detach, EntityKind::user},
    {"ListAttachedUserPolicies", iam::list_attached, EntityKind::user},
    {"PutGroupPolicy", iam::put_inline, EntityKind::group},
    {"GetGroupPolicy", iam::get_inline, EntityKind::group},
    {"ListGroupPolicies", iam::list_inline, EntityKind::group},
    {"DeleteGroupPolicy", iam::delete_inline, EntityKind::group},
    {"AttachGroupPolicy", iam::attach, EntityKind::group},
    {"DetachGroupPolicy", iam::detach, EntityKind::group},
    {"ListAttachedGroupPolicies", iam::list_attached, EntityKind::group},
    {"PutRolePolicy", iam::put_inline, EntityKind::role},
    {"GetRolePolicy", iam::get_inline, EntityKind::role},
    {"ListRolePolicies", iam::list_inline, EntityKind::role},
    {"DeleteRolePolicy", iam::delete_inline, EntityKind::role},
    {"AttachRolePolicy", iam::attach, EntityKind::role},
    {"DetachRolePolicy", iam::detach, EntityKind::role},
    {"ListAttachedRolePolicies", iam::list_attached, EntityKind::role},
    {"PutUserPermissionsBoundary", iam::put_boundary, EntityKind::user},
    {"DeleteUserPermissionsBoundary", iam::delete_boundary, EntityKind::user},
    {"PutRolePermissionsBoundary", iam::put_boundary, EntityKind::role},
    {"DeleteRolePermissionsBoundary", iam::delete_boundary, EntityKind::role},
    {"TagInstanceProfile", iam::tag_entity, EntityKind::instance_profile},
    {"UntagInstanceProfile", iam::untag_entity, EntityKind::instance_profile},
    {"ListInstanceProfileTags", iam::list_entity_tags, EntityKind::instance_profile},
    {"TagUser", iam::tag_entity, EntityKind::user},
    {"UntagUser", iam::untag_entity, EntityKind::user},
    {"ListUserTags", iam::list_entity_tags, EntityKind::user},
    {"TagRole", iam::tag_entity, EntityKind::role},
    {"UntagRole", iam::untag_entity, EntityKind::role},
    {"ListRoleTags", iam::list_entity_tags, EntityKind::role},
};

}  // namespace

Service make_iam_service(IamRooms given) {
  const auto rooms = std::make_shared<const IamRooms>(std::move(given));
  Service service{"iam", {}};
  for (const Entry& entry : operations)
    service.operations.push_back({entry.name, Handle([rooms, run = entry.run](const Call& call) { return run(*rooms, call); })});
  for (const KindEntry& entry : operations_by_kind)
    service.operations.push_back(
        {entry.name, Handle([rooms, run = entry.run, kind = entry.kind](const Call& call) { return run(*rooms, call, kind); })});
  return service;
}

}  // namespace tocsin::api
