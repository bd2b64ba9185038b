// One syslog message. Pure. https://www.rfc-editor.org/rfc/rfc5424 https://www.rfc-editor.org/rfc/rfc3164
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace tocsin::wire {

struct SyslogMessage {
  int facility = 1;  ///< user, when the message has no priority
  int severity = 5;  ///< notice
  std::optional<Instant> time;
  std::string host, app, process_id, message_id;                              ///< empty when not given
  std::map<std::string, std::map<std::string, std::string>> structured_data;  ///< by id and name
  std::string text;
};

/// Of any bytes: what is in neither form is a text as a whole. `now` tells the year of RFC 3164, whose times are taken as UTC.
SyslogMessage parse_syslog(std::string_view bytes, Instant now);

/// "kern", "local7"; "emerg" to "debug".
std::string_view facility_name(int facility);
std::string_view severity_name_of_syslog(int severity);

}  // namespace tocsin::wire
