// What an event of the journal says to an incident's timeline. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "incidents/customer_state.h"
#include "model/event_envelope.h"

namespace tocsin::incidents {

struct EventReading {
  std::string type;                ///< the timeline's event type, in Incident Manager's words where it has one
  std::string summary;             ///< one line for people
  std::string command;             ///< the `aws` command that shows the evidence; may be empty
  std::vector<std::string> links;  ///< what may tie it to an open incident
  std::optional<CustomerSignal> signal;
  std::string alarm_arn;  ///< of an alarm's event
  std::string alarm_state;
};

/// nullopt: not for a timeline (an incident writes its own changes itself).
std::optional<EventReading> read_event(const EventEnvelope& event);

/// Whether read_event may have anything to say of it; costs little.
bool is_about_outages(const EventEnvelope& event);

/// The link that ties everything that one first event led to.
std::string correlation_link(const std::string& correlation_id);

}  // namespace tocsin::incidents
