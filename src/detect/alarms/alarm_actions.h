// What an alarm does when it changes: declared here, bound by server/ to SNS, response plans, functions …
#pragma once

#include <string>

#include "base/clock.h"
#include "base/document.h"
#include "base/result.h"
#include "model/alarm_state_changed.h"
#include "model/scope.h"

namespace tocsin::detect {

struct AlarmActionRequest {
  Scope scope;
  std::string action_arn;  ///< as the definition has it
  std::string alarm_name;
  std::string alarm_arn;
  AlarmState old_state;
  AlarmState new_state;
  std::string reason;
  Instant changed_at;
  std::string event_id;         ///< of the state change on the journal; may be empty
  std::string idempotency_key;  ///< one per transition and action
  std::string subject;          ///< of the notification: ALARM: "name" in EU (Ireland)
  Document message;             ///< the notification's body, with the members that SNS subscribers get
  std::string message_text;     ///< the same as the text that is published
  Document event_detail;        ///< the `detail` of the event, of which a function's input is made
  Document definition;
};

class AlarmActions {
 public:
  virtual ~AlarmActions() = default;
  /// Called in the unit of work of the transition: what it starts exists exactly if the transition does. An error is written to the alarm's
  /// history, and no more.
  virtual Result<void> run(const AlarmActionRequest& request) = 0;
};

}  // namespace tocsin::detect
