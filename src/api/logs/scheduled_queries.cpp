// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateScheduledQuery.html
#include <algorithm>
#include <boost/json.hpp>

#include "api/logs/answers.h"
#include "api/logs/scheduled_query_operations.h"
#include "api/logs/setting_operations.h"
#include "diagnose/log_query/query_parser.h"
#include "diagnose/query_languages/query_languages.h"

namespace tocsin::api::logs {
namespace {

using Rooms = ScheduledQueryRooms;
using diagnose::ScheduledQueries;
using telemetry::LogSetting;
constexpr const char* definition_members[] = {"name",
                                              "description",
                                              "queryLanguage",
                                              "queryString",
                                              "logGroupIdentifiers",
                                              "timezone",
                                              "startTimeOffset",
                                              "endTimeOffset",
                                              "scheduleStartTime",
                                              "scheduleExpression",
                                              "scheduleEndTime",
                                              "executionRoleArn",
                                              "state",
                                              "destinationConfiguration"};
constexpr const char* shown_members[] = {"lastTriggeredTime", "lastExecutionStatus", "creationTime", "lastUpdatedTime"};
constexpr const char* summary_members[] = {"name",
                                           "state",
                                           "lastTriggeredTime",
                                           "lastExecutionStatus",
                                           "scheduleExpression",
                                           "timezone",
                                           "destinationConfiguration",
                                           "creationTime",
                                           "lastUpdatedTime"};

auto invalid(std::string words) { return refuse("ValidationException", std::move(words)); }

std::unexpected<ServiceError> to_error(const Error& error) {
  switch (error.kind) {
    case ErrorKind::not_found:
      return refuse("ResourceNotFoundException", error.message);
    case ErrorKind::already_exists:
    case ErrorKind::conflict:
      return refuse("ConflictException", error.message);
    case ErrorKind::limit_exceeded:
      return refuse("ServiceQuotaExceededException", error.message);
    case ErrorKind::unavailable:
    case ErrorKind::internal:
      return refuse("InternalServerException", error.message, 500);
    default:
      return invalid(error.message);
  }
}

template <std::size_t N>
void copy_members(const Document& from, const char* const (&members)[N], Object& to) {
  for (const char* member : members)
    if (const Document* value = find(from, member)) to[member] = *value;
}

std::string type_of(const LogSetting& query) { return text_or(query.body, "scheduleType", "CUSTOMER_MANAGED"); }

Object to_document(const LogSetting& query) {
  Object out{{"scheduledQueryArn", ScheduledQueries::arn(query.scope, query.name)}, {"scheduleType", type_of(query)}};
  copy_members(query.body, definition_members, out);
  copy_members(query.body, shown_members, out);
  return out;
}

/// What the text asks must be understood now, not first when it runs.
Checked<void> check_query(const Call& call) {
  const auto language = diagnose::parse_query_language(text_or(call.input, "queryLanguage", "CWLI"));
  if (!language) return invalid("The query language " + text_or(call.input, "queryLanguage") + " is not offered.");
  const auto plan = diagnose::parse_query_in(*language, text_or(call.input, "queryString"));
  if (!plan) return invalid("The queryString is not valid: " + plan.error().message);
  if (array_at(call.input, "logGroupIdentifiers").empty() && !plan->source)
    return invalid("Either logGroupIdentifiers or the query itself must choose the log groups.");
  return {};
}

Reply create(const Rooms& rooms, const Call& call) {
  if (auto sound = check_query(call); !sound) return std::unexpected(sound.error());
  Object definition;
  copy_members(call.input, definition_members, definition);
  const auto id = rooms.queries.create(call.scope, std::move(definition));
  if (!id) return to_error(id.error());
  const std::string arn = ScheduledQueries::arn(call.scope, *id);
  if (const Object& tags = object_at(call.input, "tags"); !tags.empty()) put_tags(rooms.settings, call.scope, arn, tags);
  return Object{{"scheduledQueryArn", arn}, {"state", text_or(call.input, "state", "ENABLED")}};
}

Reply get(const Rooms& rooms, const Call& call) {
  const auto query = rooms.queries.find(call.scope, text_or(call.input, "identifier"));
  if (!query) return refuse("ResourceNotFoundException", "The specified scheduled query does not exist.");
  return to_document(*query);
}

Reply update(const Rooms& rooms, const Call& call) {
  if (auto sound = check_query(call); !sound) return std::unexpected(sound.error());
  Object definition;
  copy_members(call.input, definition_members, definition);
  if (const auto known = rooms.queries.find(call.scope, text_or(call.input, "identifier")); known && type_of(*known) == "AWS_MANAGED")
    return invalid("The scheduled query belongs to a log alarm: PutLogAlarm changes it.");
  const auto query = rooms.queries.update(call.scope, text_or(call.input, "identifier"), std::move(definition));
  if (!query) return to_error(query.error());
  return to_document(*query);
}

Reply remove(const Rooms& rooms, const Call& call) {
  const auto query = rooms.queries.find(call.scope, text_or(call.input, "identifier"));
  if (!query) return refuse("ResourceNotFoundException", "The specified scheduled query does not exist.");
  if (type_of(*query) == "AWS_MANAGED") return invalid("The scheduled query belongs to a log alarm: DeleteAlarms removes it.");
  remove_tags(rooms.settings, call.scope, ScheduledQueries::arn(call.scope, query->name));
  if (auto removed = rooms.queries.remove(call.scope, text_or(call.input, "identifier")); !removed) return to_error(removed.error());
  return Object{};
}

Reply list(const Rooms& rooms, const Call& call) {
  const auto state = text_at(call.input, "state"), type = text_at(call.input, "scheduleType");
  return list_settings(
      rooms.settings, rooms.tokens, call,
      {.kind = telemetry::log_setting::scheduled_query,
       .owner = "",
       .prefix = {},
       .member = "scheduledQueries",
       .limit = "maxResults",
       .limit_default = 1000},
      [](const LogSetting& each) {
        Object out{{"scheduledQueryArn", ScheduledQueries::arn(each.scope, each.name)}, {"scheduleType", type_of(each)}};
        copy_members(each.body, summary_members, out);
        return out;
      },
      [&](const LogSetting& each) { return (!state || text_or(each.body, "state") == *state) && (!type || *type == type_of(each)); });
}

Reply history(const Rooms& rooms, const Call& call) {
  const auto query = rooms.queries.find(call.scope, text_or(call.input, "identifier"));
  if (!query) return refuse("ResourceNotFoundException", "The specified scheduled query does not exist.");
  constexpr std::int64_t seconds_max = 100'000'000'000;
  const auto ms = [&](const char* member) {
    const std::int64_t time = integer_or(call.input, member, 0);
    return time > seconds_max ? time : time * 1000;
  };
  const std::int64_t from = ms("startTime"), to = ms("endTime");
  if (to < from) return invalid("endTime must not be before startTime.");
  const auto start = page_start(call, rooms.tokens);
  if (!start) return invalid("The specified nextToken is invalid.");
  const Array& statuses = array_at(call.input, "executionStatuses");
  const auto limit = static_cast<std::size_t>(integer_or(call.input, "maxResults", 1000));
  Array page;
  Object out{{"name", text_or(query->body, "name")}, {"scheduledQueryArn", ScheduledQueries::arn(call.scope, query->name)}};
  std::string last;
  for (const LogSetting& run : rooms.queries.runs(call.scope, query->name)) {
    const std::int64_t triggered = integer_or(run.body, "triggeredTimestamp", 0);
    if ((!start->empty() && run.name >= *start) || triggered < from || triggered > to + 999) continue;
    const std::string status = text_or(run.body, "executionStatus");
    const auto is_status = [&](const Document& each) { return each.is_string() && each.get_string() == status; };
    if (!statuses.empty() && std::none_of(statuses.begin(), statuses.end(), is_status)) continue;
    if (page.size() == limit) {
      out["nextToken"] = rooms.tokens.seal(call, last);
      break;
    }
    Object record = run.body.get_object();
    record.erase("recordsMatched");
    page.emplace_back(std::move(record));
    last = run.name;
  }
  out["triggerHistory"] = std::move(page);
  return out;
}

Operation operation(const char* name, Reply (*handle)(const Rooms&, const Call&), const Rooms& rooms) {
  return {name, Handle([handle, rooms](const Call& call) { return handle(rooms, call); })};
}

}  // namespace

std::vector<Operation> scheduled_query_operations(const Rooms& rooms) {
  return {operation("CreateScheduledQuery", create, rooms), operation("GetScheduledQuery", get, rooms),
          operation("UpdateScheduledQuery", update, rooms), operation("DeleteScheduledQuery", remove, rooms),
          operation("ListScheduledQueries", list, rooms),   operation("GetScheduledQueryHistory", history, rooms)};
}

}  // namespace tocsin::api::logs
