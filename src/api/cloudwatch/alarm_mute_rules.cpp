// PutAlarmMuteRule, GetAlarmMuteRule, ListAlarmMuteRules, DeleteAlarmMuteRule.
#include <algorithm>
#include <boost/json.hpp>

#include "api/cloudwatch/alarm_input.h"
#include "api/cloudwatch/operations.h"
#include "api/cloudwatch/reply.h"

namespace tocsin::api::cloudwatch {
namespace {

using detect::MuteRule;

/// A stored rule was checked when it was put.
std::string_view status_of(const MuteRule& rule, Instant now) {
  const auto terms = detect::parse_mute_terms(rule.definition);
  return detect::to_text(terms ? detect::mute_status(*terms, now) : detect::MuteStatus::expired);
}

std::string_view type_of(const MuteRule& rule) {
  const Document* schedule = find(find(rule.definition, "Rule"), "Schedule");
  return schedule && text_or(*schedule, "Expression").starts_with("at(") ? "ONE_TIME" : "RECURRING";
}

Object summary_of(const MuteRule& rule, Instant now) {
  Object summary{{"AlarmMuteRuleArn", rule.arn()}};
  if (const auto expire = integer_at(rule.definition, "ExpireDate")) summary["ExpireDate"] = *expire;
  summary["Status"] = status_of(rule, now);
  summary["MuteType"] = type_of(rule);
  summary["LastUpdatedTimestamp"] = to_ns(rule.updated);
  return summary;
}

}  // namespace

Reply put_alarm_mute_rule(Alarms& alarms, const Call& call) {
  const auto tags = read_tags(call.input);
  if (!tags) return std::unexpected(tags.error());
  Object definition;
  for (const char* member : {"Name", "Description", "Rule", "MuteTargets", "StartDate", "ExpireDate"})
    if (const Document* value = find(call.input, member)) definition[member] = *value;
  if (auto put = alarms.put_mute_rule(call.scope, definition, *tags); !put) return to_service_error(put.error());
  return Object{};
}

Reply get_alarm_mute_rule(Alarms& alarms, const Call& call) {
  const std::string name = text_or(call.input, "AlarmMuteRuleName");
  const auto rule = alarms.mutes().find(call.scope, name);
  if (!rule) {
    ServiceError missing{"ResourceNotFoundException", "Alarm mute rule " + name + " does not exist", 0, {}};
    missing.members = {{"ResourceType", "AlarmMuteRule"}, {"ResourceId", name}};
    return std::unexpected(std::move(missing));
  }
  Object answer = summary_of(*rule, call.now);
  for (const char* member : {"Name", "Description", "Rule", "MuteTargets", "StartDate"})
    if (const Document* value = find(rule->definition, member)) answer[member] = *value;
  return answer;
}

Reply list_alarm_mute_rules(Alarms& alarms, const ListTokens& tokens, const Call& call) {
  const auto after = page_start(call, tokens);
  if (!after) return std::unexpected(after.error());
  const auto count_max = static_cast<std::size_t>(integer_or(call.input, "MaxRecords", 50));
  const std::vector<std::string> statuses = texts_at(call.input, "Statuses");
  const std::string target = text_or(call.input, "AlarmName");
  Array listed;
  std::string last = *after;
  bool more = false;
  // a status is not stored: it changes as time passes
  for (bool some = true; some && !more;) {
    const auto rules = alarms.mutes().list(call.scope, target, last, 100);
    some = rules.size() == 100;
    for (const MuteRule& rule : rules) {
      const bool wanted = statuses.empty() || std::find(statuses.begin(), statuses.end(), status_of(rule, call.now)) != statuses.end();
      if (wanted && listed.size() == count_max) {
        more = true;
        break;
      }
      last = rule.name;
      if (wanted) listed.emplace_back(summary_of(rule, call.now));
    }
  }
  Object answer{{"AlarmMuteRuleSummaries", std::move(listed)}};
  if (more) answer["NextToken"] = tokens.seal(call, last);
  return answer;
}

Reply delete_alarm_mute_rule(Alarms& alarms, const Call& call) {
  alarms.remove_mute_rule(call.scope, text_or(call.input, "AlarmMuteRuleName"));
  return Object{};
}

}  // namespace tocsin::api::cloudwatch
