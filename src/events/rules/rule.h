// The values of buses, rules and targets.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/document.h"
#include "model/scope.h"

namespace tocsin::events {

using Tags = std::map<std::string, std::string>;

inline constexpr const char* default_bus = "default";

struct EventBus {
  Scope scope;
  std::string name;
  Object definition;   ///< Description, KmsKeyIdentifier, DeadLetterConfig, LogConfig, as they were set
  std::string policy;  ///< JSON; empty without one
  Tags tags;
  Instant created_at;
  Instant modified_at;

  std::string arn() const;
};

enum class RuleState { enabled, disabled, enabled_with_all_management_events };

/// The service's words: ENABLED, DISABLED, ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS.
std::string_view to_text(RuleState state);
std::optional<RuleState> parse_rule_state(std::string_view text);

struct Rule {
  Scope scope;
  std::string bus = default_bus;
  std::string name;
  std::string pattern;   ///< empty without one
  std::string schedule;  ///< empty without one
  RuleState state = RuleState::enabled;
  std::string description;
  std::string role_arn;
  Tags tags;
  Instant created_at;
  Instant scheduled_from;  ///< what a rate counts from

  std::string arn() const;
};

/// `definition` has the members of the API's Target shape: Id, Arn, Input …, RetryPolicy, DeadLetterConfig, SqsParameters,
/// RunCommandParameters …
struct Target {
  std::string id;
  std::string arn;
  Document definition;
};

}  // namespace tocsin::events
