#include "api/scheduler/service.h"

#include <algorithm>
#include <boost/json.hpp>

#include "api/scheduler/operations.h"

namespace tocsin::api {
namespace scheduler {

std::unexpected<ServiceError> refuse(const Error& error) {
  return api::refuse(error.reason.empty() ? "InternalServerException" : error.reason, error.message);
}

Reply empty_or(const Result<void>& result) {
  if (!result) return refuse(result.error());
  return Object{};
}

std::expected<std::string, ServiceError> opened_token(const Call& call, const ListTokens& tokens) {
  const auto token = text_at(call.input, "NextToken");
  if (!token) return std::string();
  const auto opened = tokens.open(call, *token);
  if (!opened) return api::refuse("ValidationException", "Invalid NextToken.");
  return *opened;
}

int page_size(const Call& call) { return static_cast<int>(std::clamp<std::int64_t>(integer_or(call.input, "MaxResults", 100), 1, 100)); }

}  // namespace scheduler

Service make_scheduler_service(events::Schedules& schedules, ListTokens tokens) {
  namespace s = scheduler;
  const auto plain = [&schedules](Reply (*operation)(events::Schedules&, const Call&)) -> Handle {
    return [&schedules, operation](const Call& call) { return operation(schedules, call); };
  };
  const auto listing = [&schedules, tokens](Reply (*operation)(events::Schedules&, const ListTokens&, const Call&)) -> Handle {
    return [&schedules, tokens, operation](const Call& call) { return operation(schedules, tokens, call); };
  };
  return {"scheduler",
          {{"CreateSchedule", plain(s::create_schedule)},
           {"GetSchedule", plain(s::get_schedule)},
           {"ListSchedules", listing(s::list_schedules)},
           {"UpdateSchedule", plain(s::update_schedule)},
           {"DeleteSchedule", plain(s::delete_schedule)},
           {"CreateScheduleGroup", plain(s::create_schedule_group)},
           {"GetScheduleGroup", plain(s::get_schedule_group)},
           {"ListScheduleGroups", listing(s::list_schedule_groups)},
           {"DeleteScheduleGroup", plain(s::delete_schedule_group)},
           {"TagResource", plain(s::tag_resource)},
           {"UntagResource", plain(s::untag_resource)},
           {"ListTagsForResource", plain(s::list_tags_for_resource)}}};
}

}  // namespace tocsin::api
