// Between an alarm's change and its actions: mute rules hold them back until nothing mutes the alarm any more; what was taken, held back or
// failed is written to the history. (What suppresses a composite is suppression.h.)
#pragma once

#include "delivery/timers.h"
#include "detect/alarms/alarm_actions.h"
#include "detect/alarms/alarm_documents.h"

namespace tocsin::detect {

/// Which actions of a state are meant. Alarms that watch several time series notify for each of them, but open one incident.
enum class ActionLevel { all, alarm, contributor };
bool is_of_level(std::string_view action_arn, ActionLevel level);

/// OKActions, AlarmActions or InsufficientDataActions.
const char* actions_member(AlarmState state);

/// A change whose actions are due.
struct ActionOccasion {
  AlarmState from;
  AlarmState to;
  std::string reason;
  Instant at;
  std::string event_id;         ///< may be empty
  std::string idempotency_key;  ///< one per change
  Document message;
  Document event_detail;
  ActionLevel level = ActionLevel::all;
  std::optional<ContributorRecord> contributor = {};
};

class AlarmGate {
 public:
  static constexpr const char* unmute_timer = "alarms.unmute";

  AlarmGate(AlarmStore& store, AlarmMutes& mutes, delivery::Timers& timers) : store_(store), mutes_(mutes), timers_(timers) {}
  void bind(AlarmActions& actions) { actions_ = &actions; }

  /// Takes the actions, or holds them back when `mute` is there.
  void take(const AlarmRecord& alarm, ActionOccasion occasion, const std::optional<ActiveMute>& mute);
  /// Writes down that a composite's actions are suppressed.
  void record_suppression(const AlarmRecord& alarm, AlarmState to, Instant at);

  /// Whether a change to that state would run anything.
  bool has_actions(const AlarmRecord& alarm, AlarmState state, ActionLevel level) const;

 private:
  void hold(const AlarmRecord& alarm, const ActionOccasion& occasion, const ActiveMute& mute);
  void run_one(const AlarmRecord& alarm, const ActionOccasion& occasion, const std::string& action_arn);
  HistoryItem item(const AlarmRecord& alarm, const ActionOccasion& occasion, std::string summary, std::string data) const;

  AlarmStore& store_;
  AlarmMutes& mutes_;
  delivery::Timers& timers_;
  AlarmActions* actions_ = nullptr;
};

/// The name under which an alarm's timers run, and back.
std::string timer_key(const Scope& scope, const std::string& alarm);
std::pair<Scope, std::string> of_timer_key(const std::string& key);

/// At most so many bytes, whole characters.
std::string cut(std::string text, std::size_t size_max);
inline constexpr std::size_t reason_max = 1023, history_data_max = 4095, summary_max = 255;  // the model's limits

}  // namespace tocsin::detect
