// The rows of mute rules, and of what they hold back. Only inside a unit of work.
#pragma once

#include <vector>

#include "detect/alarms/mute_rule.h"
#include "model/alarm_state_changed.h"
#include "model/scope.h"
#include "storage/sql.h"

namespace tocsin::detect {

struct MuteRule {
  Scope scope;
  std::string name;
  Document definition;  ///< the members of PutAlarmMuteRule, without Tags
  std::vector<std::string> targets;
  Instant created{};
  Instant updated{};

  std::string arn() const;
};

/// What mutes an alarm now: of several rules the one that was made last.
struct ActiveMute {
  std::string rule_name;
  std::string rule_arn;
  MuteWindow window;
  std::size_t others = 0;  ///< how many more mute it
  Instant until;           ///< when the last of them ends
};

/// An alarm's change whose actions are held back until nothing mutes it.
struct MutedChange {
  AlarmState state;  ///< the state that it went to
  AlarmState from;
};

class AlarmMutes {
 public:
  explicit AlarmMutes(storage::Database& database) : database_(database) {}

  void put(const MuteRule& rule);
  std::optional<MuteRule> find(const Scope& scope, const std::string& name);
  /// In the order of names after `after`; all, or those that target an alarm.
  std::vector<MuteRule> list(const Scope& scope, const std::string& target, const std::string& after, std::size_t count_max);
  std::size_t count(const Scope& scope);
  bool remove(const Scope& scope, const std::string& name);

  std::optional<ActiveMute> active(const Scope& scope, const std::string& alarm, Instant at);

  void hold(const Scope& scope, const std::string& alarm, const MutedChange& change);
  std::optional<MutedChange> held(const Scope& scope, const std::string& alarm);
  void let_go(const Scope& scope, const std::string& alarm);

 private:
  MuteRule rule_of(const storage::Row& row);
  storage::Database& database_;
};

}  // namespace tocsin::detect
