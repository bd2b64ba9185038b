#include "communicate/topics/alarm_notification.h"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace tocsin::communicate {
namespace {

constexpr std::size_t subject_max = 100;

std::string comparison_words(const std::string& comparison) {
  if (comparison == "GreaterThanOrEqualToThreshold") return ">=";
  if (comparison == "GreaterThanThreshold") return ">";
  if (comparison == "LessThanThreshold") return "<";
  if (comparison == "LessThanOrEqualToThreshold") return "<=";
  return comparison;
}

std::string trigger_words(const Document& trigger) {
  std::string out;
  const std::string metric = text_or(trigger, "MetricName");
  if (!metric.empty()) {
    out += fmt::format("- Metric: {} / {}", text_or(trigger, "Namespace"), metric);
    for (const Document& dimension : array_at(trigger, "Dimensions"))
      out += fmt::format(" [{} = {}]", text_or(dimension, "name"), text_or(dimension, "value"));
    out += fmt::format("\n- Statistic: {} over {} s\n", text_or(trigger, "Statistic", text_or(trigger, "ExtendedStatistic")),
                       integer_or(trigger, "Period", 0));
  }
  if (const auto threshold = number_at(trigger, "Threshold"))
    out += fmt::format("- Threshold: {} {:g} for {} period(s)\n", comparison_words(text_or(trigger, "ComparisonOperator")), *threshold,
                       integer_or(trigger, "EvaluationPeriods", 1));
  if (const auto missing = text_at(trigger, "TreatMissingData"); missing && !missing->empty())
    out += fmt::format("- Missing data: {}\n", *missing);
  return out;
}

std::string mail_text(const Document& message) {
  const std::string name = text_or(message, "AlarmName"), state = text_or(message, "NewStateValue");
  std::string out =
      fmt::format("Alarm \"{}\" in {} went from {} to {} at {}.\n\nWhy: {}\n", name, text_or(message, "Region"),
                  text_or(message, "OldStateValue"), state, text_or(message, "StateChangeTime"), text_or(message, "NewStateReason"));
  if (const std::string description = text_or(message, "AlarmDescription"); !description.empty())
    out += fmt::format("\nDescription: {}\n", description);
  if (const Document* trigger = find(message, "Trigger")) out += "\n" + trigger_words(*trigger);
  return out + fmt::format("\nAccount: {}\nAlarm: {}\n", text_or(message, "AWSAccountId"), text_or(message, "AlarmArn"));
}

}  // namespace

PublishRequest alarm_notification(const Document& message) {
  PublishRequest request{.message = to_json(message)};
  request.subject =
      fmt::format("{}: \"{}\" in {}", text_or(message, "NewStateValue"), text_or(message, "AlarmName"), text_or(message, "Region"));
  if (request.subject.size() > subject_max) request.subject = request.subject.substr(0, subject_max - 3) + "...";
  request.message_by_protocol["email"] = mail_text(message);
  return request;
}

}  // namespace tocsin::communicate
