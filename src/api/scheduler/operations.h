// Scheduler's operations, one function each.
#pragma once

#include "api/call.h"
#include "api/list_tokens.h"
#include "events/schedules/schedules.h"

namespace tocsin::api::scheduler {

using events::Schedules;

Reply create_schedule(Schedules&, const Call&);
Reply get_schedule(Schedules&, const Call&);
Reply list_schedules(Schedules&, const ListTokens&, const Call&);
Reply update_schedule(Schedules&, const Call&);
Reply delete_schedule(Schedules&, const Call&);

Reply create_schedule_group(Schedules&, const Call&);
Reply get_schedule_group(Schedules&, const Call&);
Reply list_schedule_groups(Schedules&, const ListTokens&, const Call&);
Reply delete_schedule_group(Schedules&, const Call&);

Reply tag_resource(Schedules&, const Call&);
Reply untag_resource(Schedules&, const Call&);
Reply list_tags_for_resource(Schedules&, const Call&);

std::unexpected<ServiceError> refuse(const Error& error);
Reply empty_or(const Result<void>& result);
std::expected<std::string, ServiceError> opened_token(const Call& call, const ListTokens& tokens);
int page_size(const Call& call);

}  // namespace tocsin::api::scheduler
