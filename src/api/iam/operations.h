// The operations of IAM that are offered, family by family; service.cpp lists them.
#pragma once

#include "api/iam/answers.h"

namespace tocsin::api::iam {

Reply create_user(const IamRooms& rooms, const Call& call);
Reply get_user(const IamRooms& rooms, const Call& call);
Reply list_users(const IamRooms& rooms, const Call& call);
Reply update_user(const IamRooms& rooms, const Call& call);
Reply delete_user(const IamRooms& rooms, const Call& call);

Reply create_access_key(const IamRooms& rooms, const Call& call);
Reply list_access_keys(const IamRooms& rooms, const Call& call);
Reply update_access_key(const IamRooms& rooms, const Call& call);
Reply delete_access_key(const IamRooms& rooms, const Call& call);
Reply get_access_key_last_used(const IamRooms& rooms, const Call& call);

Reply create_group(const IamRooms& rooms, const Call& call);
Reply get_group(const IamRooms& rooms, const Call& call);
Reply list_groups(const IamRooms& rooms, const Call& call);
Reply update_group(const IamRooms& rooms, const Call& call);
Reply delete_group(const IamRooms& rooms, const Call& call);
Reply add_user_to_group(const IamRooms& rooms, const Call& call);
Reply remove_user_from_group(const IamRooms& rooms, const Call& call);
Reply list_groups_for_user(const IamRooms& rooms, const Call& call);

Reply create_role(const IamRooms& rooms, const Call& call);
Reply get_role(const IamRooms& rooms, const Call& call);
Reply list_roles(const IamRooms& rooms, const Call& call);
Reply update_role(const IamRooms& rooms, const Call& call);
Reply update_role_description(const IamRooms& rooms, const Call& call);
Reply update_assume_role_policy(const IamRooms& rooms, const Call& call);
Reply delete_role(const IamRooms& rooms, const Call& call);

Reply create_instance_profile(const IamRooms& rooms, const Call& call);
Reply get_instance_profile(const IamRooms& rooms, const Call& call);
Reply list_instance_profiles(const IamRooms& rooms, const Call& call);
Reply list_instance_profiles_for_role(const IamRooms& rooms, const Call& call);
Reply add_role_to_instance_profile(const IamRooms& rooms, const Call& call);
Reply remove_role_from_instance_profile(const IamRooms& rooms, const Call& call);
Reply delete_instance_profile(const IamRooms& rooms, const Call& call);

Reply create_policy(const IamRooms& rooms, const Call& call);
Reply get_policy(const IamRooms& rooms, const Call& call);
Reply list_policies(const IamRooms& rooms, const Call& call);
Reply delete_policy(const IamRooms& rooms, const Call& call);
Reply list_entities_for_policy(const IamRooms& rooms, const Call& call);

Reply create_policy_version(const IamRooms& rooms, const Call& call);
Reply get_policy_version(const IamRooms& rooms, const Call& call);
Reply list_policy_versions(const IamRooms& rooms, const Call& call);
Reply delete_policy_version(const IamRooms& rooms, const Call& call);
Reply set_default_policy_version(const IamRooms& rooms, const Call& call);

// the same for users, groups and roles
Reply put_inline(const IamRooms& rooms, const Call& call, EntityKind kind);
Reply get_inline(const IamRooms& rooms, const Call& call, EntityKind kind);
Reply list_inline(const IamRooms& rooms, const Call& call, EntityKind kind);
Reply delete_inline(const IamRooms& rooms, const Call& call, EntityKind kind);
Reply attach(const IamRooms& rooms, const Call& call, EntityKind kind);
Reply detach(const IamRooms& rooms, const Call& call, EntityKind kind);
Reply list_attached(const IamRooms& rooms, const Call& call, EntityKind kind);
Reply put_boundary(const IamRooms& rooms, const Call& call, EntityKind kind);
Reply delete_boundary(const IamRooms& rooms, const Call& call, EntityKind kind);
Reply tag_entity(const IamRooms& rooms, const Call& call, EntityKind kind);
Reply untag_entity(const IamRooms& rooms, const Call& call, EntityKind kind);
Reply list_entity_tags(const IamRooms& rooms, const Call& call, EntityKind kind);
Reply tag_policy(const IamRooms& rooms, const Call& call);
Reply untag_policy(const IamRooms& rooms, const Call& call);
Reply list_policy_tags(const IamRooms& rooms, const Call& call);

Reply create_login_profile(const IamRooms& rooms, const Call& call);
Reply get_login_profile(const IamRooms& rooms, const Call& call);
Reply update_login_profile(const IamRooms& rooms, const Call& call);
Reply delete_login_profile(const IamRooms& rooms, const Call& call);
Reply change_password(const IamRooms& rooms, const Call& call);

Reply create_account_alias(const IamRooms& rooms, const Call& call);
Reply delete_account_alias(const IamRooms& rooms, const Call& call);
Reply list_account_aliases(const IamRooms& rooms, const Call& call);
Reply get_account_password_policy(const IamRooms& rooms, const Call& call);
Reply update_account_password_policy(const IamRooms& rooms, const Call& call);
Reply delete_account_password_policy(const IamRooms& rooms, const Call& call);
Reply get_account_summary(const IamRooms& rooms, const Call& call);
Reply get_account_authorization_details(const IamRooms& rooms, const Call& call);

Reply create_virtual_mfa_device(const IamRooms& rooms, const Call& call);
Reply delete_virtual_mfa_device(const IamRooms& rooms, const Call& call);
Reply enable_mfa_device(const IamRooms& rooms, const Call& call);
Reply resync_mfa_device(const IamRooms& rooms, const Call& call);
Reply deactivate_mfa_device(const IamRooms& rooms, const Call& call);
Reply get_mfa_device(const IamRooms& rooms, const Call& call);
Reply list_mfa_devices(const IamRooms& rooms, const Call& call);
Reply list_virtual_mfa_devices(const IamRooms& rooms, const Call& call);
Reply tag_mfa_device(const IamRooms& rooms, const Call& call);
Reply untag_mfa_device(const IamRooms& rooms, const Call& call);
Reply list_mfa_device_tags(const IamRooms& rooms, const Call& call);

Reply create_openid_connect_provider(const IamRooms& rooms, const Call& call);
Reply get_openid_connect_provider(const IamRooms& rooms, const Call& call);
Reply list_openid_connect_providers(const IamRooms& rooms, const Call& call);
Reply delete_openid_connect_provider(const IamRooms& rooms, const Call& call);
Reply add_client_id(const IamRooms& rooms, const Call& call);
Reply remove_client_id(const IamRooms& rooms, const Call& call);
Reply update_thumbprints(const IamRooms& rooms, const Call& call);
Reply tag_openid_connect_provider(const IamRooms& rooms, const Call& call);
Reply untag_openid_connect_provider(const IamRooms& rooms, const Call& call);
Reply list_openid_connect_provider_tags(const IamRooms& rooms, const Call& call);

Reply create_service_linked_role(const IamRooms& rooms, const Call& call);
Reply delete_service_linked_role(const IamRooms& rooms, const Call& call);
Reply get_service_linked_role_deletion_status(const IamRooms& rooms, const Call& call);

Reply generate_credential_report(const IamRooms& rooms, const Call& call);
Reply get_credential_report(const IamRooms& rooms, const Call& call);

Reply get_context_keys_for_custom_policy(const IamRooms& rooms, const Call& call);
Reply get_context_keys_for_principal_policy(const IamRooms& rooms, const Call& call);
Reply list_policies_granting_service_access(const IamRooms& rooms, const Call& call);

Reply list_ssh_public_keys(const IamRooms& rooms, const Call& call);
Reply list_signing_certificates(const IamRooms& rooms, const Call& call);
Reply list_service_specific_credentials(const IamRooms& rooms, const Call& call);
Reply list_server_certificates(const IamRooms& rooms, const Call& call);

Reply simulate_custom_policy(const IamRooms& rooms, const Call& call);
Reply simulate_principal_policy(const IamRooms& rooms, const Call& call);

}  // namespace tocsin::api::iam
