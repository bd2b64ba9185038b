// Subscription filters. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/setting_operations.h"
#include "telemetry/logs/subscriptions/subscription_filter.h"

namespace tocsin::api::logs {
namespace {

using telemetry::LogSetting;
namespace log_setting = telemetry::log_setting;
constexpr std::int64_t filters_max = 5;

Object to_document(const LogSetting& setting) {
  Object out = setting.body.get_object();
  out["filterName"] = setting.name;
  out["logGroupName"] = setting.owner;
  return out;
}

/// Whether the owner of a destination lets this account send there.
bool is_let_in(LogRooms& rooms, const Call& call, const std::string& destination_arn) {
  const auto arn = parse_arn(destination_arn);
  const auto name = arn ? telemetry::destination_name(*arn) : std::nullopt;
  if (!name || arn->account == call.scope.account) return true;
  const auto destination = rooms.settings.get(log_setting::destination, {arn->account, arn->region}, "", *name);
  return destination && destination_allows(*destination, call.principal, destination_arn);
}

}  // namespace

Reply put_subscription_filter(LogRooms& rooms, const Call& call) {
  const auto group = group_named(rooms.store, call.scope, text_or(call.input, "logGroupName"));
  if (!group) return std::unexpected(group.error());
  if (auto fits = refuse_infrequent_access(**group, "Subscription filters"); !fits) return std::unexpected(fits.error());
  const std::string name = text_or(call.input, "filterName"), destination = text_or(call.input, "destinationArn");
  const auto filter = telemetry::compile_subscription_filter(name, call.input);
  if (!filter) return invalid_parameter(filter.error().message);
  const auto before = rooms.settings.get(log_setting::subscription_filter, call.scope, (*group)->name, name);
  if (!before && rooms.settings.count(log_setting::subscription_filter, call.scope, (*group)->name) >= filters_max) return limit_exceeded();
  if (filter->pattern.regex_count() > 0 && !may_have_regex(rooms.settings, **group, log_setting::subscription_filter, name))
    return limit_exceeded();
  if (!is_let_in(rooms, call, destination))
    return refuse("AccessDeniedException", "User with accountId: " + call.scope.account +
                                               " is not authorized to perform PutSubscriptionFilter on resource " + destination);
  if (auto fits = rooms.targets.check(call.scope, destination, (*group)->name); !fits) return to_service_error(fits.error());
  Object body = call.input.get_object();
  body.erase("logGroupName");
  body.erase("filterName");
  if (!body.contains("distribution")) body["distribution"] = "ByLogStream";
  if (!body.contains("applyOnTransformedLogs")) body["applyOnTransformedLogs"] = false;
  body["creationTime"] = before ? integer_or(*before, "creationTime", 0) : to_ms(call.now);
  rooms.settings.put(log_setting::subscription_filter, {call.scope, (*group)->name, name, std::move(body)});
  return Object{};
}

Reply describe_subscription_filters(LogRooms& rooms, const ListTokens& tokens, const Call& call) {
  const auto group = group_named(rooms.store, call.scope, text_or(call.input, "logGroupName"));
  if (!group) return std::unexpected(group.error());
  return list_settings(rooms.settings, tokens, call,
                       {.kind = log_setting::subscription_filter,
                        .owner = (*group)->name,
                        .prefix = text_or(call.input, "filterNamePrefix"),
                        .member = "subscriptionFilters"},
                       to_document);
}

Reply delete_subscription_filter(LogRooms& rooms, const Call& call) {
  const auto group = group_named(rooms.store, call.scope, text_or(call.input, "logGroupName"));
  if (!group) return std::unexpected(group.error());
  if (!rooms.settings.remove(log_setting::subscription_filter, call.scope, (*group)->name, text_or(call.input, "filterName")))
    return refuse("ResourceNotFoundException", "The specified subscription filter does not exist.");
  return Object{};
}

}  // namespace tocsin::api::logs
