// Which log groups get what the syslog listeners hear. The endpoint that the service names stands for all listeners of this server.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSyslogConfiguration.html
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/group_setting_operations.h"
#include "api/logs/setting_operations.h"

namespace tocsin::api::logs {
namespace {

using telemetry::LogSetting;
namespace log_setting = telemetry::log_setting;

std::string endpoint_of(const Call& call) { return text_or(call.input, "vpcEndpointId"); }

}  // namespace

Reply put_syslog_configuration(LogRooms& rooms, const Call& call) {
  const auto group = group_at(rooms.store, call);
  if (!group) return std::unexpected(group.error());
  if (auto fits = refuse_infrequent_access(**group, "Syslog configurations"); !fits) return std::unexpected(fits.error());
  const auto before = rooms.settings.get(log_setting::syslog, call.scope, (*group)->name, endpoint_of(call));
  Object body{{"createdAt", before ? integer_or(*before, "createdAt", to_ms(call.now)) : to_ms(call.now)}};
  rooms.settings.put(log_setting::syslog, {call.scope, (*group)->name, endpoint_of(call), std::move(body)});
  return Object{};
}

Reply list_syslog_configurations(LogRooms& rooms, const ListTokens& tokens, const Call& call) {
  std::optional<std::string> owner;
  if (find(call.input, "logGroupIdentifier")) {
    const auto group = group_at(rooms.store, call);
    if (!group) return std::unexpected(group.error());
    owner = (*group)->name;
  }
  const auto endpoint = text_at(call.input, "vpcEndpointId");
  return list_settings(
      rooms.settings, tokens, call,
      {.kind = log_setting::syslog, .owner = owner, .prefix = {}, .member = "syslogConfigurations", .limit = "maxResults"},
      [](const LogSetting& each) {
        Object out{{"logGroupArn", "arn:aws:logs:" + each.scope.region + ":" + each.scope.account + ":log-group:" + each.owner},
                   {"sourceType", "VPCE"},
                   {"createdAt", integer_or(each.body, "createdAt", 0)}};
        if (!each.name.empty()) out["vpcEndpointId"] = each.name;
        return out;
      },
      [&](const LogSetting& each) { return !endpoint || each.name == *endpoint; });
}

Reply delete_syslog_configuration(LogRooms& rooms, const Call& call) {
  const auto group = group_at(rooms.store, call);
  if (!group) return std::unexpected(group.error());
  if (!rooms.settings.remove(log_setting::syslog, call.scope, (*group)->name, endpoint_of(call)))
    return refuse("ResourceNotFoundException", "The specified syslog configuration does not exist.");
  return Object{};
}

}  // namespace tocsin::api::logs
