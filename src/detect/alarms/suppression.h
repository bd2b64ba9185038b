// Whether the actions of a composite alarm are suppressed: the wait for its suppressor, the suppressor itself, and the extension after it.
// Pure. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
#pragma once

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "model/alarm_state_changed.h"

namespace tocsin::detect {

enum class SuppressedBy { nothing, wait_period, extension_period, alarm };
/// "", "WaitPeriod", "ExtensionPeriod", "Alarm".
std::string_view to_text(SuppressedBy by);
SuppressedBy parse_suppressed_by(std::string_view text);

struct Suppression {
  SuppressedBy by = SuppressedBy::nothing;
  Instant until{};                         ///< of a period
  std::optional<AlarmState> changed_from;  ///< a change whose actions are held back, and the state before it
  bool operator==(const Suppression&) const = default;
};

enum class SuppressionEvent {
  flipped,              ///< the composite changed its state
  suppressor_in_alarm,  ///< the suppressor went to ALARM
  suppressor_calm,      ///< the suppressor left ALARM
  period_over,          ///< `until` has come
  configured            ///< the composite was put, with another suppressor, or none
};

struct SuppressorView {
  bool present = false;
  bool in_alarm = false;
  Duration wait{};
  Duration extension{};
};

struct SuppressionStep {
  Suppression next;
  /// The actions of the composite's current state are to be taken now; `from` is the state before.
  std::optional<AlarmState> act_from;
};

/// `flipped_from` is the composite's state before a flip. Total: an event that means nothing changes nothing.
SuppressionStep next_suppression(const Suppression& current, SuppressionEvent event, const SuppressorView& suppressor, Instant now,
                                 AlarmState flipped_from = AlarmState::ok);

}  // namespace tocsin::detect
