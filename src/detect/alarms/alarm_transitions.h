// Makes a change of state true: the state, its history item, its evidence and its event in one unit of work, then its actions, then the
// composites above it.
#pragma once

#include <functional>

#include "detect/alarms/alarm_actions.h"
#include "detect/alarms/alarm_store.h"
#include "model/event_envelope.h"

namespace tocsin::detect {

struct StateChange {
  AlarmState state;
  std::string reason;
  std::string reason_data;  ///< JSON text, may be empty
  Instant at;
  std::optional<Document> evidence;  ///< the evaluated range
  Instant window_end{};
};

class AlarmTransitions {
 public:
  /// Appends to the journal in the same unit and returns the event's id.
  using AppendEvent = std::function<std::string(EventEnvelope)>;
  /// Told of each alarm whose state changed; must not be told of one within itself more than a few levels deep.
  using Changed = std::function<void(const AlarmRecord&, Instant at)>;

  AlarmTransitions(AlarmStore& store, AppendEvent append_event) : store_(store), append_event_(std::move(append_event)) {}

  void bind_actions(AlarmActions& actions) { actions_ = &actions; }
  void on_changed(Changed changed) { changed_ = std::move(changed); }

  /// Updates `alarm` too. A change to the same state only replaces the reason.
  void apply(AlarmRecord& alarm, const StateChange& change);
  void record_configuration(const AlarmRecord& alarm, std::string_view type, Instant at);

 private:
  void run_actions(const AlarmRecord& alarm, AlarmActionRequest request);

  AlarmStore& store_;
  AppendEvent append_event_;
  AlarmActions* actions_ = nullptr;
  Changed changed_;
};

}  // namespace tocsin::detect
