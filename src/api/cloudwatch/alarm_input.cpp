#include "api/cloudwatch/alarm_input.h"

#include <algorithm>
#include <set>

#include "model/arn.h"

namespace tocsin::api::cloudwatch {
namespace {

constexpr std::size_t tags_max = 50;

enum class ActionKind { topic, function, ops_item, incident, instance, scaling, investigation, unknown };

ActionKind kind_of(const Arn& arn) {
  const std::string_view resource = arn.resource;
  if (arn.service == "sns") return ActionKind::topic;
  if (arn.service == "lambda" && resource.starts_with("function:")) return ActionKind::function;
  if (arn.service == "ssm" && resource.starts_with("opsitem:")) return ActionKind::ops_item;
  if (arn.service == "ssm-incidents" && (resource.starts_with("response-plan/") || resource.starts_with("responseplan/")))
    return ActionKind::incident;
  // arn:aws:automate:REGION:ec2:stop has the service where others have the account
  if (arn.service == "automate" && arn.account == "ec2") return ActionKind::instance;
  if (arn.service == "swf" && resource.starts_with("action/actions/AWS_EC2.")) return ActionKind::instance;
  if (arn.service == "autoscaling" && resource.starts_with("scalingPolicy:")) return ActionKind::scaling;
  if (arn.service == "aiops") return ActionKind::investigation;
  return ActionKind::unknown;
}

bool may_have(ActionsOf alarm, ActionKind kind) {
  using enum ActionKind;
  switch (alarm) {
    case ActionsOf::metric:
      return kind != unknown;
    case ActionsOf::series:
      return kind != unknown && kind != instance && kind != scaling;
    case ActionsOf::promql:
      return kind == topic || kind == function || kind == scaling;
    case ActionsOf::composite:
      return kind == topic || kind == function || kind == ops_item || kind == incident || kind == investigation;
  }
  return false;
}

std::string_view words_of(ActionsOf alarm) {
  switch (alarm) {
    case ActionsOf::metric:
      return "Metric alarms";
    case ActionsOf::series:
      return "Alarms on Metrics Insights queries with several time series";
    case ActionsOf::promql:
      return "PromQL alarms";
    case ActionsOf::composite:
      return "Composite alarms";
  }
  return "";
}

/// stop, terminate, reboot, recover
bool is_instance_action(std::string_view resource) {
  static const std::set<std::string_view> known = {"stop",
                                                   "terminate",
                                                   "reboot",
                                                   "recover",
                                                   "action/actions/AWS_EC2.InstanceId.Stop/1.0",
                                                   "action/actions/AWS_EC2.InstanceId.Terminate/1.0",
                                                   "action/actions/AWS_EC2.InstanceId.Reboot/1.0",
                                                   "action/actions/AWS_EC2.InstanceId.Recover/1.0"};
  return known.contains(resource);
}

Checked<void> check_action(const Call& call, ActionsOf alarm, const std::string& action) {
  const auto arn = parse_arn(action);
  if (!arn) return validation_error("Invalid arn syntax: " + action);
  const ActionKind kind = kind_of(*arn);
  if (kind == ActionKind::unknown || (kind == ActionKind::instance && !is_instance_action(arn->resource)))
    return validation_error("Invalid arn syntax: " + action);
  if (!arn->region.empty() && arn->region != call.scope.region && kind != ActionKind::function)
    return validation_error("Invalid region " + arn->region + " specified. Only " + call.scope.region + " is supported.");
  if (!may_have(alarm, kind)) return validation_error(std::string(words_of(alarm)) + " do not support the action " + action);
  return {};
}

}  // namespace

Checked<void> check_name(const Call& call) {
  const std::string name = text_or(call.input, "AlarmName");
  if (std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }))
    return validation_error("Invalid alarm name: it must not contain control characters");
  return {};
}

Checked<void> check_actions(const Call& call, ActionsOf alarm) {
  for (const char* list : {"OKActions", "AlarmActions", "InsufficientDataActions"}) {
    const std::vector<std::string> actions = texts_at(call.input, list);
    for (const std::string& action : actions)
      if (auto checked = check_action(call, alarm, action); !checked) return checked;
    if (std::set<std::string>(actions.begin(), actions.end()).size() < actions.size())
      return validation_error(std::string(list) + " must not contain duplicates");
  }
  return {};
}

Checked<void> check_action_configuration(const Call& call) {
  const Document* told = find(find(call.input, "ActionConfiguration"), "AlarmTagsPropagation");
  if (told && find(*told, "IncludedTagKeys") && find(*told, "ExcludedTagKeys"))
    return validation_error("You cannot specify both IncludedTagKeys and ExcludedTagKeys.");
  return {};
}

Checked<detect::Tags> read_tags(const Document& input) {
  detect::Tags tags = pairs_at(input, "Tags", "Key");
  if (tags.size() > tags_max) return validation_error("The collection Tags must not have a size greater than 50.");
  for (const auto& [key, value] : tags)
    if (key.starts_with("aws:")) return validation_error("The tag key " + key + " is reserved: it must not begin with aws:.");
  return tags;
}

}  // namespace tocsin::api::cloudwatch
