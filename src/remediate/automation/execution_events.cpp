#include "remediate/automation/execution_events.h"

#include <boost/json.hpp>
#include <chrono>

#include "model/arn.h"

namespace tocsin::remediate {
namespace {

/// "Nov 29, 2024 7:43:25 PM"
std::string to_service_time(Instant at) {
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  const auto two = [](long number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  const long hour = time.hours().count();
  return std::string(months[static_cast<unsigned>(date.month()) - 1]) + " " + std::to_string(static_cast<unsigned>(date.day())) + ", " +
         std::to_string(static_cast<int>(date.year())) + " " + std::to_string(hour % 12 == 0 ? 12 : hour % 12) + ":" +
         two(time.minutes().count()) + ":" + two(time.seconds().count()) + (hour < 12 ? " AM" : " PM");
}

Object times(Instant started_at, Instant ended_at, Instant now) {
  Object detail;
  const bool is_over = to_ns(ended_at) != 0;
  if (is_over) detail["EndTime"] = to_service_time(ended_at);
  if (to_ns(started_at) != 0) detail["StartTime"] = to_service_time(started_at);
  if (to_ns(started_at) != 0) detail["Time"] = static_cast<double>(to_ns(is_over ? ended_at : now) - to_ns(started_at)) / 1e9;
  return detail;
}

EventEnvelope envelope(const Execution& execution, std::string_view type, Object detail, Instant now) {
  detail["ExecutionId"] = execution.id;
  detail["Definition"] = execution.document_name;
  detail["DefinitionVersion"] = execution.document_version;
  if (!execution.incident_arn.empty()) detail["IncidentRecordArn"] = execution.incident_arn;
  const std::string arn = execution_arn(execution);
  EventEnvelope event{.scope = execution.scope, .event_time = now, .source = "aws.ssm", .type = std::string(type), .subject_arn = arn};
  event.resources = {
      arn, make_arn("ssm", execution.scope, "automation-definition/" + execution.document_name + ":" + execution.document_version)};
  if (!execution.incident_arn.empty()) event.resources.push_back(execution.incident_arn);
  event.correlation_id = execution.correlation_id;
  event.detail = std::move(detail);
  return event;
}

}  // namespace

std::string execution_arn(const Execution& execution) { return make_arn("ssm", execution.scope, "automation-execution/" + execution.id); }

EventEnvelope execution_event(const Execution& execution, Instant now) {
  Object detail = times(execution.started_at, execution.ended_at, now);
  detail["Status"] = to_text(execution.status);
  detail["ExecutedBy"] = execution.principal.arn;
  if (!execution.failure_message.empty()) detail["FailureMessage"] = execution.failure_message;
  return envelope(execution, execution_event_type, std::move(detail), now);
}

EventEnvelope step_event(const Execution& execution, const StepRun& step, Instant now) {
  Object detail = times(step.started_at, step.ended_at, now);
  detail["Status"] = to_text(step.status);
  detail["StepName"] = step.name;
  detail["Action"] = step.action;
  detail["StepExecutionId"] = step.id;
  if (!step.failure_message.empty()) detail["FailureMessage"] = step.failure_message;
  if (!step.response.empty()) detail["Response"] = step.response;
  return envelope(execution, step_event_type, std::move(detail), now);
}

}  // namespace tocsin::remediate
