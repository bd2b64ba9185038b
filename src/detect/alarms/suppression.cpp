#include "detect/alarms/suppression.h"

namespace tocsin::detect {
namespace {

SuppressionStep released(const Suppression& current) { return {.next = {}, .act_from = current.changed_from}; }

SuppressionStep held_by(SuppressedBy by, Instant until, std::optional<AlarmState> changed_from) {
  return {.next = {.by = by, .until = until, .changed_from = changed_from}, .act_from = {}};
}

/// A period of no length is over at once.
SuppressionStep begin(SuppressedBy by, Duration length, std::optional<AlarmState> changed_from, Instant now) {
  if (length <= Duration{}) return {.next = {}, .act_from = changed_from};
  return held_by(by, now + length, changed_from);
}

}  // namespace

std::string_view to_text(SuppressedBy by) {
  switch (by) {
    case SuppressedBy::nothing:
      return "";
    case SuppressedBy::wait_period:
      return "WaitPeriod";
    case SuppressedBy::extension_period:
      return "ExtensionPeriod";
    case SuppressedBy::alarm:
      return "Alarm";
  }
  return "";
}

SuppressedBy parse_suppressed_by(std::string_view text) {
  for (const SuppressedBy by : {SuppressedBy::wait_period, SuppressedBy::extension_period, SuppressedBy::alarm})
    if (to_text(by) == text) return by;
  return SuppressedBy::nothing;
}

SuppressionStep next_suppression(const Suppression& current, SuppressionEvent event, const SuppressorView& suppressor, Instant now,
                                 AlarmState flipped_from) {
  if (!suppressor.present) {
    if (event == SuppressionEvent::flipped) return {.next = {}, .act_from = flipped_from};
    return released(current);
  }
  switch (event) {
    case SuppressionEvent::flipped:
      if (suppressor.in_alarm) return held_by(SuppressedBy::alarm, {}, flipped_from);
      // a flip discards whatever period runs and waits anew
      return begin(SuppressedBy::wait_period, suppressor.wait, flipped_from, now);
    case SuppressionEvent::suppressor_in_alarm:
      return held_by(SuppressedBy::alarm, {}, current.changed_from);
    case SuppressionEvent::suppressor_calm:
      if (current.by != SuppressedBy::alarm) return {.next = current, .act_from = {}};
      return begin(SuppressedBy::extension_period, suppressor.extension, current.changed_from, now);
    case SuppressionEvent::period_over:
      if (current.by != SuppressedBy::wait_period && current.by != SuppressedBy::extension_period) return {.next = current, .act_from = {}};
      if (now < current.until) return {.next = current, .act_from = {}};
      return released(current);
    case SuppressionEvent::configured:
      if (suppressor.in_alarm) return held_by(SuppressedBy::alarm, {}, current.changed_from);
      return released(current);
  }
  return {.next = current, .act_from = {}};
}

}  // namespace tocsin::detect
