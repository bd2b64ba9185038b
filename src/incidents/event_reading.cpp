#include "incidents/event_reading.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/text_time.h"
#include "incidents/alarm_facts.h"
#include "incidents/event_names.h"
#include "model/alarm_state_changed.h"

namespace tocsin::incidents {
namespace {

// EventBridge's documents of Systems Manager name things in more than one way
std::string any_text(const Document& detail, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (auto text = text_at(detail, key); text && !text->empty()) return *text;
  return {};
}

std::string quoted(const std::string& text) { return '"' + text + '"'; }

EventReading read_alarm(const EventEnvelope& event) {
  const auto facts = alarm_facts(event.detail).value_or(AlarmFacts{});
  const std::string before = text_or(Document(object_at(event.detail, "previousState")), "value", "?");
  EventReading out{.type = std::string(alarm_event_type)};
  out.summary = fmt::format("Alarm {} went from {} to {}. {}", facts.name, before, facts.state, facts.reason);
  out.command = fmt::format("aws cloudwatch describe-alarm-history --alarm-name {} --history-item-type StateUpdate", quoted(facts.name));
  out.alarm_arn = event.resources.empty() ? event.subject_arn : event.resources.front();
  out.alarm_state = facts.state;
  if (facts.state == "OK") out.signal = CustomerSignal::mitigated;
  if (facts.state == "ALARM") out.signal = CustomerSignal::relapsed;
  return out;
}

std::optional<EventReading> read_automation(const EventEnvelope& event) {
  const std::string execution = any_text(event.detail, {"ExecutionId", "execution-id"});
  const std::string status = any_text(event.detail, {"Status", "status"});
  const std::string step = any_text(event.detail, {"StepName", "step-name"});
  const std::string runbook = any_text(event.detail, {"Definition", "document-name"});
  if (execution.empty() || status == "Pending") return std::nullopt;
  EventReading out;
  out.type = step.empty() ? "SSM Automation Run" : "SSM Automation Step";
  out.summary = step.empty() ? fmt::format("Runbook {}: {}", runbook, status)
                             : fmt::format("Runbook {}, step {} ({}): {}", runbook, step, any_text(event.detail, {"Action"}), status);
  out.command = "aws ssm get-automation-execution --automation-execution-id " + execution;
  out.links.push_back(execution);
  return out;
}

std::optional<EventReading> read_command(const EventEnvelope& event) {
  const std::string command = any_text(event.detail, {"command-id", "CommandId"});
  const std::string status = any_text(event.detail, {"status", "Status"});
  if (command.empty() || status == "Pending") return std::nullopt;
  const std::string host = any_text(event.detail, {"instance-id", "InstanceId"});
  EventReading out{.type = "SSM Run Command"};
  out.summary =
      fmt::format("Command {}{}: {}", any_text(event.detail, {"document-name", "DocumentName"}), host.empty() ? "" : " on " + host, status);
  out.command = fmt::format("aws ssm list-command-invocations --command-id {} --details", command);
  out.links.push_back(command);
  return out;
}

std::string page_type(std::string_view type) {
  if (type == page_acknowledged) return "SSM Contacts Page Acknowledgement for Incident";
  if (type == engagement_started || type == engagement_stopped) return "SSM Contacts Engagement for Incident";
  return "SSM Contacts Page for Incident";
}

EventReading read_oncall(const EventEnvelope& event) {
  EventReading out{.type = page_type(event.type)};
  out.summary = text_or(event.detail, "summary", event.type);
  const std::string page = text_or(event.detail, "pageArn"), engagement = text_or(event.detail, "engagementArn");
  if (!page.empty())
    out.command = "aws ssm-contacts list-page-receipts --page-id " + page;
  else if (!engagement.empty())
    out.command = "aws ssm-contacts describe-engagement --engagement-id " + engagement;
  return out;
}

EventReading read_other(const EventEnvelope& event) {
  EventReading out{.type = event.type, .summary = any_text(event.detail, {"summary", "reason", "message"})};
  if (out.summary.empty()) out.summary = event.type;
  out.command = text_or(event.detail, "command");
  if (event.type == cause_identified) out.signal = CustomerSignal::cause_found;
  return out;
}

// events of incidents themselves, and of a plain service that names no incident, are no news to a timeline
std::optional<EventReading> read_by_kind(const EventEnvelope& event) {
  if (event.source == alarm_event_source && event.type == alarm_event_type) return read_alarm(event);
  if (event.source == "aws.ssm" && event.type.starts_with("EC2 Automation")) return read_automation(event);
  if (event.source == "aws.ssm" && event.type.starts_with("EC2 Command")) return read_command(event);
  if (event.source == oncall_source) return read_oncall(event);
  const bool names_incident = text_at(event.detail, "incidentRecordArn").has_value();
  const bool own = event.source == incident_source && event.type != cause_identified;
  return names_incident && !own && event.source.starts_with("tocsin.") ? std::optional(read_other(event)) : std::nullopt;
}

}  // namespace

bool is_about_outages(const EventEnvelope& event) {
  if (event.source == alarm_event_source) return event.type == alarm_event_type;
  if (event.source == "aws.ssm") return event.type.starts_with("EC2 ");
  return event.source.starts_with("tocsin.");
}

std::string correlation_link(const std::string& correlation_id) { return correlation_id.empty() ? "" : "correlation:" + correlation_id; }

std::optional<EventReading> read_event(const EventEnvelope& event) {
  auto out = read_by_kind(event);
  if (!out) return std::nullopt;
  if (const auto incident = text_at(event.detail, "incidentRecordArn")) {
    out->links = {*incident};
    return out;
  }
  for (const std::string& arn : event.resources) out->links.push_back(arn);
  if (!event.subject_arn.empty()) out->links.push_back(event.subject_arn);
  if (!event.correlation_id.empty()) out->links.push_back(correlation_link(event.correlation_id));
  return out;
}

}  // namespace tocsin::incidents
