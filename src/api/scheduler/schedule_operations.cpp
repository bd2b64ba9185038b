#include <boost/json.hpp>

#include "api/scheduler/operations.h"

namespace tocsin::api::scheduler {
namespace {

using events::TargetSchedule;

constexpr const char* kept_members[] = {"Description", "KmsKeyArn", "FlexibleTimeWindow", "Target"};

std::string group_of(const Call& call) { return text_or(call.input, "GroupName", events::default_group); }

std::optional<Instant> instant_at(const Document& input, const char* member) {
  const auto ns = integer_at(input, member);
  return ns ? std::optional(instant_from_ns(*ns)) : std::nullopt;
}

/// Targets of services that are not here are refused by name.
const char* refused_parameters(const Document& target) {
  for (const char* member : {"EcsParameters", "KinesisParameters", "SageMakerPipelineParameters", "EventBridgePutEventsV2Parameters",
                             "EventBridgePutRawEventsParameters"})
    if (find(target, member)) return member;
  return nullptr;
}

std::expected<TargetSchedule, ServiceError> schedule_of(const Call& call) {
  const Document& input = call.input;
  const Document& target = *find(input, "Target");
  if (const char* member = refused_parameters(target))
    return api::refuse("ValidationException", std::string(member) + ": targets of this kind are not offered by this server.");
  TargetSchedule schedule{.scope = call.scope,
                          .group = group_of(call),
                          .name = text_or(input, "Name"),
                          .plan = {text_or(input, "ScheduleExpression"),
                                   text_or(input, "ScheduleExpressionTimezone", "UTC"),
                                   instant_at(input, "StartDate"),
                                   instant_at(input, "EndDate"),
                                   {}},
                          .definition = {},
                          .enabled = text_or(input, "State", "ENABLED") == "ENABLED",
                          .delete_after = text_or(input, "ActionAfterCompletion", "NONE") == "DELETE",
                          .modified_at = {}};
  for (const char* member : kept_members)
    if (const Document* value = find(input, member)) schedule.definition[member] = *value;
  Object& kept_target = schedule.definition["Target"].as_object();
  if (!kept_target.contains("RetryPolicy")) kept_target["RetryPolicy"] = Object{};
  Object& retry = kept_target["RetryPolicy"].as_object();
  if (!retry.contains("MaximumEventAgeInSeconds")) retry["MaximumEventAgeInSeconds"] = 86400;
  if (!retry.contains("MaximumRetryAttempts")) retry["MaximumRetryAttempts"] = 185;
  const Document& window = *find(input, "FlexibleTimeWindow");
  const auto minutes = integer_at(window, "MaximumWindowInMinutes");
  const bool flexible = text_or(window, "Mode") == "FLEXIBLE";
  if (flexible && !minutes)
    return api::refuse("ValidationException", "MaximumWindowInMinutes must be provided when FlexibleTimeWindowMode is set to FLEXIBLE.");
  if (!flexible && minutes)
    return api::refuse("ValidationException", "MaximumWindowInMinutes must not be provided when FlexibleTimeWindowMode is set to OFF.");
  schedule.window_minutes = static_cast<int>(minutes.value_or(0));
  return schedule;
}

const char* state_of(const TargetSchedule& schedule) { return schedule.enabled ? "ENABLED" : "DISABLED"; }

Object shown(const TargetSchedule& schedule) {
  return {{"Arn", schedule.arn()},
          {"Name", schedule.name},
          {"GroupName", schedule.group},
          {"State", state_of(schedule)},
          {"CreationDate", to_ns(schedule.plan.created_at)},
          {"LastModificationDate", to_ns(schedule.modified_at)}};
}

}  // namespace

Reply create_schedule(Schedules& schedules, const Call& call) {
  auto wanted = schedule_of(call);
  if (!wanted) return std::unexpected(wanted.error());
  const auto schedule = schedules.create(std::move(*wanted));
  if (!schedule) return refuse(schedule.error());
  return Object{{"ScheduleArn", schedule->arn()}};
}

Reply get_schedule(Schedules& schedules, const Call& call) {
  const auto schedule = schedules.find(call.scope, group_of(call), text_or(call.input, "Name"));
  if (!schedule) return refuse(schedule.error());
  Object out = shown(*schedule);
  for (const auto& [member, value] : schedule->definition) out[member] = value;
  out["ScheduleExpression"] = schedule->plan.expression;
  out["ScheduleExpressionTimezone"] = schedule->plan.zone;
  out["ActionAfterCompletion"] = schedule->delete_after ? "DELETE" : "NONE";
  if (schedule->plan.start) out["StartDate"] = to_ns(*schedule->plan.start);
  if (schedule->plan.end) out["EndDate"] = to_ns(*schedule->plan.end);
  return out;
}

Reply list_schedules(Schedules& schedules, const ListTokens& tokens, const Call& call) {
  const auto after = opened_token(call, tokens);
  if (!after) return std::unexpected(after.error());
  const int count = page_size(call);
  const auto found = schedules.list(call.scope, text_or(call.input, "GroupName"), text_or(call.input, "NamePrefix"),
                                    text_or(call.input, "State"), *after, count);
  if (!found) return refuse(found.error());
  Array listed;
  for (const TargetSchedule& schedule : *found) {
    Object one = shown(schedule);
    one["Target"] = Object{{"Arn", text_or(schedule.definition.at("Target"), "Arn")}};
    listed.emplace_back(std::move(one));
  }
  Object out{{"Schedules", std::move(listed)}};
  if (static_cast<int>(found->size()) == count) out["NextToken"] = tokens.seal(call, found->back().group + "/" + found->back().name);
  return out;
}

Reply update_schedule(Schedules& schedules, const Call& call) {
  auto wanted = schedule_of(call);
  if (!wanted) return std::unexpected(wanted.error());
  const auto schedule = schedules.update(std::move(*wanted));
  if (!schedule) return refuse(schedule.error());
  return Object{{"ScheduleArn", schedule->arn()}};
}

Reply delete_schedule(Schedules& schedules, const Call& call) {
  return empty_or(schedules.remove(call.scope, group_of(call), text_or(call.input, "Name")));
}

}  // namespace tocsin::api::scheduler
