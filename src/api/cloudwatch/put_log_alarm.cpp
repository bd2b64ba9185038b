// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutLogAlarm.html
#include <boost/json.hpp>

#include "api/cloudwatch/alarm_input.h"
#include "api/cloudwatch/log_alarms.h"
#include "api/cloudwatch/reply.h"
#include "diagnose/query_languages/query_languages.h"

namespace tocsin::api::cloudwatch {
namespace {

constexpr const char* members[] = {"AlarmName",          "AlarmDescription",     "ActionConfiguration",    "ScheduledQueryConfiguration",
                                   "ActionLogLineCount", "ActionLogLineRoleArn", "QueryResultsToEvaluate", "QueryResultsToAlarm",
                                   "Threshold",          "ComparisonOperator",   "TreatMissingData",       "WarmUpConfiguration"};

/// What is asked must be understood now, not first when it runs.
Checked<void> check_query(const Document& configuration) {
  const auto plan = diagnose::parse_query_in(diagnose::QueryLanguage::insights, detect::query_of_log_alarm(configuration));
  if (!plan) return validation_error("The query with its AggregationExpression is not valid: " + plan.error().message);
  if (array_at(configuration, "LogGroupIdentifiers").empty() && !plan->source)
    return validation_error("LogGroupIdentifiers must name at least one log group.");
  return {};
}

}  // namespace

Reply put_log_alarm(detect::LogAlarms& alarms, const Call& call) {
  if (auto name = check_name(call); !name) return std::unexpected(name.error());
  if (auto actions = check_actions(call, ActionsOf::composite); !actions) return std::unexpected(actions.error());
  if (auto told = check_action_configuration(call); !told) return std::unexpected(told.error());
  const std::int64_t lines = integer_or(call.input, "ActionLogLineCount", 0);
  if (lines < 0 || lines > 50) return validation_error("ActionLogLineCount must be between 0 and 50.");
  if (lines > 0) return not_offered(call.operation, "ActionLogLineCount");
  if (auto query = check_query(*find(call.input, "ScheduledQueryConfiguration")); !query) return std::unexpected(query.error());
  const auto tags = read_tags(call.input);
  if (!tags) return std::unexpected(tags.error());
  Object definition;
  for (const char* member : members)
    if (const Document* value = find(call.input, member)) definition[member] = *value;
  if (!definition.contains("TreatMissingData")) definition["TreatMissingData"] = "missing";
  for (const char* list : {"OKActions", "AlarmActions", "InsufficientDataActions"}) definition[list] = array_at(call.input, list);
  if (auto put = alarms.put(call.scope, std::move(definition), truth_or(call.input, "ActionsEnabled", true), *tags); !put)
    return to_service_error(put.error());
  return Object{};
}

}  // namespace tocsin::api::cloudwatch
