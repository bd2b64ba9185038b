// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html and API_DescribeAlarmsForMetric.html
#include <algorithm>
#include <boost/json.hpp>

#include "api/cloudwatch/operations.h"
#include "api/cloudwatch/reply.h"
#include "detect/alarms/alarm_documents.h"

namespace tocsin::api::cloudwatch {
namespace {

using detect::AlarmKind;
using detect::AlarmRecord;

Object to_document(const AlarmRecord& alarm) {
  Object document = alarm.definition.as_object();
  document["AlarmArn"] = alarm.arn();
  document["AlarmConfigurationUpdatedTimestamp"] = to_ns(alarm.configured);
  document["ActionsEnabled"] = alarm.actions_enabled;
  document["StateValue"] = to_text(alarm.state);
  document["StateReason"] = alarm.reason;
  if (!alarm.reason_data.empty()) document["StateReasonData"] = alarm.reason_data;
  document["StateUpdatedTimestamp"] = to_ns(alarm.state_updated);
  document["StateTransitionedTimestamp"] = to_ns(alarm.state_transitioned);
  if (!alarm.evaluation_state.empty()) document["EvaluationState"] = alarm.evaluation_state;
  if (alarm.suppression.by != detect::SuppressedBy::nothing) {
    document["ActionsSuppressedBy"] = to_text(alarm.suppression.by);
    document["ActionsSuppressedReason"] = detect::suppression_reason(alarm.suppression.by);
  }
  return document;
}

/// Of an alarm's family the service tells little: of parents the name alone.
Object to_short_document(const AlarmRecord& alarm, bool with_state) {
  Object document{{"AlarmName", alarm.name}, {"AlarmArn", alarm.arn()}};
  if (!with_state) return document;
  document["StateValue"] = to_text(alarm.state);
  document["StateUpdatedTimestamp"] = to_ns(alarm.state_updated);
  return document;
}

struct Lists {
  Array metric, composite, log;
  void add(const AlarmRecord& alarm, Object document) {
    (alarm.kind == AlarmKind::metric ? metric : alarm.kind == AlarmKind::log ? log : composite).emplace_back(std::move(document));
  }
  Object answer() {
    Object out{{"CompositeAlarms", std::move(composite)}, {"MetricAlarms", std::move(metric)}};
    if (!log.empty()) out["LogAlarms"] = std::move(log);
    return out;
  }
};

/// When no types are named, metric alarms alone are meant.
std::set<AlarmKind> kinds_of(const Call& call) {
  std::set<AlarmKind> kinds;
  for (const std::string& type : texts_at(call.input, "AlarmTypes")) kinds.insert(detect::alarm_kind_of(type));
  if (array_at(call.input, "AlarmTypes").empty()) kinds.insert(AlarmKind::metric);
  return kinds;
}

Reply describe_family(Alarms& alarms, const ListTokens& tokens, const Call& call) {
  const auto children_of = text_at(call.input, "ChildrenOfAlarmName"), parents_of = text_at(call.input, "ParentsOfAlarmName");
  for (const char* other : {"AlarmNames", "AlarmNamePrefix", "AlarmTypes", "StateValue", "ActionPrefix"})
    if (find(call.input, other) || (children_of && parents_of))
      return validation_error("ChildrenOfAlarmName and ParentsOfAlarmName cannot be combined with other filters.");
  const auto after = page_start(call, tokens);
  if (!after) return std::unexpected(after.error());
  const auto count_max = static_cast<std::size_t>(integer_or(call.input, "MaxRecords", 100));
  Lists lists;
  std::size_t count = 0;
  std::string last;
  bool more = false;
  for (const std::string& name :
       children_of ? alarms.store().children_of(call.scope, *children_of) : alarms.store().parents_of(call.scope, *parents_of)) {
    const auto alarm = name > *after ? alarms.store().find(call.scope, name) : std::nullopt;
    if (!alarm) continue;
    if (count == count_max) {
      more = true;
      break;
    }
    lists.add(*alarm, to_short_document(*alarm, children_of.has_value()));
    ++count;
    last = name;
  }
  Object answer = lists.answer();
  if (more) answer["NextToken"] = tokens.seal(call, last);
  return answer;
}

}  // namespace

Reply describe_alarms(Alarms& alarms, const ListTokens& tokens, const Call& call) {
  if (find(call.input, "ChildrenOfAlarmName") || find(call.input, "ParentsOfAlarmName")) return describe_family(alarms, tokens, call);
  if (find(call.input, "AlarmNames") && find(call.input, "AlarmNamePrefix"))
    return validation_error("The parameters AlarmNames and AlarmNamePrefix are mutually exclusive and you have specified both.");
  auto after = page_start(call, tokens);
  if (!after) return std::unexpected(after.error());
  detect::AlarmFilter filter{.names = texts_at(call.input, "AlarmNames"),
                             .name_prefix = text_or(call.input, "AlarmNamePrefix"),
                             .kinds = kinds_of(call),
                             .state = detect::parse_alarm_state(text_or(call.input, "StateValue")),
                             .action_prefix = text_or(call.input, "ActionPrefix"),
                             .after_name = std::move(*after),
                             .count_max = static_cast<std::size_t>(integer_or(call.input, "MaxRecords", 50))};
  // named alarms are all answered at once, unless a number is asked for
  if (!filter.names.empty() && !find(call.input, "MaxRecords")) filter.count_max = 100;
  Lists lists;
  if (filter.kinds.empty()) return lists.answer();
  auto found = alarms.store().list(call.scope, filter);
  const bool more = found.size() > filter.count_max;
  if (more) found.resize(filter.count_max);
  for (const AlarmRecord& alarm : found) lists.add(alarm, to_document(alarm));
  Object answer = lists.answer();
  if (more) answer["NextToken"] = tokens.seal(call, found.back().name);
  return answer;
}

Reply describe_alarms_for_metric(Alarms& alarms, const Call& call) {
  const auto sorted = [](Dimensions dimensions) {
    std::sort(dimensions.begin(), dimensions.end());
    return dimensions;
  };
  const Dimensions dimensions = sorted(pairs_at(call.input, "Dimensions"));
  Array found;
  for (const AlarmRecord& alarm :
       alarms.store().of_metric(call.scope, text_or(call.input, "Namespace"), text_or(call.input, "MetricName"))) {
    const auto differs = [&](const char* member) {
      const Document* asked = find(call.input, member);
      const Document* has = find(alarm.definition, member);
      return asked && (!has || *has != *asked);
    };
    if (sorted(pairs_at(alarm.definition, "Dimensions")) != dimensions) continue;
    if (differs("Statistic") || differs("ExtendedStatistic") || differs("Period") || differs("Unit")) continue;
    found.emplace_back(to_document(alarm));
  }
  return Object{{"MetricAlarms", std::move(found)}};
}

}  // namespace tocsin::api::cloudwatch
