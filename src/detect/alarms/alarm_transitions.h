// Makes a change of state true: the state, its history item, its evidence and its event in one unit of work, then its actions unless they
// are suppressed or muted, then the composites above it and those that it suppresses.
#pragma once

#include <functional>

#include "detect/alarms/alarm_gate.h"
#include "detect/alarms/told_tags.h"
#include "model/event_envelope.h"

namespace tocsin::detect {

struct StateChange {
  AlarmState state;
  std::string reason;
  std::string reason_data;  ///< JSON text, may be empty
  Instant at;
  std::optional<Document> evidence = {};  ///< the evaluated range
  Instant window_end{};
  ActionLevel level = ActionLevel::all;
};

class AlarmTransitions {
 public:
  static constexpr const char* suppression_timer = "alarms.suppression";

  /// Appends to the journal in the same unit and returns the event's id.
  using AppendEvent = std::function<std::string(EventEnvelope)>;
  /// Told of each alarm whose state changed; must not be told of one within itself more than a few levels deep.
  using Changed = std::function<void(const AlarmRecord&, AlarmState from, Instant at)>;

  AlarmTransitions(AlarmStore& store, AlarmMutes& mutes, delivery::Timers& timers, AppendEvent append_event)
      : store_(store), mutes_(mutes), timers_(timers), gate_(store, mutes, timers), append_event_(std::move(append_event)) {}

  void bind_actions(AlarmActions& actions) { gate_.bind(actions); }
  void on_changed(Changed changed) { changed_ = std::move(changed); }

  /// Updates `alarm` too. A change to the same state only replaces the reason.
  void apply(AlarmRecord& alarm, const StateChange& change);
  /// The same of one contributor, whose new state, reason and time stand in it already.
  void apply_contributor(const AlarmRecord& alarm, const ContributorRecord& contributor, const StateView& before);
  /// The history's item and the event. `previous` is given with an update.
  void record_configuration(const AlarmRecord& alarm, std::string_view type, Instant at, const AlarmRecord* previous = nullptr);

  /// Something happened to the suppression of a composite: its suppressor changed, a period is over, it was configured anew.
  void suppress(AlarmRecord& composite, SuppressionEvent event, Instant at);
  /// Takes what was held back, when nothing mutes the alarm any more.
  void unmute(const Scope& scope, const std::string& alarm, Instant at);

 private:
  /// What is told, with the alarm's tags when it is to tell them.
  Document with_tags(const AlarmRecord& alarm, Document told, void (*add)(Object&, const ToldTags&));
  SuppressorView suppressor_of(const AlarmRecord& composite);
  void put_suppression(AlarmRecord& composite, const Suppression& next);
  void act_now(const AlarmRecord& alarm, AlarmState from, Instant at, std::string_view why);
  std::string append(const AlarmRecord& alarm, std::string_view type, const Document& detail, Instant at, const std::string& key);

  AlarmStore& store_;
  AlarmMutes& mutes_;
  delivery::Timers& timers_;
  AlarmGate gate_;
  AppendEvent append_event_;
  Changed changed_;
};

}  // namespace tocsin::detect
