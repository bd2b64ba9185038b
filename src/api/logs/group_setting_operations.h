// The operations on what belongs to one log group, and on the account's policies, exports and deliveries.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "api/logs/rooms.h"

namespace tocsin::api::logs {

Reply put_data_protection_policy(LogRooms& rooms, const Call& call);
Reply get_data_protection_policy(LogRooms& rooms, const Call& call);
Reply delete_data_protection_policy(LogRooms& rooms, const Call& call);
Reply put_transformer(LogRooms& rooms, const Call& call);
Reply get_transformer(LogRooms& rooms, const Call& call);
Reply delete_transformer(LogRooms& rooms, const Call& call);
Reply test_transformer(LogRooms& rooms, const Call& call);
Reply put_index_policy(LogRooms& rooms, const Call& call);
Reply describe_index_policies(LogRooms& rooms, const ListTokens& tokens, const Call& call);
Reply delete_index_policy(LogRooms& rooms, const Call& call);
Reply describe_field_indexes(LogRooms& rooms, const ListTokens& tokens, const Call& call);
Reply put_log_group_deletion_protection(LogRooms& rooms, const Call& call);
Reply put_syslog_configuration(LogRooms& rooms, const Call& call);
Reply list_syslog_configurations(LogRooms& rooms, const ListTokens& tokens, const Call& call);
Reply delete_syslog_configuration(LogRooms& rooms, const Call& call);
Reply list_log_groups(LogRooms& rooms, const ListTokens& tokens, const Call& call);

Reply put_account_policy(LogRooms& rooms, const Call& call);
Reply describe_account_policies(LogRooms& rooms, const ListTokens& tokens, const Call& call);
Reply delete_account_policy(LogRooms& rooms, const Call& call);
Reply put_resource_policy(LogRooms& rooms, const Call& call);
Reply describe_resource_policies(LogRooms& rooms, const ListTokens& tokens, const Call& call);
Reply delete_resource_policy(LogRooms& rooms, const Call& call);

Reply create_export_task(LogRooms& rooms, const Call& call);
Reply describe_export_tasks(LogRooms& rooms, const ListTokens& tokens, const Call& call);
Reply cancel_export_task(LogRooms& rooms, const Call& call);

Reply put_delivery_source(LogRooms& rooms, const Call& call);
Reply get_delivery_source(LogRooms& rooms, const Call& call);
Reply describe_delivery_sources(LogRooms& rooms, const ListTokens& tokens, const Call& call);
Reply delete_delivery_source(LogRooms& rooms, const Call& call);
Reply put_delivery_destination(LogRooms& rooms, const Call& call);
Reply get_delivery_destination(LogRooms& rooms, const Call& call);
Reply describe_delivery_destinations(LogRooms& rooms, const ListTokens& tokens, const Call& call);
Reply delete_delivery_destination(LogRooms& rooms, const Call& call);
Reply put_delivery_destination_policy(LogRooms& rooms, const Call& call);
Reply get_delivery_destination_policy(LogRooms& rooms, const Call& call);
Reply delete_delivery_destination_policy(LogRooms& rooms, const Call& call);
Reply create_delivery(LogRooms& rooms, const Call& call);
Reply get_delivery(LogRooms& rooms, const Call& call);
Reply describe_deliveries(LogRooms& rooms, const ListTokens& tokens, const Call& call);
Reply delete_delivery(LogRooms& rooms, const Call& call);
Reply update_delivery_configuration(LogRooms& rooms, const Call& call);

Reply list_tags_log_group(LogRooms& rooms, const Call& call);
Reply tag_log_group(LogRooms& rooms, const Call& call);
Reply untag_log_group(LogRooms& rooms, const Call& call);

}  // namespace tocsin::api::logs
