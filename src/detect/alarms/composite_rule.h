// The rule of a composite alarm: ALARM|OK|INSUFFICIENT_DATA(ref), TRUE, FALSE, AND, OR, NOT, AT_LEAST(M|P%, [NOT] STATE, (a, b, …)). Pure.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/alarm_state_changed.h"

namespace tocsin::detect {

enum class RuleKind { constant, state_is, at_least, negation, all, any };

struct CompositeRule {
  RuleKind kind = RuleKind::constant;
  bool value = false;                    ///< of a constant
  AlarmState state = AlarmState::alarm;  ///< of state_is and at_least
  bool not_state = false;                ///< of at_least
  std::int64_t least = 0;                ///< of at_least; a percentage when `percent`
  bool percent = false;
  std::vector<std::string> alarms;  ///< names or ARNs
  std::vector<CompositeRule> parts;
};

/// A rule, and a suppressor, names an alarm by its name or its ARN: the name.
std::string alarm_name_of(const std::string& reference);

/// `invalid` with the place of the fault, in the service's words. At most 10,240 characters, 500 elements (child alarms, TRUE, FALSE,
/// parentheses), 100 different alarms.
Result<CompositeRule> parse_composite_rule(std::string_view text);
/// The name of every alarm in the rule, once.
std::vector<std::string> alarms_of(const CompositeRule& rule);
/// `state_of` is given references as written, and gives nullopt for an alarm that does not exist: it is in no state.
bool holds(const CompositeRule& rule, const std::function<std::optional<AlarmState>(const std::string&)>& state_of);

}  // namespace tocsin::detect
