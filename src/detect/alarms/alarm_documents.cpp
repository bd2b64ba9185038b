#include "detect/alarms/alarm_documents.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <cmath>
#include <map>

#include "base/encoding.h"
#include "base/text_time.h"

namespace tocsin::detect {
namespace {

std::string camel(std::string_view name) {
  std::string text(name);
  if (text.starts_with("OK")) return "ok" + text.substr(2);
  text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

Document parsed(const std::string& json) { return parse_json(json).value_or(Document(json)); }

Object state_detail(const StateView& view) {
  Object state{{"reason", view.reason}};
  if (!view.reason_data.empty()) state["reasonData"] = view.reason_data;
  state["timestamp"] = to_iso_offset_ms(view.since);
  state["value"] = to_text(view.state);
  if (view.suppressed_by != SuppressedBy::nothing) {
    state["actionsSuppressedBy"] = to_text(view.suppressed_by);
    state["actionsSuppressedReason"] = suppression_reason(view.suppressed_by);
  }
  if (!view.evaluation_state.empty()) state["evaluationState"] = view.evaluation_state;
  return state;
}

void add_mute(Object& detail, const std::optional<ActiveMute>& mute) {
  if (!mute) return;
  detail["muteDetail"] = Object{{"mutedByArn", mute->rule_arn},
                                {"muteWindowStart", to_iso_offset_ms(mute->window.start)},
                                {"muteWindowEnd", to_iso_offset_ms(mute->window.end)}};
}

/// Whole numbers as such: 80, not 8E1.
Document plain_number(double value) {
  if (value == std::floor(value) && std::fabs(value) < 1e15) return static_cast<std::int64_t>(value);
  return value;
}

Object dimensions_of(const Document& metric) {
  Object dimensions;
  for (const Document& each : array_at(metric, "Dimensions")) dimensions[text_or(each, "Name")] = text_or(each, "Value");
  return dimensions;
}

Object metric_stat(const Document& metric, std::int64_t period_s, const std::string& statistic, const std::optional<std::string>& unit) {
  Object stat{
      {"metric",
       Object{{"dimensions", dimensions_of(metric)}, {"name", text_or(metric, "MetricName")}, {"namespace", text_or(metric, "Namespace")}}},
      {"period", period_s},
      {"stat", statistic}};
  if (unit) stat["unit"] = *unit;
  return stat;
}

Object query_detail(const Document& query) {
  Object detail{{"id", text_or(query, "Id")}};
  if (const auto expression = text_at(query, "Expression")) detail["expression"] = *expression;
  if (const auto label = text_at(query, "Label")) detail["label"] = *label;
  if (const Document* stat = find(query, "MetricStat")) {
    const Document* metric = find(*stat, "Metric");
    detail["metricStat"] =
        metric_stat(metric ? *metric : Document(Object{}), integer_or(*stat, "Period", 0), text_or(*stat, "Stat"), text_at(*stat, "Unit"));
  }
  if (const auto period = integer_at(query, "Period")) detail["period"] = *period;
  detail["returnData"] = truth_or(query, "ReturnData", true);
  return detail;
}

std::string statistic_of(const Document& definition) {
  return text_at(definition, "ExtendedStatistic").value_or(text_or(definition, "Statistic"));
}

/// An id of the form that the service makes, the same for the same metric.
std::string metric_id(const AlarmRecord& alarm) {
  std::string hex = to_hex(alarm.arn());
  hex = hex.substr(hex.size() - std::min<std::size_t>(hex.size(), 32));
  hex.insert(0, 32 - hex.size(), '0');
  for (const std::size_t at : {20u, 16u, 12u, 8u}) hex.insert(at, "-");
  return hex;
}

void add_composite(Object& detail, const Document& definition) {
  detail["alarmRule"] = text_or(definition, "AlarmRule");
  if (!find(definition, "ActionsSuppressor")) return;
  detail["actionsSuppressor"] = text_or(definition, "ActionsSuppressor");
  detail["actionsSuppressorWaitPeriod"] = integer_or(definition, "ActionsSuppressorWaitPeriod", 0);
  detail["actionsSuppressorExtensionPeriod"] = integer_or(definition, "ActionsSuppressorExtensionPeriod", 0);
}

void add_metrics(Object& detail, const AlarmRecord& alarm) {
  const Document& definition = alarm.definition;
  if (const Document* promql = find(find(definition, "EvaluationCriteria"), "PromQLCriteria")) {
    Object criteria{{"query", text_or(*promql, "Query")},
                    {"pendingPeriod", integer_or(*promql, "PendingPeriod", 0)},
                    {"recoveryPeriod", integer_or(*promql, "RecoveryPeriod", 0)}};
    detail["evaluationCriteria"] = Object{{"promQLCriteria", std::move(criteria)}};
    detail["evaluationInterval"] = integer_or(definition, "EvaluationInterval", 60);
    return;
  }
  Array metrics;
  for (const Document& query : array_at(definition, "Metrics")) metrics.emplace_back(query_detail(query));
  if (metrics.empty())
    metrics.emplace_back(Object{
        {"id", metric_id(alarm)},
        {"metricStat", metric_stat(definition, integer_or(definition, "Period", 0), statistic_of(definition), text_at(definition, "Unit"))},
        {"returnData", true}});
  detail["metrics"] = std::move(metrics);
}

/// A log alarm's query and what its results are compared with.
void add_log_query(Object& detail, const Document& definition) {
  if (const Document* query = find(definition, "ScheduledQueryConfiguration")) {
    Object told{{"queryString", text_or(*query, "QueryString")}, {"aggregationExpression", text_or(*query, "AggregationExpression")}};
    if (const Document* groups = find(*query, "LogGroupIdentifiers")) told["logGroupIdentifiers"] = *groups;
    detail["scheduledQueryConfiguration"] = std::move(told);
  }
  for (const char* member : {"QueryResultsToEvaluate", "QueryResultsToAlarm"})
    if (const auto number = integer_at(definition, member)) detail[camel(member)] = *number;
  if (const auto threshold = number_at(definition, "Threshold")) detail["threshold"] = plain_number(*threshold);
  for (const char* member : {"ComparisonOperator", "TreatMissingData"})
    if (const auto text = text_at(definition, member)) detail[camel(member)] = *text;
}

/// As events of state changes tell it.
Object configuration(const AlarmRecord& alarm) {
  Object detail;
  if (const auto description = text_at(alarm.definition, "AlarmDescription")) detail["description"] = *description;
  if (alarm.kind == AlarmKind::composite)
    add_composite(detail, alarm.definition);
  else if (alarm.kind == AlarmKind::log)
    add_log_query(detail, alarm.definition);
  else
    add_metrics(detail, alarm);
  return detail;
}

/// As events of changed configurations tell it: everything.
Object whole_configuration(const AlarmRecord& alarm) {
  const Document& definition = alarm.definition;
  Object detail;
  if (alarm.kind == AlarmKind::composite) {
    add_composite(detail, definition);
  } else if (alarm.kind == AlarmKind::log) {
    add_log_query(detail, definition);
  } else {
    for (const char* member : {"EvaluationPeriods", "DatapointsToAlarm"})
      if (const auto number = integer_at(definition, member)) detail[camel(member)] = *number;
    if (const auto threshold = number_at(definition, "Threshold")) detail["threshold"] = plain_number(*threshold);
    for (const char* member : {"ThresholdMetricId", "ComparisonOperator", "TreatMissingData", "EvaluateLowSampleCountPercentile"})
      if (const auto text = text_at(definition, member)) detail[camel(member)] = *text;
    add_metrics(detail, alarm);
  }
  detail["alarmName"] = alarm.name;
  if (const auto description = text_at(definition, "AlarmDescription")) detail["description"] = *description;
  detail["actionsEnabled"] = alarm.actions_enabled;
  detail["timestamp"] = to_iso_offset_ms(alarm.configured);
  for (const char* list : {"OKActions", "AlarmActions", "InsufficientDataActions"}) detail[camel(list)] = array_at(definition, list);
  return detail;
}

std::string upper_case(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text == "SAMPLECOUNT" ? "SAMPLE_COUNT" : text;
}

Document or_null(const std::optional<std::string>& text) { return text ? Document(*text) : Document(nullptr); }

void add_single_metric(Object& trigger, const Document& definition) {
  trigger["MetricName"] = text_or(definition, "MetricName");
  trigger["Namespace"] = text_or(definition, "Namespace");
  const auto extended = text_at(definition, "ExtendedStatistic");
  trigger["StatisticType"] = extended ? "ExtendedStatistic" : "Statistic";
  if (extended)
    trigger["ExtendedStatistic"] = *extended;
  else
    trigger["Statistic"] = upper_case(text_or(definition, "Statistic"));
  trigger["Unit"] = or_null(text_at(definition, "Unit"));
  Array dimensions;
  for (const Document& each : array_at(definition, "Dimensions"))
    dimensions.emplace_back(Object{{"value", text_or(each, "Value")}, {"name", text_or(each, "Name")}});
  trigger["Dimensions"] = std::move(dimensions);
  trigger["Period"] = integer_or(definition, "Period", 0);
}

Object trigger_of(const Document& definition) {
  Object trigger;
  if (const Document* promql = find(find(definition, "EvaluationCriteria"), "PromQLCriteria"))
    return {{"EvaluationCriteria", Object{{"PromQLCriteria", *promql}}},
            {"EvaluationInterval", integer_or(definition, "EvaluationInterval", 60)}};
  const Array& metrics = array_at(definition, "Metrics");
  if (metrics.empty()) add_single_metric(trigger, definition);
  trigger["EvaluationPeriods"] = integer_or(definition, "EvaluationPeriods", 0);
  if (const auto m = integer_at(definition, "DatapointsToAlarm")) trigger["DatapointsToAlarm"] = *m;
  trigger["ComparisonOperator"] = text_or(definition, "ComparisonOperator");
  if (const auto band = text_at(definition, "ThresholdMetricId"))
    trigger["ThresholdMetricId"] = *band;
  else
    trigger["Threshold"] = number_at(definition, "Threshold").value_or(0);
  trigger["TreatMissingData"] = text_or(definition, "TreatMissingData", "missing");
  trigger["EvaluateLowSampleCountPercentile"] = text_or(definition, "EvaluateLowSampleCountPercentile");
  if (!metrics.empty()) trigger["Metrics"] = metrics;
  return trigger;
}

Object state_data(const StateView& view) {
  Object data{{"stateValue", to_text(view.state)}, {"stateReason", view.reason}};
  if (!view.reason_data.empty()) data["stateReasonData"] = parsed(view.reason_data);
  return data;
}

}  // namespace

namespace {

/// Whose change made a composite change, as its reason names them.
Array triggering_children(const std::string& reason_data) {
  Array children;
  const Document reason = parse_json(reason_data).value_or(Object{});
  for (const Document& each : array_at(reason, "triggeringAlarms")) {
    const Document* state = find(each, "state");
    Object told{{"Value", state ? text_or(*state, "value") : ""}, {"Timestamp", state ? text_or(*state, "timestamp") : ""}};
    children.emplace_back(Object{{"Arn", text_or(each, "arn")}, {"State", std::move(told)}});
  }
  return children;
}

}  // namespace

std::string region_name(const std::string& region) {
  static const std::map<std::string, std::string> names = {
      {"us-east-1", "US East (N. Virginia)"},
      {"us-east-2", "US East (Ohio)"},
      {"us-west-1", "US West (N. California)"},
      {"us-west-2", "US West (Oregon)"},
      {"ca-central-1", "Canada (Central)"},
      {"eu-west-1", "EU (Ireland)"},
      {"eu-west-2", "EU (London)"},
      {"eu-west-3", "EU (Paris)"},
      {"eu-central-1", "EU (Frankfurt)"},
      {"eu-north-1", "EU (Stockholm)"},
      {"eu-south-1", "EU (Milan)"},
      {"ap-south-1", "Asia Pacific (Mumbai)"},
      {"ap-southeast-1", "Asia Pacific (Singapore)"},
      {"ap-southeast-2", "Asia Pacific (Sydney)"},
      {"ap-northeast-1", "Asia Pacific (Tokyo)"},
      {"ap-northeast-2", "Asia Pacific (Seoul)"},
      {"ap-northeast-3", "Asia Pacific (Osaka)"},
      {"ap-east-1", "Asia Pacific (Hong Kong)"},
      {"sa-east-1", "South America (Sao Paulo)"},
      {"me-south-1", "Middle East (Bahrain)"},
      {"af-south-1", "Africa (Cape Town)"},
  };
  const auto found = names.find(region);
  return found == names.end() ? region : found->second;
}

StateView view_of(const AlarmRecord& alarm) {
  return {alarm.state, alarm.reason, alarm.reason_data, alarm.state_updated, alarm.suppression.by, alarm.evaluation_state};
}

std::string suppression_reason(SuppressedBy by) {
  return by == SuppressedBy::nothing ? std::string() : "Actions suppressed by " + std::string(to_text(by));
}

Document event_detail(const AlarmRecord& alarm, const StateView& before, const StateView& after, const std::optional<ActiveMute>& mute) {
  Object detail{{"alarmName", alarm.name},
                {"state", state_detail(after)},
                {"previousState", state_detail(before)},
                {"configuration", configuration(alarm)}};
  add_mute(detail, mute);
  return detail;
}

Document contributor_event_detail(const AlarmRecord& alarm, const ContributorRecord& contributor, const std::optional<ActiveMute>& mute) {
  Object state{{"value", to_text(contributor.state)}};
  if (!contributor.reason.empty()) state["reason"] = contributor.reason;
  state["timestamp"] = to_iso_offset_ms(contributor.transitioned);
  Object detail{{"alarmName", alarm.name},
                {"alarmContributor", Object{{"id", contributor.id}, {"attributes", contributor.attributes}}},
                {"state", std::move(state)},
                {"configuration", configuration(alarm)}};
  add_mute(detail, mute);
  return detail;
}

Document configuration_event_detail(const AlarmRecord& alarm, std::string_view operation, const AlarmRecord* previous) {
  Object state;
  if (alarm.suppression.by != SuppressedBy::nothing) state["actionsSuppressedBy"] = to_text(alarm.suppression.by);
  state["value"] = to_text(alarm.state);
  state["timestamp"] = to_iso_offset_ms(alarm.state_updated);
  Object detail{
      {"alarmName", alarm.name}, {"operation", operation}, {"state", std::move(state)}, {"configuration", whole_configuration(alarm)}};
  if (previous) detail["previousConfiguration"] = whole_configuration(*previous);
  return detail;
}

Document contributor_notification(const AlarmRecord& alarm, const ContributorRecord& contributor, AlarmState from) {
  Object message =
      notification(alarm, {from, {}, {}, {}}, {contributor.state, contributor.reason, {}, contributor.transitioned}).as_object();
  if (contributor.reason.empty()) message.erase("NewStateReason");
  message["AlarmContributorId"] = contributor.id;
  message["AlarmContributorAttributes"] = contributor.attributes;
  return message;
}

Document contributor_history(const ContributorRecord& contributor, const StateView& before) {
  return state_history(before, {contributor.state, contributor.reason, {}, contributor.transitioned});
}

std::string notification_subject(const AlarmRecord& alarm, AlarmState state) {
  return std::string(to_text(state)) + ": \"" + alarm.name + "\" in " + region_name(alarm.scope.region);
}

Document notification(const AlarmRecord& alarm, const StateView& before, const StateView& after) {
  const Document& definition = alarm.definition;
  Object message{{"AlarmName", alarm.name}, {"AlarmDescription", or_null(text_at(definition, "AlarmDescription"))}};
  if (alarm.kind == AlarmKind::composite) message["AlarmRule"] = text_or(definition, "AlarmRule");
  message["AWSAccountId"] = alarm.scope.account;
  message["AlarmConfigurationUpdatedTimestamp"] = to_iso_offset_ms(alarm.configured);
  message["NewStateValue"] = to_text(after.state);
  message["NewStateReason"] = after.reason;
  message["StateChangeTime"] = to_iso_offset_ms(after.since);
  message["Region"] = region_name(alarm.scope.region);
  message["AlarmArn"] = alarm.arn();
  message["OldStateValue"] = to_text(before.state);
  for (const char* list : {"OKActions", "AlarmActions", "InsufficientDataActions"}) message[list] = array_at(definition, list);
  if (alarm.kind == AlarmKind::composite && find(definition, "ActionsSuppressor")) {
    message["ActionsSuppressor"] = text_or(definition, "ActionsSuppressor");
    message["ActionsSuppressorWaitPeriod"] = integer_or(definition, "ActionsSuppressorWaitPeriod", 0);
    message["ActionsSuppressorExtensionPeriod"] = integer_or(definition, "ActionsSuppressorExtensionPeriod", 0);
  }
  if (alarm.kind == AlarmKind::composite) message["TriggeringChildren"] = triggering_children(after.reason_data);
  if (alarm.kind == AlarmKind::metric) message["Trigger"] = trigger_of(definition);
  if (alarm.kind == AlarmKind::log) {
    Object trigger;
    add_log_query(trigger, definition);
    message["Trigger"] = std::move(trigger);
  }
  return message;
}

Document state_history(const StateView& before, const StateView& after) {
  return Object{{"version", "1.0"}, {"oldState", state_data(before)}, {"newState", state_data(after)}};
}

Document configuration_history(const AlarmRecord& alarm, std::string_view type) {
  Object definition;
  for (const auto& [key, value] : alarm.definition.as_object()) definition[camel({key.data(), key.size()})] = value;
  definition["alarmArn"] = alarm.arn();
  definition["actionsEnabled"] = alarm.actions_enabled;
  definition["stateValue"] = to_text(alarm.state);
  definition["stateUpdatedTimestamp"] = to_iso_offset_ms(alarm.state_updated);
  const char* member = type == "Create" ? "createdAlarm" : type == "Delete" ? "deletedAlarm" : "updatedAlarm";
  return Object{{"version", "1.0"}, {"type", type}, {member, std::move(definition)}};
}

Document action_history(const std::string& action_arn, const Document& message, const Result<void>& outcome, Instant changed_at) {
  Object data{{"actionState", outcome ? "Succeeded" : "Failed"},
              {"stateUpdateTimestamp", to_ms(changed_at)},
              {"notificationResource", action_arn},
              {"publishedMessage", message}};
  data["error"] = outcome ? Document(nullptr) : Document(outcome.error().message);
  return data;
}

Document evidence_document(const std::vector<Datapoint>& range) {
  Array points;
  for (const Datapoint& each : range) {
    Object point{{"timestamp", to_iso_offset_ms(each.time)}};
    if (each.sample_count) point["sampleCount"] = *each.sample_count;
    if (each.value) point["value"] = *each.value;
    points.emplace_back(std::move(point));
  }
  return points;
}

}  // namespace tocsin::detect
