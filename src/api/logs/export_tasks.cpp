// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateExportTask.html
#include <algorithm>
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/group_setting_operations.h"
#include "api/logs/setting_operations.h"

namespace tocsin::api::logs {
namespace {

using telemetry::LogSetting;
namespace log_setting = telemetry::log_setting;

/// Names that make no way out of the folder.
bool is_bucket(const std::string& name) {
  return name.size() >= 3 && name.size() <= 63 && name.find("..") == std::string::npos &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string::npos && name[0] != '.' && name[0] != '-';
}
bool is_prefix(const std::string& prefix) {
  return prefix.size() <= 512 && ("/" + prefix + "/").find("/../") == std::string::npos && !prefix.starts_with('/');
}

}  // namespace

Reply create_export_task(LogRooms& rooms, const Call& call) {
  telemetry::LogExports::Request request{.scope = call.scope,
                                         .name = text_or(call.input, "taskName"),
                                         .group = text_or(call.input, "logGroupName"),
                                         .stream_prefix = text_or(call.input, "logStreamNamePrefix"),
                                         .bucket = text_or(call.input, "destination"),
                                         .prefix = text_or(call.input, "destinationPrefix", "exportedlogs"),
                                         .from_ms = integer_or(call.input, "from", 0),
                                         .to_ms = integer_or(call.input, "to", 0)};
  const auto group = group_named(rooms.store, call.scope, request.group);
  if (!group) return std::unexpected(group.error());
  if (auto fits = refuse_infrequent_access(**group, "Export tasks"); !fits) return invalid_parameter(fits.error().message);
  if (request.from_ms >= request.to_ms) return invalid_parameter("The 'from' timestamp must be less than the 'to' timestamp.");
  if (!is_bucket(request.bucket)) return invalid_parameter("The given bucket does not exist. Please make sure the bucket is valid.");
  if (!is_prefix(request.prefix)) return invalid_parameter("Invalid destinationPrefix '" + request.prefix + "'.");
  const auto id = rooms.exports.create(request);
  if (!id) return to_service_error(id.error());
  return Object{{"taskId", *id}};
}

Reply describe_export_tasks(LogRooms& rooms, const ListTokens& tokens, const Call& call) {
  const auto id = text_at(call.input, "taskId"), code = text_at(call.input, "statusCode");
  if (id && code) return invalid_parameter("taskId and statusCode are mutually exclusive parameters.");
  return list_settings(
      rooms.settings, tokens, call, {.kind = log_setting::export_task, .owner = "", .prefix = id.value_or(""), .member = "exportTasks"},
      [](const LogSetting& task) {
        Object out = task.body.get_object();
        out.erase("logStreamNamePrefix");
        return out;
      },
      [&](const LogSetting& task) { return (!id || task.name == *id) && (!code || text_or(*find(task.body, "status"), "code") == *code); });
}

Reply cancel_export_task(LogRooms& rooms, const Call& call) {
  if (auto done = rooms.exports.cancel(call.scope, text_or(call.input, "taskId")); !done) {
    if (done.error().kind == ErrorKind::conflict) return refuse("InvalidOperationException", done.error().message);
    return to_service_error(done.error());
  }
  return Object{};
}

}  // namespace tocsin::api::logs
